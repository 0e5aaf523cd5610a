"""Two named reports of the demo city whose reporters are asked for: one waits for a first custodian, one for the second.

The second was proposed by the duty desk's custodian; the discipline office's (custodian2) can agree, refuse, or let it
run out.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.accounts.actor import ANONYMOUS, Actor
from core.accounts.models import User
from core.keys.keyring import Keyring
from core.working_calendar import WorkingCalendar
from intake import identity_requests, operations
from intake.receipt import ReceiptKeys
from intake.submission import Accused, Identity, Submission
from intake.timeline import Desk

_ASKED = (
    (
        "实验室上周搬过一次，样品瓶的标签是后来贴的。我在那里做过两年，可以指认柜子。",
        "要请举报人到现场指认样品柜，只有当面才能说清位置",
        "市场监督管理行政处罚程序规定第二十三条；许市监核〔2026〕17号",
        False,
    ),
    (
        "同一台仪器的两张谱图只差一个时间，原始记录被人换过。",
        "举报人申请行政复议，复议机关要求核对申请人是不是举报人",
        "行政复议法第四十四条；许政复〔2026〕41号",
        True,
    ),
)


def seed_identity_requests(
    session: Session,
    now: datetime,
    people: Mapping[str, User],
    rings: Mapping[str, Keyring],
    officers: Mapping[str, tuple[Actor, Keyring]],
) -> None:
    calendar = WorkingCalendar.load(session)
    custodian = Desk(calendar, people["custodian"].as_actor(), now - timedelta(hours=3), rings["custodian"])
    for words, purpose, basis, is_proposed in _ASKED:
        submission = Submission(
            category_channel="12365",
            received_by="web",
            subject="institution",
            county="411002",
            place="演示地点",
            accused=Accused("testing_institution", "许昌宏源环境检测技术有限公司"),
            when="上周",
            words=words,
            identity=Identity("演示人", "演示联系方式"),
        )
        filing = Desk(calendar, ANONYMOUS, now - timedelta(days=3))
        report = operations.file_report(session, submission, keys=ReceiptKeys.of_nobody(), desk=filing)
        actor, keys = officers[report.responsible_code]
        officer = Desk(calendar, actor, now - timedelta(hours=20), keys)
        operations.accept(session, report, officer)
        request = identity_requests.ask(session, report, purpose, basis, officer)
        if is_proposed:
            identity_requests.propose(session, request, custodian)
