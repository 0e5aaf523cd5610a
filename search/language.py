"""What a person typed, read by whoosh's query parser, as a small tree of our own that each store can walk.

Nothing typed is an error: what cannot be read as syntax is searched as words. Fields: kind: county: authority: act:
no: party: date: amount:, or their Chinese names; the last two take ranges (search.ranges).
"""

import re
import unicodedata
from dataclasses import dataclass

from whoosh import query as whoosh_query
from whoosh.analysis import RegexTokenizer
from whoosh.fields import ID, TEXT, Schema
from whoosh.qparser import FieldsPlugin, GroupPlugin, OperatorsPlugin, PhrasePlugin, QueryParser, WhitespacePlugin

from core.identifiers import decision_number
from search import analysis, ranges
from search.ranges import Range

LONGEST = 200
_MOST_CLAUSES = 24
_FIELD_WORDS = {
    "类别": "kind",
    "县区": "county",
    "机关": "authority",
    "行为": "act",
    "文号": "no",
    "当事人": "party",
    "日期": "date",
    "金额": "amount",
}
_QUOTED = re.compile('"([^"]*)"')
_FIELDS = tuple(_FIELD_WORDS.values())
_RANGES = {"date": ranges.days, "amount": ranges.amounts}


@dataclass(frozen=True)
class Words:
    """A stretch of text without syntax: found as it stands, or by enough of its parts (`exact` False)."""

    text: str
    exact: bool = False


@dataclass(frozen=True)
class Field:
    """A column that must hold `value`."""

    name: str
    value: str


@dataclass(frozen=True)
class Every:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Either:
    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Without:
    part: "Node"


Node = Words | Field | Range | Every | Either | Without


@dataclass(frozen=True)
class Question:
    """`root` None: nothing searchable was typed. `cut`: longer than LONGEST, so that only its beginning counts."""

    root: Node | None
    words: tuple[str, ...]
    cut: bool = False


def read(text: str) -> Question:
    """The tree of what was typed; never raises."""
    tidy = _tidy(text)
    root = _Reader(tidy[:LONGEST]).root() if tidy else None
    return Question(root, tuple(_positive_words(root)), cut=len(tidy) > LONGEST)


def _parser() -> QueryParser:
    schema = Schema(words=TEXT(analyzer=RegexTokenizer(r"\S+")), **dict.fromkeys(_FIELDS, ID))
    plugins = [WhitespacePlugin(), PhrasePlugin(), FieldsPlugin(), GroupPlugin(), OperatorsPlugin()]
    return QueryParser("words", schema, plugins=plugins)


def _tidy(text: str) -> str:
    """Width folded, field names in English, operators only where they stand alone, an odd quote dropped."""
    folded = unicodedata.normalize("NFKC", text[: LONGEST * 60]).replace("“", '"').replace("”", '"')
    folded = re.sub(r"[\x00-\x1f]", " ", folded).strip()
    folded = re.sub(r"(?:^|(?<=\s))-(?=\S)", " NOT ", folded)
    for chinese, name in _FIELD_WORDS.items():
        folded = re.sub(rf"(?:^|(?<=[\s(])){chinese}:", f"{name}:", folded)
    folded = re.sub(r"((?:^|(?<=[\s(]))(?:date|amount):)\s*([<>=≥≤]*)\s+(?=[\d<>≥≤])", r"\1\2", folded)
    folded = analysis.DECISION.sub(lambda match: decision_number(match.group()), folded)
    return folded if folded.count('"') % 2 == 0 else folded.replace('"', " ")


class _Reader:
    """Walks whoosh's tree. It makes a quoted single word an ordinary term, so what was quoted is remembered here."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quoted = {one.strip() for one in _QUOTED.findall(text)}

    def root(self) -> Node | None:
        return self.node(_parser().parse(self.text))

    def node(self, query: whoosh_query.Query) -> Node | None:
        if isinstance(query, whoosh_query.Term):
            return self.term(query.fieldname, str(query.text))
        if isinstance(query, whoosh_query.Phrase):
            return self.words(" ".join(query.words), exact=True)
        if isinstance(query, whoosh_query.Not):
            inner = self.node(query.query)
            return Without(inner) if inner else None
        if isinstance(query, whoosh_query.Or | whoosh_query.DisjunctionMax):
            return self.joined(Either, query)
        if isinstance(query, whoosh_query.compound.CompoundQuery):
            return self.joined(Every, query)
        return None

    def joined(self, kind: type[Every] | type[Either], query: whoosh_query.Query) -> Node | None:
        found = [node for one in list(query)[:_MOST_CLAUSES] if (node := self.node(one)) is not None]
        return kind(tuple(found)) if len(found) > 1 else next(iter(found), None)

    def term(self, field: str, text: str) -> Node | None:
        if field == "words":
            return self.words(text, exact=text in self.quoted)
        if field in _RANGES:
            return _RANGES[field](text) or self.words(text, exact=False)
        return Field(field, text)

    @staticmethod
    def words(text: str, *, exact: bool) -> Node | None:
        return Words(text, exact) if analysis.terms(text) else None


def _positive_words(node: Node | None) -> list[str]:
    if isinstance(node, Words):
        return [node.text]
    if isinstance(node, Field):
        return [node.value] if node.name in ("no", "party") else []
    if isinstance(node, Every | Either):
        return [word for part in node.parts for word in _positive_words(part)]
    return []
