"""The steps of a disclosure. What is corrected goes through the same review while the old version stays public."""

from flask_babel import lazy_gettext as _l

from core.accounts.permissions import Permission
from core.workflow import Transition, Workflow

DRAFT, IN_REVIEW, PUBLISHED, CORRECTING, CORRECTION_IN_REVIEW, WITHDRAWN, ERASED, EXPIRED, REPAIRED = (
    "draft",
    "in_review",
    "published",
    "correcting",
    "correction_in_review",
    "withdrawn",
    "erased",
    "expired",
    "repaired",
)

STATES = {
    DRAFT: (_l("草稿"), "neutral"),
    IN_REVIEW: (_l("待审核"), "warn"),
    PUBLISHED: (_l("已公开"), "good"),
    CORRECTING: (_l("更正草稿"), "neutral"),
    CORRECTION_IN_REVIEW: (_l("更正待审核"), "warn"),
    WITHDRAWN: (_l("已撤回"), "bad"),
    ERASED: (_l("已销毁"), "bad"),
    EXPIRED: (_l("公示期满"), "neutral"),
    REPAIRED: (_l("已信用修复"), "neutral"),
}

_edit, _review = Permission.DRAFT_DISCLOSURE, Permission.REVIEW_DISCLOSURE

# The states in which the public sees a version; a term may end and a repair may come in each of them.
LIVE = (PUBLISHED, CORRECTING, CORRECTION_IN_REVIEW)
ENDED = (WITHDRAWN, ERASED, EXPIRED, REPAIRED)


def _one(action: str, source: str, target: str, permission: Permission) -> Transition:
    return Transition(action, frozenset({source}), target, permission)


WORKFLOW = Workflow(
    [
        _one("revise", DRAFT, DRAFT, _edit),
        _one("revise", CORRECTING, CORRECTING, _edit),
        _one("submit", DRAFT, IN_REVIEW, _edit),
        _one("submit", CORRECTING, CORRECTION_IN_REVIEW, _edit),
        _one("approve", IN_REVIEW, PUBLISHED, _review),
        _one("approve", CORRECTION_IN_REVIEW, PUBLISHED, _review),
        _one("return", IN_REVIEW, DRAFT, _review),
        _one("return", CORRECTION_IN_REVIEW, CORRECTING, _review),
        _one("correct", PUBLISHED, CORRECTING, _edit),
        _one("withdraw", PUBLISHED, WITHDRAWN, _review),
        _one("withdraw", CORRECTING, WITHDRAWN, _review),
        _one("erase", WITHDRAWN, ERASED, _review),
        *(_one("expire", state, EXPIRED, _review) for state in LIVE),
        *(_one("repair", state, REPAIRED, _review) for state in LIVE),
    ]
)
