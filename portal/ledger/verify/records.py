"""What is public, beside what the leaves of the log say about it."""

import json
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from portal.ledger.verify.attached import file_findings, named_files
from portal.ledger.verify.findings import Finding
from portal.ledger.verify.proofs import GONE, OK, Fetch, Leaf, commitment, needed, unpadded

LIVE, ENDED = ("publish", "correct"), ("withdraw", "expire", "repair")
# Transactions that run side by side take their time before their turn.
AT_ONCE = timedelta(minutes=5)
CHINA = timedelta(hours=8)


def moment(leaf: Leaf) -> datetime:
    return datetime.fromisoformat(leaf["t"])


def day_of(at: datetime) -> str:
    """The day in China; a term's last day is still public."""
    return f"{at.astimezone(UTC) + CHINA:%Y-%m-%d}"


@dataclass
class RecordAudit:
    """What is public, beside what the leaves say; `leaves` are all of the log, in order, `files` those seen."""

    fetch: Fetch
    now: datetime
    leaves: list[Leaf]
    files: dict[str, str] = field(default_factory=dict)

    def findings(self) -> Iterator[Finding]:
        by_record: dict[str, list[Leaf]] = {}
        for leaf in self.leaves:
            if leaf["k"] in LIVE or leaf["k"] in ENDED:
                by_record.setdefault(leaf["r"], []).append(leaf)
        for record, events in by_record.items():
            is_over = events[-1]["k"] in ENDED
            yield from self.ended(record, events) if is_over else self.live(record, events)
        live = {record for record, events in by_record.items() if events[-1]["k"] in LIVE}
        yield from self.unlogged(live)
        yield from self.changes()

    def ended(self, record: str, events: list[Leaf]) -> Iterator[Finding]:
        last, before = events[-1], events[-2:-1]
        until = before[0]["u"] if before else None
        early = last["k"] == "expire" and not (until and day_of(moment(last)) > until[:10])
        if early or (last["k"] != "expire" and not last["g"]):
            yield Finding("early-removal", f"记录 {record} 提前撤下，没有依据（taken down early or without ground）")
        status, content = self.fetch(f"/records/{record}/history.json")
        if status == OK:
            yield Finding("still-public", f"记录 {record} 账上已撤下，却还公开着（still public after its end）")
        elif status != GONE:
            yield Finding("end-unexplained", f"记录 {record} 撤下的说明不见了（HTTP {status}, not 410）")
        elif last["k"] == "withdraw" and json.loads(content).get("basis") != last["g"]:
            yield Finding("ground-changed", f"记录 {record} 撤下的依据被改（the ground of the removal was changed）")

    def live(self, record: str, events: list[Leaf]) -> Iterator[Finding]:
        until = events[-1]["u"]
        is_over = bool(until) and day_of(self.now) > until[:10]
        status, content = self.fetch(f"/records/{record}/history.json")
        if is_over and status == GONE:
            return
        if is_over and status == OK:
            yield Finding("overdue", f"记录 {record} 公示期 {until[:10]} 已满，还公开着（public beyond its term）")
        if status != OK:
            yield Finding("silent-deletion", f"记录 {record} 静默删除：账上没有撤下（silently deleted, HTTP {status}）")
            return
        shown = {one["version"]: one for one in json.loads(content)}
        for leaf in events:
            version = shown.pop(leaf["rev"], None)
            if version is None:
                text = f"记录 {record} 第 {leaf['rev']} 版静默删除（version silently deleted）"
                yield Finding("silent-deletion", text)
            elif version["until"] != leaf["u"]:
                text = f"记录 {record} 第 {leaf['rev']} 版的公示期被改：{version['until']}，账本是 {leaf['u']}"
                yield Finding("term-changed", f"{text}（term changed）")
            elif (version["at"], version["event"]) != (leaf["t"], leaf["k"]):
                text = f"记录 {record} 第 {leaf['rev']} 版的时间或性质被改：{version['at']}，账本是 {leaf['t']}"
                yield Finding("date-changed", f"{text}（date or event changed）")
            else:
                yield from self.text(record, leaf, version)
        for number in shown:
            yield Finding("unlogged", f"记录 {record} 第 {number} 版账本里没有（a version that is not in the log）")

    def text(self, record: str, leaf: Leaf, version: Leaf) -> Iterator[Finding]:
        status, body = self.fetch(f"/records/{record}.json?version={leaf['rev']}")
        salt_status, salt = self.fetch(f"/records/{record}.salt?version={leaf['rev']}")
        if (status, salt_status) != (OK, OK):
            text = f"记录 {record} 第 {leaf['rev']} 版静默删除：文字不见了（text missing without an erasure entry）"
            yield Finding("silent-deletion", text)
        elif commitment(b64decode(salt), body) != unpadded(leaf["c"]):
            yield Finding("text-changed", f"记录 {record} 第 {leaf['rev']} 版的文字被改（the text was changed）")
        elif json.loads(body).get("correction_reason", version["reason"]) != version["reason"]:
            yield Finding("reason-changed", f"记录 {record} 第 {leaf['rev']} 版的更正原因被改（reason changed）")
        else:
            yield from file_findings(self.fetch, record, named_files(body), self.files)

    def unlogged(self, live: set[str]) -> Iterator[Finding]:
        after = ""
        while page := json.loads(needed(self.fetch, f"/records/index.json?after={after}")):
            for record in page:
                if record not in live:
                    yield Finding("unlogged", f"记录 {record} 公开着，账本里却没有（public, but not in the log）")
            after = page[-1]

    def changes(self) -> Iterator[Finding]:
        """The change sequence that feeds follow: the same events, and none of a record before an earlier one."""
        logged: dict[str, list[tuple[str, str]]] = {}
        for leaf in self.leaves:
            if leaf["k"] in LIVE or leaf["k"] in ENDED:
                logged.setdefault(leaf["r"], []).append((leaf["k"], leaf["t"]))
        told: dict[str, list[tuple[str, str]]] = {}
        after, latest = 0, ""
        while page := json.loads(needed(self.fetch, f"/records/changes.json?after={after}")):
            for one in page:
                told.setdefault(one["record"], []).append((one["event"], one["at"]))
                if latest and datetime.fromisoformat(one["at"]) < datetime.fromisoformat(latest) - AT_ONCE:
                    yield Finding("reordered", f"变更 {one['sequence']} 的次序被改（out of order）")
                latest = max(latest, one["at"])
            after = page[-1]["sequence"]
        for record in sorted(logged.keys() | told.keys()):
            if logged.get(record) != told.get(record):
                yield Finding("changes-differ", f"记录 {record} 的变更次序与账本不同（not those logged）")
