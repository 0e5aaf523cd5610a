"""Which tag a feed had at which state of the data, so that "nothing new" is answered without looking, and its text.

The database says by itself whether anything was committed since (core.data_version). While nothing was, a tag stands;
once something was, it is worked out anew, and the feed may well turn out to be the same. Of one tag there is one text:
it is written once and kept, also when something else was committed.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.recent import Recent

MOST = 5000
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class State:
    """`tag` changes whenever the feed does; `changed_at` is None where no day can be said for all its content."""

    tag: str
    changed_at: datetime | None


class Freshness:
    """One for each process; safe for its threads."""

    def __init__(self, mark: Callable[[], str]) -> None:
        self._mark = mark
        self._known: OrderedDict[tuple[str, ...], tuple[str, State]] = OrderedDict()
        self._lock = threading.Lock()
        self._texts: Recent[str, bytes] = Recent(MOST_BYTES)

    def state(self, key: tuple[str, ...], look: Callable[[], State]) -> State:
        """The state under `key`; `look` reads the data, in a transaction that begins after this call."""
        mark = self._mark()
        with self._lock:
            known = self._known.get(key)
        if known is not None and known[0] == mark:
            return known[1]
        state = look()
        with self._lock:
            self._known[key] = (mark, state)
            self._known.move_to_end(key)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return state

    def text(self, tag: str, write: Callable[[], tuple[bytes, bool]]) -> bytes:
        """The text of a tag, which says all that the text depends on.

        `write` tells too whether what it wrote is still of the tag: something may have been committed in between, and
        such a text is served this once and not kept.
        """
        found = self._texts.get(tag)
        if found is not None:
            return found
        text, is_of_tag = write()
        if is_of_tag:
            self._texts.put(tag, text, len(text))
        return text
