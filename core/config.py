"""The settings of one installation: read once from the environment, checked, then frozen."""

import hashlib
import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from core.tables import ROOT

PREFIX = "MINGJIAN_"
SEARCH_BACKENDS = ("auto", "sqlite", "postgresql", "whoosh")
SECRET_BYTES = 32
MOST_BITS = 22
MOST_MB = 1_000_000
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own in it, whose owner is checked
CC_BY = "https://creativecommons.org/licenses/by/4.0/deed.zh-hans"


class ConfigError(Exception):
    """A setting that cannot be used; the text says which, why and what would do."""


@dataclass(frozen=True)
class Settings:
    """Each field is the environment variable MINGJIAN_<NAME>; docs/operations.md explains them all."""

    data_dir: Path
    database_url: str
    base_url: str
    site_name: str
    city: str
    environment_hotline: str
    market_hotline: str
    search_backend: str
    redis_url: str | None
    smtp_url: str | None
    mail_from: str
    websub_hub: str | None
    webhook_private_hosts: tuple[str, ...]
    demo: bool
    secret_key_file: Path
    sealing_key_file: Path
    boot_key_file: Path
    receipt_pepper_file: Path
    ledger_key_file: Path
    ledger_origin: str
    proof_of_work_bits: int
    clamd_url: str | None
    draft_files_mb: int
    all_drafts_files_mb: int
    data_licence: str
    data_licence_url: str

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        _refuse_unknown(environ)
        data_dir = Path(environ.get(f"{PREFIX}DATA_DIR") or ROOT / "var").expanduser().absolute()
        get = _reader(environ)
        base_url = _web_address("BASE_URL", get("BASE_URL", "http://127.0.0.1:8000"))
        return cls(
            data_dir=data_dir,
            database_url=_database_url(get("DATABASE_URL", f"sqlite:///{data_dir / 'mingjian.db'}")),
            base_url=base_url,
            site_name=get("SITE_NAME", "明鉴"),
            city=get("CITY", "许昌市"),
            environment_hotline=get("ENVIRONMENT_HOTLINE", "12345"),
            market_hotline=get("MARKET_HOTLINE", "12315"),
            search_backend=_one_of("SEARCH_BACKEND", get("SEARCH_BACKEND", "auto"), SEARCH_BACKENDS),
            redis_url=_scheme("REDIS_URL", get("REDIS_URL", ""), ("redis", "rediss", "unix")),
            smtp_url=_scheme("SMTP_URL", get("SMTP_URL", ""), ("smtp", "smtps")),
            mail_from=get("MAIL_FROM", "mingjian@localhost"),
            websub_hub=_scheme("WEBSUB_HUB", get("WEBSUB_HUB", ""), ("http", "https")),
            webhook_private_hosts=tuple(get("WEBHOOK_PRIVATE_HOSTS", "").replace(",", " ").split()),
            demo=_one_of("DEMO", get("DEMO", "no"), ("yes", "no")) == "yes",
            secret_key_file=Path(get("SECRET_KEY_FILE", str(data_dir / "keys" / "secret.key"))),
            sealing_key_file=Path(get("SEALING_KEY_FILE", str(data_dir / "keys" / "sealing.key"))),
            boot_key_file=Path(get("BOOT_KEY_FILE", str(_boot_key_file(data_dir)))),
            receipt_pepper_file=Path(get("RECEIPT_PEPPER_FILE", str(data_dir / "keys" / "receipt.pepper"))),
            ledger_key_file=Path(get("LEDGER_KEY_FILE", str(data_dir / "keys" / "ledger.key"))),
            proof_of_work_bits=_whole("PROOF_OF_WORK_BITS", get("PROOF_OF_WORK_BITS", "16"), MOST_BITS),
            clamd_url=_scheme("CLAMD_URL", get("CLAMD_URL", ""), ("unix", "tcp")),
            draft_files_mb=_whole("DRAFT_FILES_MB", get("DRAFT_FILES_MB", "100"), MOST_MB),
            all_drafts_files_mb=_whole("ALL_DRAFTS_FILES_MB", get("ALL_DRAFTS_FILES_MB", "2000"), MOST_MB),
            data_licence=get("DATA_LICENCE", "CC BY 4.0"),
            data_licence_url=_web_address("DATA_LICENCE_URL", get("DATA_LICENCE_URL", CC_BY)),
            ledger_origin=_origin(get("LEDGER_ORIGIN", f"{urlsplit(base_url).netloc}/disclosure")),
        )

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def key_files(self) -> tuple[Path, ...]:
        return (self.secret_key_file, self.receipt_pepper_file, self.ledger_key_file)

    def prepare(self) -> None:
        """Make the data folder and the keys that are not there yet; each key file is readable by its owner alone."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        for path in self.key_files:
            _create_secret(path)

    def boot_key(self) -> bytes:
        """The key that sessions' keys need beside the cookie; made anew where the machine has forgotten it."""
        path = self.boot_key_file
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for one in (path.parent, path):
            if one.exists() and (one.is_symlink() or one.stat().st_uid != os.geteuid()):
                raise ConfigError(f"{one} 不属于运行本平台的用户，不能用来放启动密钥。请改 {PREFIX}BOOT_KEY_FILE。")
        if not path.exists():
            _create_at_once(path)
        return self.read_secret(path)

    def read_secret(self, path: Path) -> bytes:
        """The 32 bytes of a key file."""
        try:
            secret = path.read_bytes()
        except OSError as error:
            raise ConfigError(
                f"密钥文件 {path} 读不到（{error.strerror}）。请先运行 flask --app wsgi setup。"
            ) from error
        if len(secret) != SECRET_BYTES:
            raise ConfigError(f"密钥文件 {path} 应为 {SECRET_BYTES} 字节，实际 {len(secret)} 字节。")
        return secret


