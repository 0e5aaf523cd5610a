"""What keeps a draft from going on as it stands: personal data in its words or in its files."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from core.errors import DomainError
from core.sanitising import plain
from portal.publishing.attachments import attached_texts
from portal.publishing.kinds import kind_named
from portal.publishing.leak_scan import Leak, leaks, literal_leaks
from portal.publishing.models import Disclosure
from portal.publishing.rendered import forbidden_words
from portal.publishing.suggestions import KIND_LABELS, Undecided, undecided


class LeakFound(DomainError):
    """`leaks` names the fields and places; the message names the fields."""

    code = "leak_found"
    status = 422

    def __init__(self, found: list[Leak], labels: Mapping[str, str]) -> None:
        places = "；".join(f"{labels.get(leak.field, leak.field)}：{KIND_LABELS[leak.kind]}" for leak in found)
        super().__init__(_l("发现不能公开的个人信息，不能提交或公开。%(places)s", places=places), count=len(found))
        self.leaks = found


def leak_in(disclosure: Disclosure) -> LeakFound | Undecided | None:
    """The refusal that submitting the draft as it stands would meet."""
    kind = kind_named(disclosure.kind)
    part = kind.public_part(disclosure.draft)
    rich = {row["name"] for row in kind.rows if row["type"] == "rich"}
    files = attached_texts(disclosure)
    said = {name: plain(value) if name in rich else value for name, value in part.items()}
    found = leaks({**said, **{field: text for field, _label, text in files}})
    if files:
        forbidden = forbidden_words(kind, disclosure.draft, part)
        found += [Leak(field, "taken_out", 0, 0) for field, _l, text in files if literal_leaks(text, forbidden)]
    if found:
        labels = {one.name: one.label for one in kind.fields} | {field: label for field, label, _text in files}
        return LeakFound(list(dict.fromkeys(found)), labels)
    open_questions = undecided(disclosure)
    return Undecided(len(open_questions)) if open_questions else None
