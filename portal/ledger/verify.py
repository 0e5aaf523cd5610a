#!/usr/bin/env python3
"""Check 明鉴's disclosure ledger from outside. Needs Python 3.11 and `pip install cryptography`, nothing of the site.

    python verify.py record https://site RECORD_ID [VERSION]   one record against the newest signed checkpoint
    python verify.py audit  https://site [--state FILE]        every entry, every record, and no change of the past

The verifier key is fetched on the first audit and kept in the state file; give --vkey to use one from elsewhere (a
newspaper, a friend). Exit code 0: nothing found; 1: findings, one a line; 2: the check could not be made.
"""

import argparse
import hashlib
import json
import sys
import urllib.error
import urllib.request
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LIVE, ENDED = ("publish", "correct"), ("withdraw", "expire", "repair")
# Transactions that run side by side take their time before their turn.
AT_ONCE = timedelta(minutes=5)
Fetch = Callable[[str], tuple[int, bytes]]
Leaf = dict[str, Any]


class CannotCheck(Exception):
    pass


def fetcher(site: str) -> Fetch:
    def fetch(path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(site.rstrip("/") + path, timeout=60) as answer:  # noqa: S310 - the user's site
                return answer.status, answer.read()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read()
        except OSError as error:
            raise CannotCheck(f"{site}{path}: {error}") from error

    return fetch


def needed(fetch: Fetch, path: str) -> bytes:
    status, content = fetch(path)
    if status != 200:
        raise CannotCheck(f"{path}: HTTP {status}")
    return content


def sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def tree_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, over leaf hashes, level by level: an odd last one goes up as it is."""
    if not leaves:
        return sha256(b"")
    while len(leaves) > 1:
        paired = [sha256(b"\x01", leaves[at], leaves[at + 1]) for at in range(0, len(leaves) - 1, 2)]
        leaves = paired + leaves[len(paired) * 2 :]
    return leaves[0]


def signed_checkpoint(note: str, vkey: str) -> tuple[int, bytes]:
    """(size, root) of a checkpoint that `vkey` signed."""
    text, _blank, signatures = note.rpartition("\n\n")
    name, key_id, key = vkey.strip().split("+", 2)
    for line in signatures.splitlines():
        signer, _space, encoded = line.removeprefix("— ").partition(" ")
        raw = b64decode(encoded)
        if signer == name and raw[:4].hex() == key_id:
            try:
                Ed25519PublicKey.from_public_bytes(b64decode(key)[1:]).verify(raw[4:], (text + "\n").encode())
            except InvalidSignature:
                break
            _origin, size, root, *_more = text.split("\n")
            return int(size), b64decode(root)
    raise CannotCheck("the checkpoint is not signed by this key")


def tile_path(number: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def entries(fetch: Fetch, size: int) -> Iterator[bytes]:
    """Every entry of the log, in order."""
    for number in range(0, -(-size // 256)):
        width = min(256, size - number * 256)
        part = "" if width == 256 else f".p/{width}"
        bundle, at = needed(fetch, f"/ledger/tile/entries/{tile_path(number)}{part}"), 0
        while at < len(bundle):
            length = int.from_bytes(bundle[at : at + 2], "big")
            yield bundle[at + 2 : at + 2 + length]
            at += 2 + length


def commitment(salt: bytes, body: bytes) -> bytes:
    return sha256(b"mingjian/commit/v1\n", salt, body)


def unpadded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def audit(fetch: Fetch, state: Leaf, vkey: str | None = None) -> Iterator[str]:
    """Findings, one sentence each; `state` remembers the key and the last checkpoint for the next time."""
    vkey = vkey or state.get("vkey") or needed(fetch, "/ledger/vkey").decode()
    size, root = signed_checkpoint(needed(fetch, "/ledger/checkpoint").decode(), vkey)
    everything = list(entries(fetch, size))
    leaves = [sha256(b"\x00", entry) for entry in everything]
    if len(everything) != size or tree_root(leaves) != root:
        yield f"账本内容与签名的检查点不符（log entries do not lead to the signed root, size {size}）"
    known = state.get("size", 0)
    if size < known:
        yield f"账本变短了：上次 {known} 条，现在 {size} 条（the log is shorter than at the last audit）"
    elif known and tree_root(leaves[:known]).hex() != state["root"]:
        yield f"历史被改写：上次检查的前 {known} 条与现在不同（the past of the log was rewritten）"
    parsed = [json.loads(entry) for entry in everything]
    yield from chain_findings(parsed)
    yield from record_findings(fetch, parsed)
    yield from unlogged_findings(fetch, parsed)
    state.update(vkey=vkey, size=size, root=root.hex())


def moment(leaf: Leaf) -> datetime:
    return datetime.fromisoformat(leaf["t"])


def chain_findings(leaves: list[Leaf]) -> Iterator[str]:
    last: dict[str, int] = {}
    for place, leaf in enumerate(leaves):
        if leaf["p"] != last.get(leaf["r"]):
            yield f"第 {place} 条没有接上同一记录的前一条（entry {place} skips its predecessor）"
        if place and moment(leaf) < moment(leaves[place - 1]) - AT_ONCE:
            yield f"第 {place} 条的时间早于前一条（entry {place} is back-dated）"
        if leaf["k"] == "expire" and leaf["u"] and leaf["t"][:10] < leaf["u"] and not leaf["g"]:
            yield f"记录 {leaf['r']} 提前撤下，没有依据（taken down before its term without ground）"
        last[leaf["r"]] = place


def record_findings(fetch: Fetch, leaves: list[Leaf]) -> Iterator[str]:
    by_record: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        by_record.setdefault(leaf["r"], []).append(leaf)
    for record, events in by_record.items():
        if events[-1]["k"] not in ENDED:
            yield from live_record_findings(fetch, record, events)


def live_record_findings(fetch: Fetch, record: str, events: list[Leaf]) -> Iterator[str]:
    status, content = fetch(f"/records/{record}/history.json")
    if status != 200:
        yield f"记录 {record} 静默删除：账本里没有撤下的记录（silently deleted, HTTP {status}）"
        return
    shown = {one["version"]: one for one in json.loads(content)}
    for leaf in events:
        version = shown.pop(leaf["rev"], None)
        if version is None:
            yield f"记录 {record} 第 {leaf['rev']} 版静默删除（version {leaf['rev']} silently deleted）"
        elif version["at"] != leaf["t"]:
            yield f"记录 {record} 第 {leaf['rev']} 版的时间被改：{version['at']}，账本是 {leaf['t']}（date changed）"
        else:
            yield from text_findings(fetch, record, leaf)
    for number in shown:
        yield f"记录 {record} 第 {number} 版不在账本里（version {number} is not in the log）"


def text_findings(fetch: Fetch, record: str, leaf: Leaf) -> Iterator[str]:
    question = f"?version={leaf['rev']}"
    status, body = fetch(f"/records/{record}.json{question}")
    salted, salt = fetch(f"/records/{record}.salt{question}")
    if status != 200 or salted != 200:
        yield f"记录 {record} 第 {leaf['rev']} 版的文字不见了（text silently deleted, HTTP {status}）"
    elif commitment(b64decode(salt), body) != unpadded(leaf["c"]):
        yield f"记录 {record} 第 {leaf['rev']} 版的文字被改（text changed）"


def unlogged_findings(fetch: Fetch, leaves: list[Leaf]) -> Iterator[str]:
    live = {leaf["r"] for leaf in leaves if leaf["k"] in LIVE} - {leaf["r"] for leaf in leaves if leaf["k"] in ENDED}
    after = ""
    while page := json.loads(needed(fetch, f"/records/index.json?after={after}")):
        for record in page:
            if record not in live:
                yield f"记录 {record} 公开着，账本里却没有（public, but not in the log）"
        after = page[-1]


def check_record(fetch: Fetch, record: str, version: str | None, vkey: str | None = None) -> str:
    """A sentence that says what was proved; CannotCheck with the reason where it was not."""
    question = f"?version={version}" if version else ""
    body = needed(fetch, f"/records/{record}.json{question}")
    proof = needed(fetch, f"/records/{record}.tlog-proof{question}").decode()
    head, _blank, note = proof.partition("\n\n")
    _first, extra, index, *hashes = head.split("\n")
    kept = json.loads(b64decode(extra.removeprefix("extra ")))
    size, root = signed_checkpoint(note, vkey or needed(fetch, "/ledger/vkey").decode())
    entry, place = kept["entry"].encode(), int(index.removeprefix("index "))
    if climbed(sha256(b"\x00", entry), place, size, [b64decode(one) for one in hashes]) != root:
        raise CannotCheck("the proof does not lead to the signed root")
    leaf = json.loads(entry)
    if leaf["r"] != record or commitment(b64decode(kept["salt"]), body) != unpadded(leaf["c"]):
        raise CannotCheck("this text is not the one in the log")
    return f"记录 {record} 第 {leaf['rev']} 版于 {leaf['t']} 公开，是账本第 {place + 1} 条，共 {size} 条（proved）"


def climbed(found: bytes, place: int, size: int, proof: list[bytes]) -> bytes:
    """RFC 9162, 2.1.3.2."""
    last = size - 1
    for one in proof:
        if place & 1 or place == last:
            found = sha256(b"\x01", one, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\x01", found, one)
        place, last = place >> 1, last >> 1
    return found if last == 0 else b""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("record", "audit"))
    parser.add_argument("site")
    parser.add_argument("record", nargs="?")
    parser.add_argument("version", nargs="?")
    parser.add_argument("--vkey")
    parser.add_argument("--state", type=Path, default=Path("mingjian-audit.json"))
    given = parser.parse_args()
    try:
        if given.what == "record":
            print(check_record(fetcher(given.site), given.record or "", given.version, given.vkey))
            return 0
        state = json.loads(given.state.read_text()) if given.state.exists() else {}
        findings = list(audit(fetcher(given.site), state, given.vkey))
    except (CannotCheck, ValueError) as error:
        print(f"没有验成（not proved）：{error}", file=sys.stderr)
        return 2
    print("\n".join(findings) or f"没有发现问题（nothing found）：共 {state['size']} 条。")
    if not findings:
        given.state.write_text(json.dumps(state))
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
