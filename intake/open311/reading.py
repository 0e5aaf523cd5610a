"""What an app sent, as a submission; everything that is wrong with it at once. Nothing sent is cut or dropped.

`device_id` and `account_id` name a telephone and an app's user: they are not looked at and not kept.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _

from core.coordinates import Point
from core.errors import InvalidInput, Text
from core.falsification_acts import act
from core.places import COUNTIES, county_of_name
from core.sanitising import single_line
from intake.open311.services import SERVICES, Service
from intake.public.forms import LONGEST_WORDS, OFFICIAL_KINDS
from intake.submission import ACCUSED_KINDS, Accused, Identity, Submission

RECEIVED_BY = "open311"
LONGEST = {
    "description": LONGEST_WORDS,
    "address_string": 250,
    "media_url": 2000,
    "first_name": 30,
    "last_name": 30,
    "email": 100,
    "phone": 40,
    "attribute[accused_name]": 200,
    "attribute[when]": 200,
}
COUNTY_CODES = frozenset(one.code for one in COUNTIES)
Fields = Mapping[str, Sequence[str]]


class Sent:
    """The fields of one request. An empty value is as good as none, as the standard wants it."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def one(self, name: str) -> str:
        return next((value.strip() for value in self._fields.get(name, ()) if value.strip()), "")

    def attribute(self, code: str) -> str:
        return single_line(self.one(f"attribute[{code}]"))

    def many(self, code: str) -> tuple[str, ...]:
        """attribute[code] or attribute[code][], repeated or parted by commas."""
        values = [*self._fields.get(f"attribute[{code}]", ()), *self._fields.get(f"attribute[{code}][]", ())]
        return tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))


def submission(fields: Fields, departments: Collection[str]) -> Submission:
    """InvalidInput names each field that is wrong."""
    sent = Sent(fields)
    service = SERVICES.get(sent.one("service_code"))
    errors = _errors(sent, service, departments)
    if errors or service is None:
        raise InvalidInput(errors)
    kind = sent.attribute("accused_kind")
    department = sent.attribute("accused_department") if kind in OFFICIAL_KINDS else ""
    return Submission(
        category_channel=service.channel,
        received_by=RECEIVED_BY,
        subject=service.subject.code,
        county=_county(sent),
        place=single_line(sent.one("address_string")),
        point=_point(sent),
        accused=Accused(kind, sent.attribute("accused_name"), department_code=department or None),
        when=sent.attribute("when"),
        words=_words(sent),
        acts=sent.many("acts") if service.subject.asks_acts else (),
        identity=_identity(sent),
    )


def _errors(sent: Sent, service: Service | None, departments: Collection[str]) -> dict[str, Text]:
    found: dict[str, Text] = {}
    if service is None:
        code = sent.one("service_code")
        found["service_code"] = _("没有这个 service_code。") if code else _("缺少 service_code。")
    if not sent.one("description"):
        found["description"] = _("请在 description 里写几句，哪怕一句。")
    found.update(_place_errors(sent))
    found.update(_accused_errors(sent, departments))
    if unknown := [code for code in sent.many("acts") if act(code) is None]:
        found["attribute[acts]"] = _("attribute[acts] 里没有这些选项：%(codes)s。", codes=_told(unknown))
    for name, limit in LONGEST.items():
        if len(sent.one(name)) > limit:
            found[name] = _("%(field)s 最多 %(n)s 个字。", field=name, n=limit)
    return found


def _place_errors(sent: Sent) -> dict[str, Text]:
    found: dict[str, Text] = {}
    latitude, longitude = sent.one("lat"), sent.one("long")
    if bool(latitude) != bool(longitude) or (latitude and not (_within(latitude, 90) and _within(longitude, 180))):
        found["lat"] = _("lat 和 long 要一起给，是 WGS84 的度数。")
    if not any((latitude, sent.one("address_string"), sent.one("address_id"))):
        found["address_string"] = _("缺少地点：请给 lat 和 long、address_string 或 address_id。")
    for name, code in (
        ("address_id", sent.one("address_id")),
        ("attribute[county]", sent.attribute("county")),
    ):
        if code and code not in COUNTY_CODES:
            found[name] = _("%(field)s 不是本市县区的代码。", field=name)
    return found


def _accused_errors(sent: Sent, departments: Collection[str]) -> dict[str, Text]:
    kind, department = sent.attribute("accused_kind"), sent.attribute("accused_department")
    if kind not in ACCUSED_KINDS:
        return {"attribute[accused_kind]": _("请在 attribute[accused_kind] 里选一项；不知道就选 unknown。")}
    if kind in OFFICIAL_KINDS and department not in departments:
        return {
            "attribute[accused_department]": _(
                "请在 attribute[accused_department] 里选出被举报的部门，这样它就不会收到您的举报。"
            )
        }
    return {}


def _within(text: str, limit: int) -> bool:
    return re.fullmatch(r"[+-]?\d{1,3}(\.\d{1,12})?", text, re.ASCII) is not None and abs(float(text)) <= limit


def _told(codes: Sequence[str]) -> str:
    return "、".join(re.sub(r"\W", "", code)[:10] for code in codes[:5])


def _county(sent: Sent) -> str | None:
    named = county_of_name(sent.one("address_string"))
    return sent.attribute("county") or sent.one("address_id") or (named.code if named else None)


def _point(sent: Sent) -> Point | None:
    """Of WGS 84, as GeoReport says."""
    return Point(float(sent.one("lat")), float(sent.one("long"))) if sent.one("lat") else None


def _words(sent: Sent) -> str:
    """A picture is not fetched: whoever keeps it would learn of the report. Its address stays for the officer."""
    picture = single_line(sent.one("media_url"))
    return sent.one("description") + (f"\n\n{picture}" if picture else "")


def _identity(sent: Sent) -> Identity | None:
    name = single_line(f"{sent.one('last_name')} {sent.one('first_name')}".strip())
    contact = single_line(" ".join(part for part in (sent.one("phone"), sent.one("email")) if part))
    return Identity(name, contact) if name or contact else None
