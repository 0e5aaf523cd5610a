"""A plain load: keep-alive connections that ask for one page again and again."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Load:
    per_second: float
    p50_ms: float
    p99_ms: float
    errors: int


def measure(address: str, path: str, *, seconds: float = 4, clients: int = 8) -> Load:
    """Ask for `path` with `clients` connections for `seconds`; an answer other than 200 is an error."""
    return asyncio.run(_measure(address, path, seconds, clients))


async def _measure(address: str, path: str, seconds: float, clients: int) -> Load:
    times: list[float] = []
    errors: list[str] = []
    end = time.perf_counter() + seconds
    await asyncio.gather(*(_client(address, path, end, times, errors) for _ in range(clients)))
    times.sort()
    count = max(1, len(times))
    return Load(len(times) / seconds, _at(times, 0.5 * count), _at(times, 0.99 * count), len(errors))


def _at(times: list[float], place: float) -> float:
    return times[min(len(times) - 1, int(place))] * 1000 if times else 0.0


async def _client(address: str, path: str, end: float, times: list[float], errors: list[str]) -> None:
    parts = urlsplit(address)
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    reader = writer = None
    while time.perf_counter() < end:
        if writer is None:
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=1 << 22)
        started = time.perf_counter()
        writer.write(request)
        status, closes = await _answer(reader)
        times.append(time.perf_counter() - started)
        if status != 200:
            errors.append(str(status))
        if closes:
            writer.close()
            writer = None
    if writer is not None:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    lines = head.split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)}
    await reader.readexactly(int(fields.get("content-length", 0)))
    return int(lines[0].split()[1]), fields.get("connection", "").lower() == "close"
