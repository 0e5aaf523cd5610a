"""The disclosure log of this installation."""

from core.config import Settings
from core.ledger.guard import Guard
from core.ledger.log import Log
from core.ledger.note import Signer

LOG = "disclosure"


def disclosure_log(settings: Settings) -> Log:
    """The log with its key from the key file and its high-water mark beside the data, outside the database."""
    signer = Signer(settings.ledger_origin, settings.read_secret(settings.ledger_key_file))
    return Log(LOG, signer, Guard(settings.data_dir / "ledger" / f"{LOG}.high-water"))
