"""Proofs that fit in a file (c2sp.org/tlog-proof): a leaf's place, the way up the tree, the signed checkpoint. Pure."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from dataclasses import dataclass

from core.ledger import merkle
from core.ledger.note import Checkpoint, NoteInvalid, Verifier, checkpoint

FORMAT = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class TlogProof:
    """`extra` goes along unproved."""

    index: int
    hashes: Sequence[bytes]
    note: str
    extra: bytes | None = None

    def __str__(self) -> str:
        lines = [FORMAT]
        if self.extra is not None:
            lines.append(f"extra {b64encode(self.extra).decode()}")
        lines += [f"index {self.index}", *(b64encode(one).decode() for one in self.hashes), "", self.note]
        return "\n".join(lines)

    @classmethod
    def parse(cls, text: str) -> "TlogProof":
        """NoteInvalid for anything that is not such a file."""
        head, _blank, note = text.replace("\r\n", "\n").partition("\n\n")
        lines = head.split("\n")
        if lines.pop(0) != FORMAT:
            raise NoteInvalid("the first line is not that of a proof")
        extra = _decoded(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
        place = lines.pop(0)[6:] if lines and lines[0].startswith("index ") else ""
        if not place.isdecimal() or str(int(place)) != place:
            raise NoteInvalid("no index")
        return cls(int(place), [_decoded(one) for one in lines], note if note.endswith("\n") else f"{note}\n", extra)

    def check(self, entry: bytes, *verifiers: Verifier) -> Checkpoint:
        """The signed checkpoint under which `entry` stands; NoteInvalid or merkle.ProofInvalid where it does not."""
        head = checkpoint(self.note, *verifiers)
        merkle.check_inclusion(merkle.leaf_hash(entry), self.index, head.size, self.hashes, head.root)
        return head


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except Base64Error as error:
        raise NoteInvalid("not base64") from error