def _create_secret(path: Path) -> None:
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))
        file.flush()
        os.fsync(file.fileno())


def _create_at_once(path: Path) -> None:
    """Several processes may start together: one of them wins, and nobody reads half a key."""
    own = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    _create_secret(own)
    with suppress(FileExistsError):
        os.link(own, path)
    own.unlink()


def _boot_key_file(data_dir: Path) -> Path:
    """In memory where the system has a place for it, so that it does not outlive the machine's running."""
    if not MEMORY.is_dir():
        return data_dir / "keys" / "boot.key"
    name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:16]
    return MEMORY / f"mingjian-{os.geteuid()}" / f"{name}.key"


def _reader(environ: Mapping[str, str]) -> Callable[[str, str], str]:
    def get(name: str, default: str) -> str:
        return environ.get(PREFIX + name, "").strip() or default

    return get


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {PREFIX + name.upper() for name in Settings.__dataclass_fields__}
    own_words = (f"{PREFIX}TEST_", f"{PREFIX}REAL_DATA", f"{PREFIX}SERVE_")
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    unknown = [name for name in unknown if not name.startswith(own_words)]
    if unknown:
        raise ConfigError(f"不认识的设置：{'、'.join(unknown)}。可用的设置见 docs/operations.md。")


def _database_url(url: str) -> str:
    if url.startswith("postgresql://"):
        return url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith(("sqlite:///", "postgresql+psycopg://")):
        return url
    scheme = url.split(":", maxsplit=1)[0]
    raise ConfigError(f"{PREFIX}DATABASE_URL 要以 sqlite:/// 或 postgresql:// 开头，现在是 {scheme}:…。")


def _web_address(name: str, url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or not _has_usable_port(parts):
        raise ConfigError(f"{PREFIX}{name} 要写成完整网址，如 https://mingjian.example.cn，现在是 {url}。")
    return url.rstrip("/")


def _has_usable_port(parts: SplitResult) -> bool:
    try:
        return parts.port != 0
    except ValueError:
        return False


def _origin(text: str) -> str:
    if any(one.isspace() or one == "+" for one in text):
        raise ConfigError(f"{PREFIX}LEDGER_ORIGIN 不能有空格和加号，如 mingjian.example.cn/disclosure。")
    return text


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise ConfigError(f"{PREFIX}{name} 只能是 {'、'.join(allowed)} 之一，现在是 {value}。")
    return value


def _whole(name: str, value: str, most: int) -> int:
    if not value.isdecimal() or int(value) > most:
        raise ConfigError(f"{PREFIX}{name} 要写 0 到 {most} 的整数，现在是 {value}。")
    return int(value)


def _scheme(name: str, url: str, allowed: tuple[str, ...]) -> str | None:
    if not url:
        return None
    if urlsplit(url).scheme not in allowed:
        raise ConfigError(f"{PREFIX}{name} 要以 {'、'.join(one + '://' for one in allowed)} 开头。")
    return url
