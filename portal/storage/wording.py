"""What the last scrubbing could not do, and what to do about it, in words."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.scrubbing import UNDONE


@dataclass(frozen=True)
class Problem:
    """`name` of the table, where it is one; `is_undone`: the next scrubbing tries again, otherwise it is for people."""

    title: Text
    name: str
    remedy: Text
    is_undone: bool


_WORDS = {
    "table": (
        _l("有一张表没有重写"),
        _l("可能正被使用，或应用账号不是表的所有者。稍后会自动再试；一直不成功时请检查账号权限。"),
    ),
    "readers": (
        _l("有事务长时间不结束"),
        _l("它还看得见已删除的内容，所以不能清理。请找出并结束它（pg_stat_activity），稍后会自动再试。"),
    ),
    "samples": (
        _l("统计样本没有重写"),
        _l("统计样本里可能留有标题等短文字。请把应用账号设为数据库的所有者，稍后会自动再试。"),
    ),
    "busy": (_l("预写日志正被使用"), _l("有读者在用，稍后会自动再试。")),
    "log_switch": (
        _l("不能切换预写日志"),
        _l("请执行 GRANT EXECUTE ON FUNCTION pg_switch_wal() TO 应用账号，再重新清理。"),
    ),
    "checkpoint": (_l("不能做检查点"), _l("请执行 GRANT pg_checkpoint TO 应用账号，再重新清理。")),
    "log_recycled": (
        _l("旧的预写日志文件会改名再用，内容暂时还在"),
        _l("请在 PostgreSQL 设置 wal_recycle = off，旧文件就会直接删除。"),
    ),
    "log_kept": (
        _l("服务器按 wal_keep_size 保留旧的预写日志"),
        _l("请设为 0，或等这些日志被新的替换。"),
    ),
    "archive": (
        _l("预写日志另有归档"),
        _l("归档里还有已销毁的文字，本平台删不到。请做一次新的全量备份，再删除此前的归档和备份。"),
    ),
    "standby": (
        _l("有复制槽（备用服务器）"),
        _l("备用服务器跟上以后，旧的预写日志才会删除；请确认没有停用的复制槽。"),
    ),
}


def problem(code: str) -> Problem:
    kind, _colon, name = code.partition(":")
    title, remedy = _WORDS[kind]
    return Problem(title, name, remedy, kind in UNDONE)
