"""A draft in words, for the page that is checked before it is sent."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.falsification_acts import ACTS, Act, act
from core.files.cleaning import AS_SENT
from core.places import county
from core.sanitising import plain_lines
from core.web.languages import either
from intake.place_words import degrees
from intake.public.draft import COMPANY_KINDS, Draft
from intake.public.forms import ACCUSED_KINDS, ACT_GROUPS, CATEGORIES, UNKNOWN
from intake.subjects import subject
from intake.submission import StoredFile


def _whom(draft: Draft) -> str:
    """ "某某公司（企业）"; the kind alone where there is no name."""
    kind, name = str(ACCUSED_KINDS.get(draft.get("accused_kind"), "")), draft.get("accused_name")
    first = _("%(name)s（%(kind)s）", name=name, kind=kind) if name else kind
    others = draft.others if draft.get("accused_kind") in COMPANY_KINDS else []
    return str(_("；")).join([first, *(one.name for one in others)])


def _on_map(draft: Draft) -> str:
    return str(_("（地图上的点：%(point)s）", point=degrees(draft.point))) if draft.point else ""


HYGIENE = {"place": _l("拍摄地点"), "time": _l("时间"), "device": _l("设备和软件"), "author": _l("作者")}


def hygiene_told(file: StoredFile) -> str:
    """What was done to a file, in one sentence."""
    if file.hygiene == AS_SENT:
        return str(_("里面的信息没法去掉，原样加密"))
    removed = str(_("、")).join(str(HYGIENE[one]) for one in file.removed.split())
    return str(_("已去掉：%(what)s", what=removed) if removed else _("没有发现会认出您的文件信息"))


def act_groups() -> dict[str, list[Act]]:
    groups: dict[str, list[Act]] = {}
    for one in ACTS:
        groups.setdefault(str(ACT_GROUPS[one.code[0]]), []).append(one)
    return groups


def _county(code: str) -> str:
    if code == UNKNOWN:
        return str(_("不知道或跨县区"))
    return str(either(county(code).name, county(code).english))


def answers(draft: Draft) -> list[dict[str, Any]]:
    """What will be sent, in words, each with the page that changes it."""
    named = draft.get("identity_kind") == "named"
    chosen = [act(code) for code in draft.get("acts", [])]
    where = (_county(draft.get("county")), draft.get("place"), _on_map(draft))
    rows = [
        ("category", _("类别"), CATEGORIES[draft.get("channel")]),
        ("what", _("事项"), _(subject(draft.get("subject")).label)),
        ("acts", _("具体做法"), str(_("；")).join(str(either(one.plain, one.english)) for one in chosen if one)),
        ("where", _("地点"), " ".join(one for one in where if one)),
        ("who", _("被举报方"), _whom(draft)),
        ("when", _("时间"), draft.get("when")),
        ("words", _("经过"), plain_lines(draft.get("words"))),
        ("files", _("附件"), str(_("、")).join(file.name for file in draft.sent_files)),
        ("you", _("您的身份"), f"{draft.get('name')} {draft.get('contact')}" if named else _("匿名")),
    ]
    steps = draft.steps()
    return [
        {"term": term, "value": value, "action": (_("修改"), f"{url_for(f'report.{name}')}?from=check")}
        for name, term, value in rows
        if name in steps
    ]
