"""What can be reported, in the standard's words: one service for each matter of each hotline."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from core.errors import NotFound
from core.falsification_acts import ACTS
from core.places import COUNTIES
from intake.public.forms import ACCUSED_KINDS, CATEGORIES
from intake.subjects import CHANNELS, Subject, subjects_of

# Matters of a neighbourhood. Of the others not even the existence is public: who can know of them is a small circle.
PUBLIC_TOPICS = ("pollution", "construction_noise", "social_noise")


@dataclass(frozen=True)
class Service:
    channel: str
    subject: Subject

    @property
    def code(self) -> str:
        return f"{self.channel}-{self.subject.code}"

    @property
    def may_be_followed(self) -> bool:
        return self.subject.topic in PUBLIC_TOPICS


SERVICES = {
    one.code: one for channel in CHANNELS for one in (Service(channel, subject) for subject in subjects_of(channel))
}


def service(code: str) -> Service:
    try:
        return SERVICES[code]
    except KeyError:
        raise NotFound(service_code=code) from None


def listed() -> list[dict[str, Any]]:
    return [
        {
            "service_code": one.code,
            "service_name": one.subject.label,
            "description": one.subject.hint or one.subject.label,
            "metadata": True,
            "type": "realtime",
            "keywords": one.subject.label.replace("、", ","),
            "group": str(CATEGORIES[one.channel]),
        }
        for one in SERVICES.values()
    ]


def definition(one: Service, departments: Mapping[str, str]) -> dict[str, Any]:
    """The questions beyond the standard's own. Who is accused is asked of everybody: it decides who must not read."""
    asked = [
        _attribute("accused_kind", "singlevaluelist", _("是谁做的？"), values=ACCUSED_KINDS, required=True),
        _attribute("accused_name", "string", _("名称（知道多少写多少）")),
        _attribute(
            "accused_department",
            "singlevaluelist",
            _("如果是政府部门：哪一个？"),
            values=departments,
            hint=_("这个部门、它的下级和上级都不会收到您的举报。"),
        ),
        _attribute("county", "singlevaluelist", _("在哪个县区？"), values={one.code: one.name for one in COUNTIES}),
        _attribute("when", "string", _("什么时候发生的？（可以不填）")),
    ]
    if one.subject.asks_acts:
        acts = {act.code: act.plain for act in ACTS}
        asked.append(_attribute("acts", "multivaluelist", _("有下面这些情况吗？可以多选，也可以不选"), values=acts))
    return {
        "service_code": one.code,
        "attributes": [{**attribute, "order": order} for order, attribute in enumerate(asked, 1)],
    }


def _attribute(
    code: str,
    datatype: str,
    description: str,
    *,
    values: Mapping[str, Any] | None = None,
    required: bool = False,
    hint: str | None = None,
) -> dict[str, Any]:
    attribute: dict[str, Any] = {
        "variable": True,
        "code": code,
        "datatype": datatype,
        "required": required,
        "datatype_description": hint,
        "order": 0,
        "description": description,
    }
    if values is not None:
        attribute["values"] = [{"key": key, "name": str(name)} for key, name in values.items()]
    return attribute
