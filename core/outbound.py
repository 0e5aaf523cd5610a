"""Speaking HTTP to a machine that somebody else named, without being used against the machines nearby.

The name is resolved once, every address it has must be on the public internet (unless its host is allowed by name),
and the connection goes to the very address that was looked at. No redirects, no proxy, a short answer, a time limit.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

SECONDS = 10.0
LONGEST_ANSWER = 64 * 1024
SCHEMES = {"http": 80, "https": 443}


class OutboundError(Exception):
    """`problem` is a short stable word: for the log, and for an administrator."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Target:
    """Where a request goes: `address` is what `host` was resolved to and what was judged."""

    is_https: bool
    host: str
    address: str
    port: int
    path: str


def target(url: str, *, allowed: Collection[str] = ()) -> Target:
    """OutboundError "bad_address" for what is no web address, "private_address" for one that is not public,
    "unknown_host" where the name means nothing. `allowed`: hosts that may be anywhere."""
    parts = _parts(url)
    host, port = parts.hostname or "", parts.port or SCHEMES[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise OutboundError("unknown_host") from error
    addresses = [str(one[4][0]) for one in found]
    if host not in allowed and not all(is_public(one) for one in addresses):
        raise OutboundError("private_address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme == "https", host, addresses[0], port, path)


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet; also looks through IPv6 forms that hold an IPv4 one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


def post(where: Target, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
    """The answer, whatever its status; OutboundError "unreachable", "timeout" or "tls" where there is none."""
    connection = _Connection(where, seconds)
    try:
        connection.request("POST", where.path, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(LONGEST_ANSWER))
    except TimeoutError as error:
        raise OutboundError("timeout") from error
    except ssl.SSLError as error:
        raise OutboundError("tls") from error
    except (OSError, http.client.HTTPException) as error:
        raise OutboundError("unreachable") from error
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """To the address that was judged, under the name that was asked for."""

    def __init__(self, where: Target, seconds: float) -> None:
        super().__init__(where.host, where.port, timeout=seconds)
        self._where = where
        self.default_port = SCHEMES["https" if where.is_https else "http"]

    def connect(self) -> None:
        self.sock = socket.create_connection((self._where.address, self._where.port), self.timeout)
        if self._where.is_https:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self._where.host)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise OutboundError("bad_address") from error
    if parts.scheme not in SCHEMES or not parts.hostname or parts.username or parts.password or port == 0:
        raise OutboundError("bad_address")
    if any(one.isspace() or not one.isascii() for one in url):
        raise OutboundError("bad_address")
    return parts
