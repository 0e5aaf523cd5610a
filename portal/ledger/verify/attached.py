"""The files of a record beside the sha256 that its text names; the text itself is bound by the leaf."""

import json
from collections.abc import Iterator, Mapping

from portal.ledger.verify.findings import Finding
from portal.ledger.verify.proofs import OK, Fetch, Leaf, sha256


def named_files(body: bytes) -> list[Leaf]:
    """What the text of a version says of its files."""
    return list(json.loads(body).get("attachments") or ())


def file_findings(fetch: Fetch, record: str, files: list[Leaf], known: dict[str, str]) -> Iterator[Finding]:
    """Each file as the site gives it. `known`: the sha256 of those fetched before, by address, each fetched once."""
    for one in files:
        name = f"记录 {record} 的附件 {one['number']}（{one['name']}）"
        path = f"/records/{record}/attachments/{one['number']}"
        if path not in known:
            status, content = fetch(path)
            known[path] = sha256(content).hex() if status == OK else f"HTTP {status}"
        if known[path].startswith("HTTP"):
            yield Finding("attachment-missing", f"{name}不见了（the file is missing, {known[path]}）")
        elif known[path] != one["sha256"]:
            yield Finding("attachment-changed", f"{name}与记录写明的 SHA-256 不同，被改（the file was changed）")


def given_findings(files: list[Leaf], given: Mapping[str, bytes]) -> Iterator[Finding]:
    """Files that somebody has, by their names: each must be one that the record names."""
    named = {one["sha256"] for one in files}
    for name, content in given.items():
        if sha256(content).hex() not in named:
            text = f"文件 {name} 不是这一版写明的附件，或者被改过（not a file that this version names, or changed）"
            yield Finding("attachment-changed", text)


def unseen(files: list[Leaf], given: Mapping[str, bytes]) -> list[str]:
    """The names of the files that nobody gave."""
    there = {sha256(content).hex() for content in given.values()}
    return [one["name"] for one in files if one["sha256"] not in there]
