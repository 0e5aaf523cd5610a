"""A plain load: keep-alive connections that ask for one page again and again, at full speed or at a rate."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit

CLIENTS = 8
NO_BODY = 304


@dataclass(frozen=True)
class Page:
    """What to ask for and what a right answer is."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    def request(self, host: str) -> bytes:
        lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": host, **self.headers}.items())
        return f"GET {self.path} HTTP/1.1\r\n{lines}\r\n".encode()


@dataclass(frozen=True)
class Load:
    """Times in milliseconds."""

    per_second: float
    times: list[float]
    errors: int

    def at(self, part: float) -> float:
        """The time that `part` of the answers did not take longer than."""
        return quantile(self.times, part)


def quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


def measure(address: str, page: Page, *, seconds: float, rate: float | None = None) -> Load:
    """Ask for `seconds`. With a `rate` a second, an answer's time counts from when it was due, so that queues show."""
    return asyncio.run(_measure(address, page, seconds, rate))


async def _measure(address: str, page: Page, seconds: float, rate: float | None) -> Load:
    run = _Run(address, page, time.perf_counter(), seconds)
    await asyncio.gather(*(run.client(_due(run.start, number, rate)) for number in range(CLIENTS)))
    return Load(len(run.times) / seconds, sorted(run.times), run.errors)


def _due(start: float, number: int, rate: float | None) -> Iterator[float]:
    """When this client asks: its share of the rate, or always at once."""
    for turn in count():
        yield start + (turn * CLIENTS + number) / rate if rate else time.perf_counter()


class _Run:
    def __init__(self, address: str, page: Page, start: float, seconds: float) -> None:
        parts = urlsplit(address)
        self.host, self.port = parts.hostname, parts.port
        self.request, self.status = page.request(parts.netloc), page.status
        self.start, self.end = start, start + seconds
        self.times: list[float] = []
        self.errors = 0

    async def client(self, due: Iterator[float]) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 22)
        for moment in due:
            if moment >= self.end:
                break
            await asyncio.sleep(max(0.0, moment - time.perf_counter()))
            writer.write(self.request)
            status, closes = await _answer(reader)
            self._note(moment, status)
            if closes:
                writer.close()
                reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 22)
        writer.close()

    def _note(self, moment: float, status: int) -> None:
        self.times.append((time.perf_counter() - moment) * 1000)
        self.errors += status != self.status


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    status = int(lines[0].split()[1])
    if status != NO_BODY:
        await reader.readexactly(int(fields.get("content-length", 0)))
    return status, fields.get("connection", "").lower() == "close"
