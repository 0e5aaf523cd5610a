"""What was asked for last, in memory, up to so many bytes; what was not asked for longest makes room."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """One for each process; safe for its threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self.bytes = 0
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value, size: int) -> None:
        with self._lock:
            _before, before_size = self._kept.pop(key, (None, 0))
            self.bytes += size - before_size
            self._kept[key] = (value, size)
            while self.bytes > self.most_bytes:
                _key, (_oldest, oldest_size) = self._kept.popitem(last=False)
                self.bytes -= oldest_size

    def keys(self) -> list[Key]:
        with self._lock:
            return list(self._kept)
