"""One record or one hour against a signed checkpoint, from the site or from files."""

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence

from portal.ledger.verify.attached import file_findings, given_findings, named_files, unseen
from portal.ledger.verify.findings import Finding
from portal.ledger.verify.hours import sentence
from portal.ledger.verify.proofs import (
    CannotCheck,
    Fetch,
    commitment,
    head_of,
    is_included,
    is_signed,
    needed,
    parted,
    trusted_keys,
    unpadded,
)


def check_record(
    fetch: Fetch, record: str, version: str | None, vkey: str | None, given: Mapping[str, bytes]
) -> tuple[str, list[Finding]]:
    """(a sentence that says what was proved, what is wrong with its files); CannotCheck where the text is not proved.

    Every file that the version names is fetched; `given` are files that somebody has, by their names.
    """
    question = f"?version={version}" if version else ""
    body = needed(fetch, f"/records/{record}.json{question}")
    proof = needed(fetch, f"/records/{record}.tlog-proof{question}").decode()
    said = check_files(body, proof, trusted_keys(fetch, [vkey] if vkey else []), record)
    files = named_files(body)
    found = [*file_findings(fetch, record, files, {}), *given_findings(files, given)]
    return f"{said}{checked_words(len(files))}", found


def check_kept(body: bytes, proof: str, vkey: str, given: Mapping[str, bytes]) -> tuple[str, list[Finding]]:
    """The same without the site: of the files, those that are `given`."""
    said = check_files(body, proof, [vkey])
    files = named_files(body)
    left = unseen(files, given)
    rest = f"；没有核对的附件：{'、'.join(left)}（files not checked: {len(left)}）" if left else ""
    return f"{said}{checked_words(len(files) - len(left))}{rest}", list(given_findings(files, given))


def checked_words(count: int) -> str:
    return f"；核对了 {count} 个附件（files checked: {count}）" if count else ""


def check_files(body: bytes, proof: str, vkeys: Sequence[str], record: str | None = None) -> str:
    extra, place, hashes, note = parted(proof)
    kept = json.loads(extra)
    entry = kept["entry"].encode()
    if not any(is_signed(note, vkey) for vkey in vkeys):
        raise CannotCheck("the checkpoint is not signed by this key")
    if not is_included(entry, place, hashes, note):
        raise CannotCheck("the proof does not lead to the signed root")
    leaf, size = json.loads(entry), head_of(note)[0]
    if "line" in kept:
        return sentence(body, kept, leaf, place, size)
    if record not in (None, leaf["r"]) or commitment(b64decode(kept["salt"]), body) != unpadded(leaf["c"] or ""):
        raise CannotCheck("this text is not the one in the log")
    text = f"记录 {leaf['r']} 第 {leaf['rev']} 版于 {leaf['t']} 公开，是账本第 {place + 1} 条，共 {size} 条"
    return f"{text}（proved: entry {place + 1} of {size}）"


def check_hour(fetch: Fetch, station: str, hour: str, vkey: str | None = None) -> str:
    """The same of one hour of a station; `hour` is its end in UTC, 2026-11-25T08Z."""
    body = needed(fetch, f"/ledger/hours/{station}/{hour}.json")
    proof = needed(fetch, f"/ledger/hours/{station}/{hour}.tlog-proof").decode()
    return check_files(body, proof, trusted_keys(fetch, [vkey] if vkey else []))
