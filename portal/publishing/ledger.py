"""The disclosure log of this installation."""

from core.config import Settings
from core.ledger.guard import Guard
from core.ledger.keys import KeyRing
from core.ledger.log import Log

LOG = "disclosure"


def disclosure_log(settings: Settings) -> Log:
    """The log with its keys from their files and its high-water mark beside the data, outside the database."""
    settings.read_secret(settings.ledger_key_file)
    keys = KeyRing(settings.ledger_origin, settings.ledger_key_file)
    return Log(LOG, keys, Guard(settings.data_dir / "ledger" / f"{LOG}.high-water"))
