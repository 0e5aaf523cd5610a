"""Stations beside the leaves that commit to them: name, place, level and days are those that were released last."""

import json
from collections.abc import Iterator

from portal.ledger.verify.findings import Finding
from portal.ledger.verify.proofs import OK, Fetch, Leaf, sha256, tree_root, unpadded

STATION = "station"


def station_findings(fetch: Fetch, leaves: list[Leaf]) -> Iterator[Finding]:
    """Every batch of stations is as it was released, and the newest line of each station is what the site says now.

    A site of a program that knows no such leaves has no stations to ask for.
    """
    newest: dict[str, bytes] = {}
    for leaf in (one for one in leaves if one["k"] == STATION):
        status, content = fetch(f"/ledger/stations/{leaf['r']}.jsonl")
        lines = content.split(b"\n")[:-1]
        if status != OK or len(lines) != leaf["n"]:
            there = f"{len(lines)}/{leaf['n']}" if status == OK else f"HTTP {status}"
            yield Finding("stations-missing", f"站点批次 {leaf['r']} 少了或多了站点：{there}（stations are missing）")
        elif tree_root([sha256(b"\x00", line) for line in sorted(lines)]) != unpadded(leaf["c"]):
            yield Finding("stations-changed", f"站点批次 {leaf['r']} 的站点被改（released stations were changed）")
        else:
            newest.update((json.loads(line)["id"], line) for line in lines)
    status, content = fetch("/ledger/stations.jsonl")
    if status == OK or newest:
        now = {json.loads(line)["id"]: line for line in content.split(b"\n")[:-1]} if status == OK else {}
        yield from _differences(newest, now)


def _differences(newest: dict[str, bytes], now: dict[str, bytes]) -> Iterator[Finding]:
    for number in sorted(newest.keys() | now.keys(), key=int):
        said = json.loads(newest.get(number) or now[number])
        name = f"站点 {said['code']}（{said['name']}）"
        if number not in now:
            yield Finding("stations-missing", f"{name}账本里有，网站上不见了（a released station is gone）")
        elif number not in newest:
            yield Finding("stations-unlogged", f"{name}账本里没有（a station that is not in the log）")
        elif newest[number] != now[number]:
            what = _changed(said, json.loads(now[number]))
            yield Finding("stations-changed", f"{name}的 {what} 被改，与账本不同（not what was released）")


def _changed(then: Leaf, now: Leaf) -> str:
    return "、".join(sorted(one for one in then.keys() | now.keys() if then.get(one) != now.get(one)))
