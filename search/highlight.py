"""Where the words of a question stand in a text, marked for people: overlapping pairs become one mark."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape
from whoosh.highlight import ContextFragmenter, Formatter, Fragment, set_matched_filter

from search import analysis

AROUND = 60
LONGEST = 160
STRETCH = 4000


class MarkFormatter(Formatter):
    """Merges the tokens that whoosh matched into the longest overlap and escapes all the rest."""

    def format_fragment(self, fragment: Fragment, replace: bool = False) -> Markup:  # noqa: ARG002 - whoosh's signature
        spans = merged((token.startchar, token.endchar) for token in fragment.matches)
        return marked(fragment.text, spans, fragment.startchar, fragment.endchar)

    def format(self, fragments: Sequence[Fragment], replace: bool = False) -> Markup:  # noqa: ARG002
        return Markup(" … ").join(self.format_fragment(fragment) for fragment in fragments)


def merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, overlapping and touching ones joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def marked(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Markup:
    """The stretch of `text` from `start` to `end`, escaped, with a <mark> around each span."""
    pieces: list[Markup] = []
    place = start
    for first, last in spans:
        pieces += [escape(text[place:first]), Markup("<mark>{}</mark>").format(text[first:last])]
        place = last
    return Markup("").join([*pieces, escape(text[place:end])])


def whole(text: str, words: Sequence[str]) -> Markup:
    """The whole text with every match marked, for titles."""
    shown = _comparable(text)
    spans = merged(_spans(shown, _terms(words)))
    return marked(shown, spans, 0, len(shown))


def snippet(text: str, words: Sequence[str]) -> Markup:
    """The two best stretches of a long text; its beginning where nothing matches."""
    shown = _comparable(text)
    wanted = _terms(words)
    tokens = analysis.PairTokenizer()(shown, chars=True, mode="query")
    fragmenter = ContextFragmenter(maxchars=LONGEST, surround=AROUND)
    fragments = list(fragmenter.fragment_tokens(shown, _copies(set_matched_filter(tokens, wanted))))
    ranked = sorted(fragments, key=lambda one: len({token.text for token in one.matches}), reverse=True)
    if not any(one.matches for one in ranked[:1]):
        return Markup("{}{}").format(shown[:LONGEST], "…" if len(shown) > LONGEST else "")
    best = ranked[:1] + [one for one in ranked[1:] if one.matches and not _overlap(one, ranked[0])][:1]
    return MarkFormatter().format(sorted(best, key=lambda one: one.startchar))


def stretch(text: str, words: Sequence[str]) -> tuple[str, int]:
    """The stretch of a very long text in which most of the words stand, and how many terms of them do."""
    wanted, best = _terms(words), (text[:STRETCH], 0)
    for start in range(0, max(len(text), 1), STRETCH - AROUND):
        piece = text[start : start + STRETCH]
        shown = analysis.normal(piece)
        count = sum(term in shown for term in wanted)
        if count > best[1]:
            best = (piece, count)
        if count == len(wanted):
            break
    return best


def _overlap(one: Fragment, other: Fragment) -> bool:
    return bool(one.startchar < other.endchar and other.startchar < one.endchar)


def _copies(tokens: Iterable[object]) -> Iterable[object]:
    for token in tokens:
        yield token.copy()  # type: ignore[attr-defined]


def _terms(words: Sequence[str]) -> frozenset[str]:
    return frozenset(term for word in words for term in analysis.terms(word))


def _comparable(text: str) -> str:
    """The text itself where each character of its normal form stands in the same place; else the normal form."""
    normal = analysis.normal(text)
    fits = len(normal) == len(text) and all(len(unicodedata.normalize("NFKC", one).lower()) == 1 for one in text)
    return text if fits else normal


def _spans(text: str, wanted: frozenset[str]) -> Iterable[tuple[int, int]]:
    for token in analysis.PairTokenizer()(text, chars=True):
        if token.text in wanted:
            yield token.startchar, token.endchar
    for one in wanted:
        if len(one) == 1 and analysis.is_chinese(one):
            yield from (match.span() for match in re.finditer(re.escape(one), analysis.normal(text)))
