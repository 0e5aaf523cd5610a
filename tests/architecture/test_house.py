"""The rules of the house that no reviewer should have to remember."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.web import access

ROOT = Path(__file__).resolve().parents[2]
ORDER = ("core", "search", "intake", "portal", "wsgi")
OURS = set(ORDER) | {"tests", "bench", "migrations"}
LONGEST_FILE = 400


def modules(*packages: str) -> Iterator[Path]:
    for package in packages:
        yield from sorted((ROOT / package).rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("package", ORDER[:-1])
def test_imports_run_one_way_only(package):
    above = set(ORDER[ORDER.index(package) + 1 :]) | {"tests", "bench", "migrations"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(package)
        for name in imports_of(path)
        if name.split(".")[0] in above
    ]
    assert not wrong


def test_the_gate_knows_neither_its_desk_nor_its_readers():
    around = ("portal.editorial", "portal.disclosures", "portal.opendata", "portal.ledger")
    for path in modules("portal/publishing"):
        assert not [name for name in imports_of(path) if name.startswith(around)], path.name


def test_only_unit_of_work_commits():
    commits = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules("core", "search", "intake", "portal")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(r"\bsession\.commit\(", line)
    ]
    assert len(commits) == 1
    assert commits[0].startswith("core/database.py")


def test_markup_is_made_in_few_places():
    makers = {
        str(path.relative_to(ROOT))
        for path in modules("core", "search", "intake", "portal")
        if re.search(r"\bMarkup\((?!\"\")", path.read_text("utf-8"))
    }
    assert makers <= {"core/sanitising.py", "core/web/svg_chart.py", "search/highlight.py"}
    unsafe = [path.name for path in (ROOT / "templates").rglob("*.html") if re.search(r"\|\s*safe\b", path.read_text())]
    assert not unsafe


def test_rules_know_no_flask_no_sql_and_no_clock():
    pure = {
        "core/working_calendar.py": {"flask"},
        "intake/routing.py": {"flask", "sqlalchemy"},
        "intake/deadlines.py": {"flask", "sqlalchemy"},
        "portal/monitoring/air_quality.py": {"flask", "sqlalchemy"},
        "portal/monitoring/averages.py": {"flask", "sqlalchemy"},
        "portal/publishing/leak_scan.py": {"flask", "sqlalchemy"},
    }
    for name, forbidden in pure.items():
        assert not {one.split(".")[0] for one in imports_of(ROOT / name)} & forbidden, name
        assert "datetime.now" not in (ROOT / name).read_text("utf-8"), name


def test_files_stay_readable():
    long = {
        str(path.relative_to(ROOT)): count
        for path in modules("core", "search", "intake", "portal")
        if (count := len(path.read_text("utf-8").splitlines())) > LONGEST_FILE
    }
    assert not long


def test_every_route_declares_who_may(app):
    silent = [
        rule.rule for rule in app.url_map.iter_rules() if access.rule_of(app.view_functions[rule.endpoint]) is None
    ]
    assert not silent


def test_every_law_table_row_names_its_source():
    import tomllib

    for path in [*ROOT.glob("core/*.toml"), *ROOT.glob("intake/**/*.toml"), *ROOT.glob("portal/**/*.toml")]:
        table = tomllib.loads(path.read_text("utf-8"))
        for name, rows in table.items():
            if not isinstance(rows, list) or name == "street":
                continue
            bad = [row for row in rows if "source" not in row or not isinstance(row.get("verified"), bool)]
            assert not bad, f"{path.relative_to(ROOT)} [[{name}]]: {bad[:2]}"


def test_the_project_speaks_of_itself_alone():
    words = re.compile(r"\.\./shared|/work/|\.library|farm-studio|\bsubagent|\bpypi-more\b|helper-\d")
    files = [path for pattern in ("*.md", "*.toml", "*.json", "Makefile", ".ci/run") for path in ROOT.glob(pattern)] + [
        path
        for folder in (
            "core",
            "search",
            "intake",
            "portal",
            "templates",
            "static",
            "docs",
            "migrations",
            "bench",
            "tests",
        )
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".md", ".toml", ".html", ".js", ".scss", ".po"} and "vendor" not in path.parts
    ]
    said = [str(path) for path in files if path != Path(__file__) and words.search(path.read_text("utf-8"))]
    assert not said
