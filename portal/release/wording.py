"""How promises, periods and delays are said to people."""

from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.tables import Row
from core.web.filters import local_day
from core.web.languages import chosen
from portal.release.rules import Status

STATUSES = {
    Status.AHEAD: (_l("未到期"), "neutral"),
    Status.ON_TIME: (_l("按时"), "good"),
    Status.LATE: (_l("迟发布"), "warn"),
    Status.MISSING: (_l("逾期未发布"), "bad"),
}
AGREEMENT_STATES = {
    "proposed": (_l("等同意"), "warn"),
    "ahead": (_l("还没开始"), "neutral"),
    "in_force": (_l("有效"), "good"),
    "over": (_l("已到期"), "neutral"),
    "ended": (_l("已终止"), "bad"),
}
MEDIA = {
    "all": _l("综合"),
    "air": _l("空气"),
    "water": _l("水"),
    "noise": _l("声"),
    "pollution": _l("排污单位"),
    "enforcement": _l("执法"),
    "credit": _l("信用"),
    "notice": _l("公告"),
}


# The names of the table's data sets, so that they have a translation; a test holds both together.
NAMES = (
    _l("城市空气质量实时报"),
    _l("城市空气质量日报"),
    _l("城市空气质量月报和排名"),
    _l("地表水环境质量月报"),
    _l("集中式饮用水水源水质状况"),
    _l("声环境质量季报"),
    _l("生态环境状况公报"),
    _l("环境监管重点单位名录"),
    _l("行政处罚决定"),
    _l("失信名单列入决定"),
    _l("公告"),
)


def dataset_name(row: Row) -> str:
    """In the reader's language."""
    name = row["name"]
    return str(_(name))


def promise_words(row: Row) -> Text:
    """How often and by when a data set is promised."""
    kind = row["promise"]
    if kind == "hourly":
        return _("每小时，整点后 %(n)s 分钟内", n=row["within_minutes"])
    if kind == "daily":
        return _("每天，次日 %(at)s 前", at=f"{row['by']:%H:%M}")
    if kind == "monthly":
        return _("每月，次月 %(n)s 日前", n=row["day"])
    if kind == "quarterly":
        return _("每季度，季后第 %(m)s 个月 %(n)s 日前", m=row["months_after"], n=row["day"])
    if kind == "yearly":
        return _("每年，%(m)s 月 %(n)s 日前", m=row["month"], n=row["day"])
    return _("每件，自决定或发布之日起 %(n)s 个工作日内", n=row["workdays"])


def period_words(period: str) -> Text:
    """What a period tells of; a record's id says nothing and gives ""."""
    day, _t, hour = period.partition("T")
    if hour:
        return _("%(day)s %(hour)s 时", day=local_day(date.fromisoformat(day)), hour=int(hour))
    if len(period) == len("2026-11-23") and period.count("-") == 2:
        return local_day(date.fromisoformat(period))
    if chosen() == "en":
        return period if len(period) <= len("2026-Q3") else ""
    if "-Q" in period:
        year, quarter = period.split("-Q")
        return f"{year}年第{'一二三四'[int(quarter) - 1]}季度"
    if len(period) == len("2026-10"):
        return f"{int(period[:4])}年{int(period[5:])}月"
    return f"{period}年" if period.isdecimal() else ""


def delay_words(delay: timedelta) -> Text:
    """3 天, 5 小时, 12 分钟: the greatest unit, and never nothing."""
    hours, rest = divmod(int(delay.total_seconds()), 3600)
    if hours >= 48:
        return _("%(n)s 天", n=hours // 24)
    if hours:
        return _("%(h)s 小时 %(m)s 分", h=hours, m=rest // 60)
    return _("%(n)s 分钟", n=max(1, rest // 60))
