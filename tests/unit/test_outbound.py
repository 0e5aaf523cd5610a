"""Whom this product calls when somebody else names the address: nobody nearby, and the very address that was judged."""

import socket

import pytest

from core.outbound import OutboundError, Target, is_public, post, target
from tests.support.receiver import receiving

REAL = socket.getaddrinfo


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:1.1.1.1", True),
        ("64:ff9b::10.0.0.1", False),
        ("2002:0a00:0001::", False),
    ],
)
def test_only_the_public_internet_is_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def resolved(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]

    def answer(host: str, *arguments: object, **named: object) -> object:
        return REAL(host, *arguments, **named) if host[0].isdigit() else found  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", answer)


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(monkeypatch, "1.1.1.1", "10.0.0.1")
    with pytest.raises(OutboundError, match="private_address"):
        target("https://example.cn/x")


def test_the_address_that_was_judged_is_the_one_that_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(monkeypatch, "1.1.1.1")
    where = target("https://example.cn/hook?a=b")
    assert where == Target(True, "example.cn", "1.1.1.1", 443, "/hook?a=b")
    with receiving() as receiver:
        port = int(receiver.url.split(":")[2].split("/")[0])
        resolved(monkeypatch, "203.0.113.9")  # the name means something else by now
        answer = post(Target(False, "example.cn", "127.0.0.1", port, "/hook"), b"{}", {"X-Sign": "1"})
        assert answer.status == 200
        (got,) = receiver.got
        assert got["headers"]["Host"].startswith("example.cn") and got["headers"]["X-Sign"] == "1"


def test_a_host_that_is_allowed_may_be_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    resolved(monkeypatch, "10.0.0.1")
    assert target("http://hooks.internal/x", allowed=("hooks.internal",)).address == "10.0.0.1"


def test_no_answer_has_a_name() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        closed = probe.getsockname()[1]
    with pytest.raises(OutboundError, match="unreachable"):
        post(Target(False, "x", "127.0.0.1", closed, "/"), b"", {})
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(OutboundError, match="timeout"):
            post(Target(False, "x", "127.0.0.1", silent.getsockname()[1], "/"), b"", {}, seconds=0.2)


def test_a_redirect_is_an_answer_and_not_followed() -> None:
    with receiving() as receiver:
        receiver.status = 302
        port = int(receiver.url.split(":")[2].split("/")[0])
        answer = post(Target(False, "x", "127.0.0.1", port, "/"), b"", {})
        assert answer.status == 302 and not answer.is_success and len(receiver.got) == 1
