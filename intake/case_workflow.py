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
    "merged": (_l("已并案办理"), "neutral"),
}

ACTION_LABELS = {
    "file": _l("收到举报"),
    "accept": _l("受理"),
    "decline": _l("不予受理"),
    "assign": _l("交办到人"),
    "investigate": _l("开始调查"),
    "visit": _l("现场检查记录"),
    "decide": _l("作出处理决定"),
    "transfer": _l("转办"),
    "return": _l("退回"),
    "dispute": _l("职责有争议，报请指定"),
    "appoint": _l("指定承办单位"),
    "hand_over": _l("移交另一热线类别"),
    "succeed": _l("机构调整，由新单位承接"),
    "ask_extension": _l("申请延期"),
    "grant_extension": _l("批准延期"),
    "refuse_extension": _l("不批准延期"),
    "pause": _l("暂停计算期限"),
    "resume": _l("恢复计算期限"),
    "reply": _l("答复"),
    "close": _l("办结"),
    "reopen": _l("重新办理"),
    "merge": _l("并案"),
    "note": _l("内部记录"),
    "contribute": _l("协办意见"),
    "invite": _l("请求协办"),
    "link": _l("关联"),
    "unlink": _l("取消关联"),
    "recuse": _l("回避"),
    "message": _l("举报人补充"),
    "rate": _l("举报人评价"),
    "withdraw": _l("举报人撤回"),
    "renew_code": _l("举报人换了新的查询码"),
    "claim_reward": _l("举报人申请奖励"),
    "pay_reward": _l("奖励已发放"),
    "propose_malice": _l("提出认定为恶意举报"),
    "confirm_malice": _l("认定为恶意举报"),
    "refuse_malice": _l("不认定为恶意举报"),
    "object_to_malice": _l("举报人对认定提出异议"),
    "uphold_malice": _l("维持认定"),
    "lift_malice": _l("撤销认定"),
    "open_sealed": _l("打开封存内容"),
    "ask_identity": _l("申请打开举报人身份"),
    "propose_identity": _l("身份保管员提出打开"),
    "agree_identity": _l("另一部门的身份保管员同意打开"),
    "refuse_identity": _l("身份保管员不同意打开"),
    "open_identity": _l("打开举报人身份"),
    "name_involved": _l("查明有关部门"),
    "avoid": _l("原承办单位回避，改由他处办理"),
}

_UNDECIDED = frozenset({"received", "accepted", "investigating"})
_WORKING = frozenset({"accepted", "investigating"})
_LIVE = _UNDECIDED | {"replied"}
_ANY = frozenset(STATES)
_handle, _head, _above = Permission.HANDLE_REPORT, Permission.DECIDE_EXTENSION, Permission.SUPERVISE_REPORTS


def _step(action: str, sources: frozenset[str], target: str | None, permission: Permission = _handle) -> Transition:
    return Transition(action, sources, target, permission)


WORKFLOW = Workflow(
    [
        _step("accept", frozenset({"received"}), "accepted"),
        _step("decline", frozenset({"received"}), "not_accepted"),
        _step("assign", _LIVE, None),
        _step("investigate", frozenset({"accepted"}), "investigating"),
        _step("visit", frozenset({"investigating"}), None),
        _step("decide", _WORKING, None),
        _step("reply", _WORKING, "replied"),
        _step("close", frozenset({"replied"}), "closed"),
        _step("transfer", _UNDECIDED, "received"),
        _step("return", frozenset({"received"}), "received"),
        _step("hand_over", _UNDECIDED, "received"),
        _step("appoint", _UNDECIDED, None, _above),
        _step("ask_extension", _UNDECIDED, None),
        _step("grant_extension", _UNDECIDED, None, _head),
        _step("refuse_extension", _UNDECIDED, None, _head),
        _step("pause", _WORKING, None, _head),
        _step("resume", _WORKING, None),
        _step("reopen", frozenset({"replied", "closed", "not_accepted", "merged"}), "investigating"),
        _step("merge", _UNDECIDED, "merged"),
        _step("note", _ANY, None),
        _step("contribute", _LIVE, None),
        _step("invite", _UNDECIDED, None),
        _step("link", _ANY, None),
        _step("unlink", _ANY, None),
        _step("recuse", _LIVE, None),
        _step("name_involved", _LIVE, None),
        _step("ask_identity", _ANY, None),
        _step("propose_malice", _ANY, None),
        _step("confirm_malice", _ANY, None, _head),
        _step("refuse_malice", _ANY, None, _head),
        _step("uphold_malice", _ANY, None, _above),
        _step("lift_malice", _ANY, None, _above),
    ]
)
