"""Hours of measuring stations beside the leaves of their batches, and the proof of a single hour."""

import json
from base64 import b64decode
from collections.abc import Iterator

from portal.ledger.verify.findings import Finding
from portal.ledger.verify.proofs import OK, CannotCheck, Fetch, Leaf, climbed, sha256, tree_root, unpadded

OBSERVE = "observe"


def hour_findings(fetch: Fetch, leaves: list[Leaf]) -> Iterator[Finding]:
    """Every released batch: all its hours are there, and each says what it said."""
    for leaf in leaves:
        if leaf["k"] != OBSERVE:
            continue
        status, content = fetch(f"/ledger/batches/{leaf['r']}.jsonl")
        lines = content.split(b"\n")[:-1]
        if status != OK or len(lines) != leaf["n"]:
            there = f"{len(lines)}/{leaf['n']}" if status == OK else f"HTTP {status}"
            yield Finding("hours-missing", f"监测值批次 {leaf['r']} 少了或多了小时值：{there}（hours are missing）")
        elif tree_root([sha256(b"\x00", line) for line in sorted(lines)]) != unpadded(leaf["c"]):
            yield Finding("hours-changed", f"监测值批次 {leaf['r']} 的小时值被改（measured values were changed）")


def is_in_batch(line: bytes, way: Leaf, leaf: Leaf) -> bool:
    place, count = way["place"], way["count"]
    hashes = [b64decode(one) for one in way["hashes"]]
    found = climbed(sha256(b"\x00", line), place, count, hashes) if 0 <= place < count else b""
    return bool(leaf.get("k") == OBSERVE and leaf["n"] == count and found == unpadded(leaf["c"]))


def sentence(body: bytes, kept: Leaf, leaf: Leaf, place: int, size: int) -> str:
    """What a proved hour says; CannotCheck where its batch does not hold it."""
    line = kept["line"].encode()
    if body.rstrip(b"\n") != line or not is_in_batch(line, kept["batch"], leaf):
        raise CannotCheck("this hour is not the one in the log")
    said = json.loads(line)
    values = "，".join(f"{name} {said[name]}" for name in sorted(said) if name not in ("hour", "station"))
    text = f"站点 {said['station']} 截至 {said['hour']} 的一小时（{values}）于 {leaf['t']} 公开"
    return f"{text}，是账本第 {place + 1} 条，共 {size} 条（proved: entry {place + 1} of {size}）"
