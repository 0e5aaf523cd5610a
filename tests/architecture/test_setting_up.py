"""The Makefile and the first start on a machine that lacks something: a sentence, never half an installation."""

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from core.config import ConfigError, Settings
from core.database import Database
from core.tables import ROOT
from core.web.current import EXTENSION
from portal.app import create_app
from portal.setup import make_keys
from tests.support.people import open_accounts

TOO_OLD = '#!/bin/sh\ncase "$1" in --version) echo "Python 3.9.2";; *) exit 1;; esac\n'
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *venv*) exit 1;; *) exit 0;; esac\n'
BROKEN_UV = "#!/bin/sh\necho no route to the index >&2\nexit 2\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with our Makefile, one small hashed library to install and no network to get it from."""
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text("utf-8"), "utf-8")
    wheel = tmp_path / "honest-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("honest.py", "SAYS = 'installed'\n")
        archive.writestr("honest-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: honest\nVersion: 1\n")
        archive.writestr("honest-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("honest-1.dist-info/RECORD", "")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (tmp_path / "requirements.txt").write_text(f"honest==1 --hash=sha256:{digest}\n")
    return tmp_path


def make(checkout: Path, target: str, **variables: str) -> subprocess.CompletedProcess[str]:
    quiet = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(checkout), "HOME": str(checkout), "PATH": os.environ["PATH"]}
    command = ["make", "--silent", target, *(f"{name}={value}" for name, value in variables.items())]
    return subprocess.run(command, cwd=checkout, env=quiet, capture_output=True, text=True, check=False)


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("python", "words"), [(TOO_OLD, "需要 Python 3.11"), (WITHOUT_VENV, "apt-get install python3-venv")]
)
def test_what_the_machine_lacks_is_named_with_the_way_to_get_it(checkout: Path, python: str, words: str) -> None:
    result = make(checkout, ".venv/ready", PYTHON=str(program(checkout / "python", python)))
    assert result.returncode != 0
    assert words in result.stdout
    assert not (checkout / ".venv").exists()


@pytest.mark.timeout(400)  # installs all libraries once more
def test_plain_pip_sets_it_up_where_uv_cannot_and_insists_on_the_hashes(checkout: Path) -> None:
    ready, python = checkout / ".venv/ready", checkout / ".venv/bin/python"
    without_uv = make(checkout, ".venv/ready", PYTHON=sys.executable)
    assert (without_uv.returncode, "pip（较慢）" in without_uv.stdout) == (0, True), without_uv.stderr
    assert subprocess.run([python, "-c", "import honest"], check=False).returncode == 0

    program(checkout / ".venv/bin/uv", BROKEN_UV)
    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "honest"], check=True)
    ready.unlink()
    with_broken_uv = make(checkout, ".venv/ready", PYTHON=sys.executable)
    assert (with_broken_uv.returncode, "uv 没有装成" in with_broken_uv.stdout) == (0, True), with_broken_uv.stderr
    assert subprocess.run([python, "-c", "import honest"], check=False).returncode == 0

    subprocess.run([python, "-m", "pip", "uninstall", "--quiet", "--yes", "honest"], check=True)
    ready.unlink()
    (checkout / "requirements.txt").write_text(f"honest==1 --hash=sha256:{'0' * 64}\n")
    another_one = make(checkout, ".venv/ready", PYTHON=sys.executable)
    assert another_one.returncode != 0
    assert "依赖没有装成" in another_one.stdout
    assert not ready.exists()


def test_a_key_that_is_lost_is_not_replaced_in_silence(settings: Settings, clock) -> None:
    make_keys(settings)
    settings.receipt_pepper_file.unlink()
    make_keys(settings)
    assert settings.receipt_pepper_file.exists(), "nobody uses this installation yet"

    database = Database(settings.database_url)
    open_accounts(database, clock.now())
    database.close()
    settings.receipt_pepper_file.unlink()
    with pytest.raises(ConfigError, match=r"receipt\.pepper 却不见了.*备份"):
        make_keys(settings)
    assert not settings.receipt_pepper_file.exists()


def test_a_database_that_does_not_open_is_named_without_its_password(settings: Settings, tmp_path: Path) -> None:
    address = f"postgresql+psycopg://mingjian:secret@/mingjian?host={tmp_path}"
    with pytest.raises(ConfigError, match="打不开") as refused:
        make_keys(replace(settings, database_url=address))
    assert "secret" not in str(refused.value)


def test_settings_cannot_be_changed_once_read(settings: Settings) -> None:
    with pytest.raises(FrozenInstanceError):
        settings.demo = True  # type: ignore[misc]


def test_a_node_says_that_it_lives_and_whether_it_can_serve(
    client: FlaskClient, settings: Settings, tmp_path: Path, clock
) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").json == {"status": "ready"}

    without = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/no/such/folder.db"), clock)
    assert without.test_client().get("/healthz").status_code == 200
    assert without.test_client().get("/readyz").status_code == 503
    without.extensions[EXTENSION].database.close()
