"""The whole check: signatures, every entry and tile, the past, the witnesses, then every record, hour and station."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from portal.ledger.verify.findings import Finding
from portal.ledger.verify.hours import hour_findings
from portal.ledger.verify.proofs import (
    OK,
    Fetch,
    Leaf,
    head_of,
    is_signed,
    needed,
    sha256,
    tiles_of,
    tree_root,
    trusted_keys,
    unpacked,
)
from portal.ledger.verify.records import AT_ONCE, RecordAudit, moment
from portal.ledger.verify.stations import station_findings


@dataclass
class Audit:
    """One check of everything; `state` remembers the keys and the last checkpoint for the next time."""

    fetch: Fetch
    state: Leaf
    now: datetime
    keys: list[str]
    witnesses: Sequence[str] = ()

    def findings(self) -> Iterator[Finding]:
        note = needed(self.fetch, "/ledger/checkpoint").decode()
        size, root = head_of(note)
        self.keys = trusted_keys(self.fetch, self.keys)
        if not any(is_signed(note, vkey) for vkey in self.keys):
            yield Finding("bad-signature", "检查点没有可信密钥的签名（the checkpoint is not signed by a trusted key）")
            return
        entries: list[bytes] = []
        for path, first, end in tiles_of("entries", size):
            bundle = list(unpacked(self.fetch(path)[1]))
            if len(bundle) != end - first:
                yield Finding("entries-missing", f"{path} 缺条目：{len(bundle)}/{end - first}（entries are missing）")
                return
            entries += bundle
        leaves = [sha256(b"\x00", entry) for entry in entries]
        if tree_root(leaves) != root:
            yield Finding("root-mismatch", f"账本 {size} 条与签名的检查点不符（the entries do not lead to the root）")
        yield from self.past_findings(leaves)
        yield from self.tile_findings(leaves)
        yield from self.witness_findings(note, leaves)
        parsed = [json.loads(entry) for entry in entries]
        yield from self.chain_findings(parsed)
        yield from RecordAudit(self.fetch, self.now, parsed).findings()
        yield from hour_findings(self.fetch, parsed)
        yield from station_findings(self.fetch, parsed)
        self.state.update(vkeys=self.keys, size=size, root=root.hex())

    def past_findings(self, leaves: list[bytes]) -> Iterator[Finding]:
        known = self.state.get("size", 0)
        if len(leaves) < known:
            yield Finding("log-shrunk", f"账本变短了：上次 {known} 条，现在 {len(leaves)} 条（the log is shorter）")
        elif known and tree_root(leaves[:known]).hex() != self.state["root"]:
            yield Finding("past-rewritten", f"历史被改写：前 {known} 条与上次检查时不同（the past was rewritten）")

    def tile_findings(self, leaves: list[bytes]) -> Iterator[Finding]:
        level, hashes = 0, leaves
        while hashes:
            for path, first, end in tiles_of(str(level), len(hashes)):
                if self.fetch(path) != (OK, b"".join(hashes[first:end])):
                    yield Finding("tile-wrong", f"{path} 缺失、被截短或被改（tile missing, truncated or changed）")
            full = range(0, len(hashes) // 256 * 256, 256)
            level, hashes = level + 1, [tree_root(hashes[at : at + 256]) for at in full]

    def witness_findings(self, note: str, leaves: list[bytes]) -> Iterator[Finding]:
        for vkey in self.witnesses:
            status, cosigned = self.fetch("/ledger/checkpoint/witnessed")
            name = vkey.split("+")[0]
            found = next((one for one in (note, cosigned.decode()) if is_signed(one, vkey)), None)
            if found is None:
                yield Finding("not-witnessed", f"没有见证人 {name} 的副署（no cosignature, HTTP {status}）")
                continue
            size, root = head_of(found)
            if size > len(leaves) or tree_root(leaves[:size]) != root:
                yield Finding("forked", f"见证人 {name} 看到的是另一本账（the witness saw another log）")

    def chain_findings(self, leaves: list[Leaf]) -> Iterator[Finding]:
        last: dict[str, int] = {}
        for place, leaf in enumerate(leaves):
            if leaf["p"] != last.get(leaf["r"]):
                yield Finding("chain-broken", f"第 {place} 条没有接上同一记录的前一条（skips its predecessor）")
            if place and moment(leaf) < moment(leaves[place - 1]) - AT_ONCE:
                yield Finding("back-dated", f"第 {place} 条的时间早于前一条，倒填日期（entry {place} is back-dated）")
            if leaf["k"] == "key" and leaf["vkey"] not in self.keys:
                yield Finding(
                    "key-hidden", f"第 {place} 条公告的密钥不在公布的密钥里（an announced key is not published）"
                )
            last[leaf["r"]] = place


def audit(fetch: Fetch, state: Leaf, vkey: str | None = None, **more: Any) -> Iterator[Finding]:
    keys = [vkey] if vkey else state.get("vkeys", [])
    return Audit(fetch, state, more.pop("now", datetime.now(UTC)), keys, **more).findings()
