"""The steps of a case, as a table. What the table does not have cannot be done."""

from flask_babel import lazy_gettext as _l

from core.accounts.permissions import Permission
from core.workflow import Transition, Workflow

STATES = {
    "received": (_l("已收到，待受理"), "warn"),
    "accepted": (_l("已受理"), "info"),
    "not_accepted": (_l("不予受理"), "neutral"),
    "investigating": (_l("调查处理中"), "info"),
    "replied": (_l("已答复"), "good"),
    "closed": (_l("已办结"), "good"),
}

ACTION_LABELS = {
    "file": _l("收到举报"),
    "accept": _l("受理"),
    "decline": _l("不予受理"),
    "investigate": _l("开始调查"),
    "transfer": _l("转办"),
    "return": _l("退回"),
    "ask_extension": _l("申请延期"),
    "grant_extension": _l("批准延期"),
    "refuse_extension": _l("不批准延期"),
    "reply": _l("答复"),
    "close": _l("办结"),
    "reopen": _l("重新办理"),
    "note": _l("内部记录"),
    "message": _l("举报人补充"),
    "open_sealed": _l("打开封存内容"),
}

_OPEN = frozenset({"received", "accepted", "investigating", "replied"})
_WORKING = frozenset({"accepted", "investigating"})
_handle, _head = Permission.HANDLE_REPORT, Permission.DECIDE_EXTENSION


def _step(action: str, sources: frozenset[str], target: str | None, permission: Permission = _handle) -> Transition:
    return Transition(action, sources, target, permission)


WORKFLOW = Workflow(
    [
        _step("accept", frozenset({"received"}), "accepted"),
        _step("decline", frozenset({"received"}), "not_accepted"),
        _step("investigate", frozenset({"accepted"}), "investigating"),
        _step("reply", _WORKING, "replied"),
        _step("close", frozenset({"replied"}), "closed"),
        _step("transfer", frozenset({"received", "accepted", "investigating"}), "received"),
        _step("return", frozenset({"received"}), "received"),
        _step("ask_extension", _WORKING, None),
        _step("grant_extension", _WORKING, None, _head),
        _step("refuse_extension", _WORKING, None, _head),
        _step("reopen", frozenset({"replied", "closed", "not_accepted"}), "investigating"),
        _step("note", _OPEN | {"closed", "not_accepted"}, None),
    ]
)
