"""Documentation under test: every setting and command that exists is written down."""

import runpy
from pathlib import Path

import pytest

from core.config import ConfigError, Settings
from core.tables import ROOT


def test_every_setting_is_documented():
    text = (ROOT / "docs" / "operations.md").read_text("utf-8")
    missing = [name for name in Settings.__dataclass_fields__ if f"`MINGJIAN_{name.upper()}`" not in text]
    assert not missing


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("DATABASE_URL", "mysql://x", "postgresql"),
        ("BASE_URL", "mingjian.example", "完整网址"),
        ("BASE_URL", "http://127.0.0.1:99999", "完整网址"),
        ("BASE_URL", "http://127.0.0.1:80a", "完整网址"),
        ("SEARCH_BACKEND", "elastic", "whoosh"),
        ("REDIS_URL", "http://x", "redis://"),
        ("SMTP_URL", "x", "smtp://"),
        ("DEMO", "maybe", "yes"),
        ("DATABSE_URL", "sqlite:///x", "不认识的设置"),
    ],
)
def test_a_wrong_setting_is_refused_with_a_sentence(tmp_path: Path, name, value, word):
    with pytest.raises(ConfigError, match=word):
        Settings.from_environ({"MINGJIAN_DATA_DIR": str(tmp_path), f"MINGJIAN_{name}": value})


def test_a_missing_key_file_says_what_to_run(tmp_path: Path):
    settings = Settings.from_environ({"MINGJIAN_DATA_DIR": str(tmp_path)})
    with pytest.raises(ConfigError, match="setup"):
        settings.read_secret(settings.secret_key_file)


def test_the_first_command_of_a_new_installation_makes_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MINGJIAN_DATA_DIR", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["flask", "--app", "wsgi", "worker"])
    with pytest.raises(SystemExit, match="flask --app wsgi setup"):
        runpy.run_path(str(ROOT / "wsgi.py"))
    monkeypatch.setattr("sys.argv", ["flask", "--app", "wsgi", "setup"])
    app = runpy.run_path(str(ROOT / "wsgi.py"))["app"]
    assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0
    assert app.test_client().get("/readyz").status_code == 200


def test_a_wrong_setting_ends_every_program_with_its_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MINGJIAN_SEARCH_BACKEND", "elastic")
    with pytest.raises(SystemExit, match=r"明鉴没有启动.*whoosh"):
        runpy.run_path(str(ROOT / "wsgi.py"))


def test_key_files_are_the_owners_alone(settings):
    for path in (settings.secret_key_file, settings.receipt_pepper_file):
        assert path.stat().st_mode & 0o777 == 0o400
        assert len(path.read_bytes()) == 32
