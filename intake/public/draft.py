"""The half-written report. It lives in the session, which only the reporter's cookie can open."""

from dataclasses import asdict
from typing import Any

from flask import session

from core.coordinates import Point
from core.sanitising import single_line
from intake.subjects import subject
from intake.submission import Accused, Identity, StoredFile, Submission

_KEY = "report"
COMPANY_KINDS = ("company", "testing_institution")
MOST_OTHERS = 9
STEPS = ("category", "what", "acts", "where", "who", "when", "words", "files", "you", "check")
NEEDED = {"category": "channel", "what": "subject", "where": "county", "who": "accused_kind", "words": "words"}


class Draft:
    """Answers by name; `save` writes them back into the session."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    @classmethod
    def current(cls) -> "Draft":
        return cls(dict(session.get(_KEY, {})))

    def save(self, **answers: Any) -> None:
        self.answers.update(answers)
        session[_KEY] = self.answers

    @staticmethod
    def discard() -> None:
        session.pop(_KEY, None)

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
        self.save(files=[one for one in self.answers.get("files", []) if one["id"] not in gone])
        return gone

    def steps(self) -> list[str]:
        """The steps of this report: the acts are asked only where the subject calls for them."""
        asks_acts = bool(self.get("subject")) and subject(self.get("subject")).asks_acts
        return [step for step in STEPS if step != "acts" or asks_acts]

    def first_missing(self) -> str | None:
        """The first step whose needed answer is not there yet."""
        return next((step for step, name in NEEDED.items() if not self.get(name)), None)

    def may_open(self, step: str) -> bool:
        missing = self.first_missing()
        return missing is None or STEPS.index(step) <= STEPS.index(missing)

    def prefill(self, name: str, uscc: str) -> None:
        """What a portal page hands over: whom the report is about."""
        code = single_line(uscc)[:30] or None
        self.save(accused_kind="company", accused_name=single_line(name)[:200], accused_uscc=code)

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
