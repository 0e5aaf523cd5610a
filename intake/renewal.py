"""A receipt code that somebody of the staff has seen, because they read it out, is exchanged by the reporter.

At the first visit with it the reporter is shown another one, and nothing of the case before they have noted it; then
the old one is void, and whoever came with it is signed out. A line that breaks before loses nothing: the old code still
leads to the same page.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from core.errors import DomainError
from intake import case_keys
from intake.models import Report
from intake.receipt import ReceiptKeys
from intake.timeline import Desk, add_event

RENEW = "renew_code"


class AlreadyRenewed(DomainError):
    code = "code_already_renewed"
    status = 409
    default_message = _l("这个查询码已经换过新的。请用新的查询码进入；不是您换的，请打举报电话说明。")


def renew(session: Session, report: Report, secret: bytes, keys: ReceiptKeys, desk: Desk) -> None:
    """From here on the code that `keys` came from is the report's; AlreadyRenewed for who is second."""
    session.refresh(report, with_for_update=True)
    if not report.is_code_dictated:
        raise AlreadyRenewed
    case_keys.lock_reporter_secret(session, report, secret, keys)
    report.lookup, report.is_code_dictated = keys.lookup, False
    add_event(session, report, RENEW, desk, is_public=True)
