"""What a filled-in report means, whoever typed it: a citizen in the wizard or an operator on the phone."""

from dataclasses import dataclass

from core.coordinates import Point

RECEIVED_BY = ("web", "phone", "12345_transfer", "12315_transfer", "wechat", "letter", "visit", "open311")
ACCUSED_KINDS = ("company", "testing_institution", "department", "official", "person", "unknown")


@dataclass(frozen=True)
class Accused:
    """`department_code` names one of ours where a department or its staff is accused: it and its own are kept out."""

    kind: str = "unknown"
    name: str = ""
    uscc: str | None = None
    department_code: str | None = None


@dataclass(frozen=True)
class Identity:
    """Who a named reporter is. Sealed apart from the report."""

    name: str
    contact: str


@dataclass(frozen=True)
class StoredFile:
    """A file that lies sealed on disk: `id` names it there, `key` (hex) opens it, `name` is the reporter's.

    `hygiene` says whether what it tells about its maker was taken out, `removed` what that was (place time device
    author). `original_of` names the cleaned file whose original this is; an original's key lies with the identity.
    `scan` is what a virus scanner said (clean unscanned); empty where there is none.
    """

    id: str
    name: str
    kind: str
    size: int
    key: str
    hygiene: str = ""
    removed: str = ""
    original_of: str = ""
    scan: str = ""


@dataclass(frozen=True)
class Submission:
    """`category_channel` is 12369 or 12365; `received_by` is how it came in. Texts are as typed.

    `others` are further companies beside `accused`: routing looks at the first, keeping out looks at all.
    """

    category_channel: str
    received_by: str
    subject: str
    county: str | None
    place: str
    accused: Accused
    when: str
    words: str
    acts: tuple[str, ...] = ()
    identity: Identity | None = None
    files: tuple[StoredFile, ...] = ()
    others: tuple[Accused, ...] = ()
    point: Point | None = None
