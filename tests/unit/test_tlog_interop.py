"""Tiles, bundles, checkpoints, proofs and cosignatures byte for byte as an independent implementation writes them."""

import hashlib
import json
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import pytest

from core.ledger import merkle, tiles
from core.ledger.note import COSIGNATURE, Checkpoint, Cosigner, Signer, Verifier, checkpoint, cosigned_at
from core.ledger.tiles import WIDTH

VECTORS = json.loads((Path(__file__).resolve().parents[1] / "vectors" / "tlog" / "interop.json").read_text("utf-8"))
SIGNER = Signer("jiance.example.cn/disclosure", bytes(range(32)))
WITNESS = Cosigner("witness.example/w1", b"w" * 32)
COSIGNED = 1_795_000_000
LARGEST = max(one["size"] for one in VECTORS["logs"])
ENTRIES = [b"entry %d" % number for number in range(LARGEST)]
TILES = tiles.grown(0, ENTRIES, lambda *_: b"")
HASH_AT = tiles.hashes_in(lambda level, number: TILES.get((level, number), b""))
LOGS = [pytest.param(one, id=str(one["size"])) for one in VECTORS["logs"]]


def content(path: str) -> bytes:
    """What this log serves at a path of the specification."""
    _tile, level, address = path.split("/", 2)
    number, width = tiles.parsed_path(address)
    if level == "entries":
        return tiles.bundle(ENTRIES[number * WIDTH : number * WIDTH + (width or WIDTH)])
    return TILES[int(level), number][: (width or WIDTH) * merkle.HASH_BYTES]


def texts(hashes: list[bytes]) -> list[str]:
    return [b64encode(one).decode() for one in hashes]


@pytest.mark.parametrize("log", LOGS)
def test_every_tile_and_bundle_has_the_same_bytes(log: dict[str, Any]) -> None:
    for path, digest in log["tiles"].items():
        assert hashlib.sha256(content(path)).hexdigest() == digest, path


@pytest.mark.parametrize("log", LOGS)
def test_a_signed_checkpoint_is_the_same_note(log: dict[str, Any]) -> None:
    head = Checkpoint(SIGNER.name, log["size"], merkle.root(log["size"], HASH_AT))
    assert SIGNER.sign(head.text) == log["checkpoint"]
    assert checkpoint(log["checkpoint"], Verifier.parse(VECTORS["vkey"])) == head


@pytest.mark.parametrize("log", LOGS)
def test_a_cosignature_is_the_same_line(log: dict[str, Any]) -> None:
    text = log["checkpoint"].split("\n\n")[0] + "\n"
    assert WITNESS.line(text, COSIGNED) == log["cosignature"]
    verifier = Verifier.parse(VECTORS["witness_vkey"], COSIGNATURE)
    assert cosigned_at(text, log["cosignature"], verifier) == COSIGNED


@pytest.mark.parametrize("log", LOGS)
def test_proofs_are_the_same_hashes(log: dict[str, Any]) -> None:
    for one in log["inclusion"]:
        assert texts(merkle.inclusion_proof(one["index"], log["size"], HASH_AT)) == one["proof"]
    for one in log["consistency"]:
        assert texts(merkle.consistency_proof(one["old"], log["size"], HASH_AT)) == one["proof"]


def test_keys_are_spelled_alike() -> None:
    assert str(SIGNER.verifier) == VECTORS["vkey"]
    assert str(WITNESS.verifier) == VECTORS["witness_vkey"]


# c2sp.org/tlog-witness: its own example of a cosigner's key in transparency-dev/formats (Apache-2.0),
# note/note_cosigv1_test.go.
PUBLISHED_COSIGNER = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"


def test_a_cosigner_s_published_key_is_read_and_written_back() -> None:
    verifier = Verifier.parse(PUBLISHED_COSIGNER, COSIGNATURE)
    assert str(verifier) == PUBLISHED_COSIGNER
    assert len(b64decode(PUBLISHED_COSIGNER.split("+")[2])) == 33
