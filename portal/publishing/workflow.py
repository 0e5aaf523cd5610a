"""The steps of a disclosure. What is corrected goes through the same steps while the old version stays public.

The states come in two lines, one for what the public has never seen and one for a correction of what it sees: so the
state alone says whether there is a public version.
"""

from dataclasses import astuple, dataclass

from flask_babel import lazy_gettext as _l

from core.accounts.permissions import Permission
from core.errors import IllegalStep
from core.workflow import Transition, Workflow


@dataclass(frozen=True)
class Line:
    """The states between a first word and the public, in their order."""

    draft: str
    in_review: str
    consultation: str
    approved: str
    scheduled: str


FIRST = Line("draft", "in_review", "consultation", "approved", "scheduled")
CORRECTION = Line(
    "correcting", "correction_in_review", "correction_consult", "correction_approved", "correction_scheduled"
)
DRAFT, IN_REVIEW, CONSULTATION, APPROVED, SCHEDULED = astuple(FIRST)
CORRECTING, CORRECTION_IN_REVIEW, CORRECTION_CONSULT, CORRECTION_APPROVED, CORRECTION_SCHEDULED = astuple(CORRECTION)
PUBLISHED, WITHDRAWN, ERASED = "published", "withdrawn", "erased"
EXPIRED, REPAIRED = "expired", "repaired"

DRAFTS = frozenset({DRAFT, CORRECTING})
REVIEWS = frozenset({IN_REVIEW, CORRECTION_IN_REVIEW})
CONSULTATIONS = frozenset({CONSULTATION, CORRECTION_CONSULT})
APPROVALS = frozenset({APPROVED, CORRECTION_APPROVED})
SCHEDULES = frozenset({SCHEDULED, CORRECTION_SCHEDULED})
# The states in which the public sees a version; a term may end and a repair may come in each of them.
LIVE = frozenset({PUBLISHED, *astuple(CORRECTION)})
ENDED = frozenset({WITHDRAWN, ERASED, EXPIRED, REPAIRED})

STATES = {
    DRAFT: (_l("草稿"), "neutral"),
    IN_REVIEW: (_l("待审核"), "warn"),
    CONSULTATION: (_l("征求意见"), "info"),
    APPROVED: (_l("审核通过，待公开"), "warn"),
    SCHEDULED: (_l("定时公开"), "info"),
    PUBLISHED: (_l("已公开"), "good"),
    CORRECTING: (_l("更正草稿"), "neutral"),
    CORRECTION_IN_REVIEW: (_l("更正待审核"), "warn"),
    CORRECTION_CONSULT: (_l("更正征求意见"), "info"),
    CORRECTION_APPROVED: (_l("更正审核通过"), "warn"),
    CORRECTION_SCHEDULED: (_l("更正定时公开"), "info"),
    WITHDRAWN: (_l("已撤回"), "bad"),
    ERASED: (_l("已销毁"), "bad"),
    EXPIRED: (_l("公示期满"), "neutral"),
    REPAIRED: (_l("已信用修复"), "neutral"),
}

# What each step is called, on buttons, in refusals and in the history of a draft.
ACTION_LABELS = {
    "draft": _l("起草"),
    "revise": _l("修改"),
    "redact": _l("遮蔽个人信息"),
    "legal_review": _l("法制审核"),
    "attach": _l("添加附件"),
    "detach": _l("去掉附件"),
    "look": _l("人工看过附件"),
    "submit": _l("提交审核"),
    "take_back": _l("收回修改"),
    "return": _l("退回修改"),
    "consult": _l("征求意见"),
    "answer": _l("答复征求意见"),
    "waive": _l("不再等候答复"),
    "remind": _l("提醒答复"),
    "escalate": _l("逾期未答复，已上报"),
    "approve": _l("审核通过"),
    "schedule": _l("定时公开"),
    "unschedule": _l("取消定时"),
    "publish": _l("公开"),
    "refuse": _l("到时未能公开，退回审核"),
    "correct": _l("更正"),
    "withdraw": _l("撤回"),
    "erase": _l("销毁"),
    "expire": _l("公示期满"),
    "repair": _l("信用修复"),
}

_edit, _review, _answer = (
    Permission.DRAFT_DISCLOSURE,
    Permission.REVIEW_DISCLOSURE,
    Permission.ANSWER_CONSULTATION,
)


def _line(line: Line) -> list[Transition]:
    """The steps of one line up to the public. Approving is the only way to "approved", from there or the clock on."""
    waiting = frozenset({line.in_review, line.consultation, line.approved, line.scheduled})
    deciding = frozenset({line.in_review, line.consultation})
    ready = frozenset({line.approved, line.scheduled})
    asked = frozenset({line.consultation})
    return [
        Transition("revise", frozenset({line.draft}), line.draft, _edit),
        Transition("submit", frozenset({line.draft}), line.in_review, _edit),
        Transition("take_back", waiting, line.draft, _edit),
        Transition("return", waiting, line.draft, _review),
        Transition("consult", deciding, line.consultation, _review),
        Transition("answer", asked, None, _answer),
        Transition("waive", asked, None, _review),
        Transition("approve", deciding, line.approved, _review),
        Transition("schedule", ready, line.scheduled, _review),
        Transition("unschedule", frozenset({line.scheduled}), line.approved, _review),
        Transition("refuse", frozenset({line.scheduled}), line.in_review, _review),
        Transition("publish", ready, PUBLISHED, _review),
    ]


WORKFLOW = Workflow(
    [
        *_line(FIRST),
        *_line(CORRECTION),
        Transition("correct", frozenset({PUBLISHED}), CORRECTING, _edit),
        Transition("withdraw", LIVE, WITHDRAWN, _review),
        Transition("erase", frozenset({WITHDRAWN}), ERASED, _review),
        Transition("expire", LIVE, EXPIRED, _review),
        Transition("repair", LIVE, REPAIRED, _review),
    ]
)


class StepRefused(IllegalStep):
    """The step that was asked for and the state that does not have it, in words."""

    def __init__(self, state: str, action: str) -> None:
        super().__init__(
            _l(
                "这条内容现在是“%(state)s”，不能“%(action)s”。可能别人刚办过，请刷新页面看最新状态。",
                state=STATES[state][0],
                action=ACTION_LABELS[action],
            ),
            state=state,
            action=action,
        )


def step_from(state: str, action: str) -> Transition:
    """The arrow of the table; StepRefused, which says what is refused and why, where there is none."""
    try:
        return WORKFLOW.transition(state, action)
    except IllegalStep:
        raise StepRefused(state, action) from None
