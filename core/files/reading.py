"""A file that somebody sent, cleaned and read in a process of its own, which has little time and memory.

The libraries that read PDF and Office files are large, and a file can be made so that they never end or take all
memory. So they run in a child that the system ends; what it says back is short, and the parent believes nothing else.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from core.errors import Text
from core.files import cleaning
from core.files.apart import limit_this_process
from core.files.kinds import TEXTS, FileRefused
from core.files.text import MOST_PAGES, MOST_TEXT, HidesFiles, TooMuch, Unreadable, as_utf8, words
from core.tables import ROOT

SECONDS = 30
MEMORY = 1536 * 1024 * 1024
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Reading:
    """`content` as it may be kept; `text` what it says; `unread` how many pages and pictures no machine reads.

    `removed` says what was in it and is gone: place, time, device, author.
    """

    content: bytes
    text: str
    unread: int
    removed: tuple[str, ...]


def read(name: str, kind: str, content: bytes) -> Reading:
    """Clean the file and read it; FileRefused in words where it cannot be cleaned whole or read whole."""
    try:
        child = subprocess.run(
            [sys.executable, "-m", __name__, kind],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            cwd=ROOT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FileRefused(_sentence("too_much", name)) from None
    head, _line, rest = child.stdout.partition(b"\n")
    if child.returncode != 0 or not head:
        raise FileRefused(_sentence("too_much" if child.returncode < 0 else "broken", name))
    told = json.loads(head)
    if "refused" in told:
        raise FileRefused(_sentence(told["refused"], name))
    size = told["size"]
    return Reading(rest[:size], rest[size:].decode(), told["unread"], tuple(told["removed"]))


def _sentence(why: str, name: str) -> Text:
    if why == "too_much":
        return _l(
            "“%(name)s”太大，机器读不完：最多 %(pages)s 页、%(chars)s 个字。请拆成几个文件。",
            name=name,
            pages=MOST_PAGES,
            chars=MOST_TEXT,
        )
    if why == "hides":
        return _l("“%(name)s”里夹带了别的文件或程序，没有接收。请去掉后再传。", name=name)
    if why == "encoding":
        return _l("“%(name)s”的文字编码认不出。请另存为 UTF-8 再传。", name=name)
    return _l("“%(name)s”已加密或损坏，里面的作者信息去不掉，没有接收。", name=name)


def cleaned_and_read(kind: str, content: bytes) -> Reading | str:
    """In the child: the reading, or in one word why not."""
    try:
        if kind in TEXTS:
            mark = _BYTE_ORDER_MARK if kind == "csv" else ""
            content = (mark + as_utf8(content).removeprefix(_BYTE_ORDER_MARK)).encode()
        cleaned = cleaning.clean(kind, content)
        if cleaned.state != cleaning.CLEANED:
            return "broken"
        said = words(kind, cleaned.content)
    except (TooMuch, MemoryError):
        return "too_much"
    except HidesFiles:
        return "hides"
    except Unreadable:
        return "encoding"
    except Exception:
        return "broken"
    return Reading(cleaned.content, said.text, said.unread, cleaned.found)


def main(kind: str) -> None:
    limit_this_process(MEMORY, SECONDS)
    got = cleaned_and_read(kind, sys.stdin.buffer.read())
    if isinstance(got, str):
        sys.stdout.write(json.dumps({"refused": got}) + "\n")
        return
    head = {"size": len(got.content), "unread": got.unread, "removed": got.removed}
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + got.content + got.text.encode())


if __name__ == "__main__":
    main(sys.argv[1])
