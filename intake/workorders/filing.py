"""Work orders become reports, each once; and the answer to 12345: which became which case.

The receipt of such a report is thrown away: 12345 tells its caller, and a code in their file would open the case.
"""

import csv
import hmac
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import local_date
from core.errors import DomainError, Text
from core.places import county_of_name
from core.tables import load_table
from intake import deadlines, queries
from intake.models import Deadline, Report
from intake.operations import file_report
from intake.receipt import ReceiptKeys
from intake.subjects import ENVIRONMENT, subject
from intake.submission import Accused, Identity, Submission
from intake.timeline import Desk
from intake.workorders.models import ImportedWorkOrder
from intake.workorders.reading import Reject, WorkOrder

RECEIVED_BY, REGIME = "12345_transfer", "hotline_12345"
FILED, KNOWN, REJECTED = "filed", "known", "rejected"
COMPANY_ENDINGS = ("公司", "厂", "企业", "集团", "商行", "店", "院", "中心", "部", "场", "站")
_CATEGORIES = [
    (word, row["channel"], row["subject"])
    for row in load_table("intake/workorders/fields.toml")["category"]
    for word in (*row["words"], subject(row["subject"]).label)
]


FARTHEST = timedelta(days=400)


class TooFar(DomainError):
    code = "limit_too_far"
    status = 422
    default_message = _l("办理时限在一年以后，请核对。")


@dataclass(frozen=True)
class Outcome:
    """What became of one row. `case_number` and `department` are empty for a rejected one."""

    line: int
    number: str
    result: str
    case_number: str = ""
    department: str = ""
    reason: Text = ""


def file_all(session: Session, rows: Iterable[WorkOrder | Reject], *, secret: bytes, desk: Desk) -> list[Outcome]:
    """File what is not here yet. One row that cannot be filed leaves the others alone."""
    names = queries.departments_on(session, local_date(desk.at))
    return [_rejected(row) if isinstance(row, Reject) else _file(session, row, names, secret, desk) for row in rows]


def _file(session: Session, order: WorkOrder, names: Mapping[str, str], secret: bytes, desk: Desk) -> Outcome:
    mark = mark_of(order.number, secret)
    known = _known(session, mark)
    if known is not None:
        return _outcome(order, KNOWN, known, names)
    try:
        with session.begin_nested():
            report = file_report(session, submission(order), keys=ReceiptKeys.of_nobody(), desk=desk)
            _keep_their_limit(session, report, order, desk)
            session.add(ImportedWorkOrder(mark=mark, report_id=report.id))
    except DomainError as error:
        return Outcome(order.line, order.number, REJECTED, reason=error.message)
    except IntegrityError:
        sent_twice_at_once = _known(session, mark)
        if sent_twice_at_once is None:
            raise
        return _outcome(order, KNOWN, sent_twice_at_once, names)
    return _outcome(order, FILED, report, names)


def mark_of(number: str, secret: bytes) -> bytes:
    """Under which a number is known here."""
    return hmac.new(secret, f"12345|{number.upper()}".encode(), "sha256").digest()


def _known(session: Session, mark: bytes) -> Report | None:
    found = session.get(ImportedWorkOrder, mark)
    return session.get_one(Report, found.report_id) if found is not None else None


def submission(order: WorkOrder) -> Submission:
    """What 12345 wrote, with nothing left out; what nobody sorted is "other", for the duty desk to look at."""
    channel, code = sorted_as(f"{order.category} {order.title}")
    county = county_of_name(order.county) or county_of_name(order.place)
    named = order.name or order.contact
    return Submission(
        category_channel=channel,
        received_by=RECEIVED_BY,
        subject=code,
        county=county.code if county else None,
        place=" ".join(part for part in (order.county, order.place) if part),
        accused=_accused(order.accused),
        when=order.when,
        words=_words(order),
        identity=Identity(order.name, order.contact) if named else None,
    )


def sorted_as(category: str) -> tuple[str, str]:
    """Channel and subject by the longest word of the table that 12345's category or title holds."""
    found = [(word, channel, code) for word, channel, code in _CATEGORIES if word in category]
    _word, channel, code = max(found, key=lambda one: len(one[0]), default=("", ENVIRONMENT, "other"))
    return channel, code


def acknowledgement(outcomes: Iterable[Outcome]) -> bytes:
    """The file that goes back to 12345: CSV that table programs open as it is."""
    labels = result_labels()
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_("工单编号"), _("结果"), _("受理编号"), _("承办单位"), _("行号"), _("说明")])
    for one in outcomes:
        writer.writerow([one.number, labels[one.result], one.case_number, one.department, one.line, str(one.reason)])
    return text.getvalue().encode("utf-8-sig")


def result_labels() -> dict[str, str]:
    return {FILED: _("已登记"), KNOWN: _("以前已登记"), REJECTED: _("未登记")}


def _words(order: WorkOrder) -> str:
    head = [
        f"{label}：{value}"
        for label, value in (("12345 工单", order.number), ("类别", order.category), ("标题", order.title))
        if value
    ]
    return "\n".join([*head, "", order.words])


def _accused(name: str) -> Accused:
    """Routing keeps out every department that the name leads to."""
    return Accused("company" if name.endswith(COMPANY_ENDINGS) else "unknown", name)


def _keep_their_limit(session: Session, report: Report, order: WorkOrder, desk: Desk) -> None:
    """Where the work order names its last day, that day counts instead of the table's: in working days, never later."""
    if order.due_on is None:
        return
    statement = select(Deadline).where(Deadline.report_id == report.id, Deadline.regime == REGIME)
    for row in session.scalars(statement):
        if order.due_on - row.started_on > FARTHEST:
            raise TooFar
        last = max(order.due_on, row.started_on)
        row.days, row.unit = desk.calendar.workdays_between(row.started_on, last), deadlines.WORKING
        counted = deadlines.count(row.started_on, row.days, row.unit, desk.calendar)
        row.due_on, row.provisional = counted.on, counted.provisional
        row.source, row.article, row.verified = "12345 工单上写明的办理时限", None, True
    session.flush()


def _outcome(order: WorkOrder, result: str, report: Report, names: Mapping[str, str]) -> Outcome:
    department = names.get(report.responsible_code, report.responsible_code)
    return Outcome(order.line, order.number, result, report.case_number, department)


def _rejected(row: Reject) -> Outcome:
    return Outcome(row.line, row.number, REJECTED, reason=row.reason)
