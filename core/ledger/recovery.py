"""Catching up from a copy that somebody outside kept, when the newest database is lost for good.

Nothing is signed here: the missing leaves and the checkpoint that was signed over them come back as they were, so
that the log goes on instead of forking. The texts of those leaves are not in it.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.ledger import merkle, tiles
from core.ledger.log import Log, tile_reader
from core.ledger.models import LogCheckpoint, LogLeaf, LogState, LogTile
from core.ledger.note import Verifier, checkpoint


class CannotCatchUp(Exception):
    """The copy does not fit; the text says why."""


def catch_up(session: Session, log: Log, note: str, entries: Sequence[bytes], *, at: datetime) -> list[str]:
    """Take the leaves that this database lacks; what they are about, in order. `entries` are all of the copy's."""
    state = session.get_one(LogState, log.name, with_for_update=True, populate_existing=True)
    announced = [Verifier.parse(leaf["vkey"]) for leaf in map(json.loads, entries) if leaf["k"] == "key"]
    head = checkpoint(note, log.keys.signer(1).verifier, *announced)
    if head.origin != log.keys.origin or head.size != len(entries):
        raise CannotCatchUp("那不是这本账，或者不完整。")
    if head.size <= state.size:
        raise CannotCatchUp(f"那份账只有 {head.size} 条，数据库里已有 {state.size} 条。")
    read = tile_reader(session, log.name)
    missing = entries[state.size :]
    changed = tiles.grown(state.size, missing, read)
    if merkle.root(head.size, tiles.hashes_in(lambda *place: changed.get(place) or read(*place))) != head.root:
        raise CannotCatchUp("那份账与数据库里的前半段接不上，或者被改过。")
    subjects = [str(json.loads(entry)["r"]) for entry in missing]
    session.execute(
        insert(LogLeaf),
        [
            {"log": log.name, "place": place, "entry": entry, "subject": subject}
            for place, (entry, subject) in enumerate(zip(missing, subjects, strict=True), state.size)
        ],
    )
    for (level, number), data in changed.items():
        session.merge(LogTile(log=log.name, level=level, number=number, data=data))
    own_lines = (
        note.rpartition("\n\n")[0]
        + "\n\n"
        + "".join(
            f"{line}\n" for line in note.rpartition("\n\n")[2].splitlines() if line.startswith(f"— {log.keys.origin} ")
        )
    )
    session.add(LogCheckpoint(log=log.name, size=head.size, note=own_lines, at=at))
    state.size, state.origin = head.size, state.origin or head.origin
    session.flush()
    return subjects
