"""The half-written report. It lives in the session, which only the reporter's cookie can open.

Put aside, it lies a second time under its receipt (`intake.saved_drafts`), and each answer goes there too.
"""

from dataclasses import asdict
from typing import Any

from flask import flash, session
from flask_babel import gettext as _

from core.coordinates import Point
from core.sanitising import single_line
from core.web import current
from intake import attachments, saved_drafts
from intake.receipt import ReceiptKeys
from intake.saved_drafts import Place, Room
from intake.subjects import subject
from intake.submission import Accused, Identity, StoredFile, Submission

_KEY, _PLACE, _SHOWN, _ALONG = "report", "report_place", "report_code_shown", "report_files_along"
_OF_THIS_BROWSER = ("code", "level")
COMPANY_KINDS = ("company", "testing_institution")
MOST_OTHERS = 9
STEPS = ("category", "what", "acts", "where", "who", "when", "words", "files", "you", "check")
NEEDED = {"category": "channel", "what": "subject", "where": "county", "who": "accused_kind", "words": "words"}


def room() -> Room:
    settings = current.settings()
    return Room(settings.draft_files_mb * attachments.MB, settings.all_drafts_files_mb * attachments.MB)


class Draft:
    """Answers by name; `save` writes them back into the session."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    @classmethod
    def current(cls) -> "Draft":
        return cls(dict(session.get(_KEY, {})))

    def save(self, **answers: Any) -> None:
        """Here, and where it was put aside. The code is told until the reporter writes on."""
        self.note(**answers)
        session.pop(_SHOWN, None)
        place = self.place
        if place is None:
            return
        along = saved_drafts.keep(current.session(), place, self._to_put_aside(), current.today(), room())
        if along is None:
            self._part()
        else:
            session[_ALONG] = along

    def note(self, **answers: Any) -> None:
        """In this browser alone, for pages that only show: what is put aside is written when something is sent."""
        self.answers.update(answers)
        session[_KEY] = self.answers

    @staticmethod
    def discard() -> None:
        for key in (_KEY, _PLACE, _SHOWN, _ALONG):
            session.pop(key, None)

    @property
    def place(self) -> Place | None:
        """Where it was put aside; None where it lies in this browser alone."""
        text = session.get(_PLACE)
        return Place.of_text(text) if text else None

    @property
    def code_to_tell(self) -> str | None:
        return self.get("code") if session.get(_SHOWN) else None

    def put_aside(self, code: str, keys: ReceiptKeys) -> None:
        """Under the receipt that the report will keep when it is sent."""
        self.save(code=code)
        place, along = saved_drafts.begin(current.session(), keys, self._to_put_aside(), current.today(), room())
        session[_PLACE], session[_SHOWN], session[_ALONG] = place.as_text(), True, along

    @classmethod
    def resume(cls, code: str, keys: ReceiptKeys) -> "Draft | None":
        """What lies under this receipt, in this browser from now on; None where nothing does."""
        found = saved_drafts.open_saved(current.session(), keys, current.today())
        if found is None:
            return None
        place, answers = found
        if missing := answers.pop(saved_drafts.LEFT_OUT, []):
            flash(_("这些附件当时没能一起保存，请重新上传：%(names)s。", names=_("、").join(missing)))
        session[_KEY], session[_PLACE] = {**answers, "code": code}, place.as_text()
        session[_ALONG] = [file["id"] for file in answers.get("files", [])]
        return cls.current()

    def is_under(self, keys: ReceiptKeys) -> bool:
        """Whether it is what lies under this receipt, and still this browser's to write."""
        place = self.place
        if place is None or place.lookup != keys.lookup:
            return False
        return saved_drafts.expiry(current.session(), place) is not None

    @property
    def left_out(self) -> list[StoredFile]:
        """The files that do not lie where it was put aside, or would not: this browser alone has them."""
        if self.place is not None:
            along = session.get(_ALONG, [])
        else:
            space = saved_drafts.room_for_one(current.session(), room())
            along = [file["id"] for file in saved_drafts.that_fit(self.answers.get("files", []), space)]
        return [file for file in self.sent_files if file.id not in along]

    def throw_away(self) -> None:
        """With its files, here and where it was put aside; what was opened elsewhere since is left to that browser."""
        is_ours = self.place is None or saved_drafts.drop(current.session(), self.place)
        elsewhere = [] if is_ours else session.get(_ALONG, [])
        for file in self.files:
            if file.id not in elsewhere:
                attachments.remove(file.id, current.settings().data_dir)
        self.discard()

    def is_ours(self) -> bool:
        """False where it was opened elsewhere since; then what stands here has parted from it."""
        was_aside = self.place
        self.save()
        return self.place == was_aside

    def _to_put_aside(self) -> dict[str, Any]:
        return {name: value for name, value in self.answers.items() if name not in _OF_THIS_BROWSER}

    def _part(self) -> None:
        """It goes on elsewhere, or is gone there: what stands here becomes a draft of its own, without those files."""
        for name in _OF_THIS_BROWSER:
            self.answers.pop(name, None)
        gone = session.pop(_ALONG, [])
        self.answers["files"] = [one for one in self.answers.get("files", []) if one["id"] not in gone]
        session.pop(_PLACE, None)
        flash(
            _("这份举报已经在别处打开、提交或清除。您在这里写的还在，算另一份；附件请重新上传，要以后再写请重新保存。")
        )

    def get(self, name: str, default: Any = "") -> Any:
        return self.answers.get(name, default)

    @property
    def files(self) -> list[StoredFile]:
        return [StoredFile(**one) for one in self.answers.get("files", [])]

    def add_file(self, file: StoredFile) -> None:
        self.save(files=[*self.answers.get("files", []), asdict(file)])

    @property
    def sent_files(self) -> list[StoredFile]:
        """Each file once, also where its original is kept beside it."""
        return [file for file in self.files if not file.original_of]

    @property
    def kept_originals(self) -> frozenset[str]:
        return frozenset(file.original_of for file in self.files if file.original_of)

    @property
    def others(self) -> list[Accused]:
        """Further companies, beside the first."""
        return [Accused(**one) for one in self.answers.get("others", [])]

    def add_other(self, name: str, uscc: str) -> None:
        """The same one twice is one."""
        other = asdict(Accused("company", name, uscc or None))
        if other not in self.answers.get("others", []):
            self.save(others=[*self.answers.get("others", []), other])

    def drop_other(self, place: int) -> None:
        self.save(others=[one for n, one in enumerate(self.answers.get("others", [])) if n != place])

    @property
    def point(self) -> Point | None:
        """The place on the map."""
        kept = self.answers.get("point")
        return Point(*kept) if kept else None

    def drop_file(self, file_id: str) -> list[str]:
        """Forget a file and its original; what is to be removed from the disk."""
        gone = [file.id for file in self.files if file_id in (file.id, file.original_of)]
        was_aside, along = self.place, session.get(_ALONG, [])
        self.save(files=[one for one in self.answers.get("files", []) if one["id"] not in gone])
        return [one for one in gone if self.place == was_aside or one not in along]

    def steps(self) -> list[str]:
        """The steps of this report: the acts are asked only where the subject calls for them."""
        asks_acts = bool(self.get("subject")) and subject(self.get("subject")).asks_acts
        return [step for step in STEPS if step != "acts" or asks_acts]

    def first_missing(self) -> str | None:
        """The first step whose needed answer is not there yet."""
        return next((step for step, name in NEEDED.items() if not self.get(name)), None)

    def where_it_stopped(self) -> str:
        """The step to go on with."""
        at = self.get("at")
        return at if at in self.steps() and self.may_open(at) else self.first_missing() or "check"

    def may_open(self, step: str) -> bool:
        missing = self.first_missing()
        return missing is None or STEPS.index(step) <= STEPS.index(missing)

    def prefill(self, name: str, uscc: str) -> None:
        """What a portal page hands over: whom the report is about."""
        code = single_line(uscc)[:30] or None
        self.note(accused_kind="company", accused_name=single_line(name)[:200], accused_uscc=code)

    def submission(self, received_by: str) -> Submission:
        named = self.get("identity_kind") == "named"
        return Submission(
            category_channel=self.get("channel"),
            received_by=received_by,
            subject=self.get("subject"),
            acts=tuple(self.get("acts", [])) if "acts" in self.steps() else (),
            county=self.get("county") if self.get("county") != "unknown" else None,
            place=self.get("place"),
            point=self.point,
            accused=self._accused(),
            others=tuple(self.others) if self.get("accused_kind") in COMPANY_KINDS else (),
            when=self.get("when"),
            words=self.get("words"),
            identity=Identity(self.get("name"), self.get("contact")) if named else None,
            files=tuple(self.files),
        )

    def _accused(self) -> Accused:
        kind = self.get("accused_kind", "unknown")
        official = kind in ("department", "official")
        return Accused(
            kind=kind,
            name=self.get("accused_name"),
            uscc=self.get("accused_uscc") or None,
            department_code=self.get("accused_department") or None if official else None,
        )
