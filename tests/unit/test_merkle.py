"""The tree against others' vectors, against itself by brute force, and in tiles of every width."""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.ledger import merkle, tiles
from core.ledger.merkle import ProofInvalid

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "tlog"
# RFC 6962 trees over 0 to 8 entries, as certificate-transparency's own tests publish them.
ENTRIES = [
    bytes.fromhex(one)
    for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def cases(name: str) -> list[Any]:
    lines = (VECTORS / f"{name}.jsonl").read_text().splitlines()
    return [pytest.param(one := json.loads(line), id=one["case"]) for line in lines]


def raw(values: list[str] | None) -> list[bytes]:
    return [b64decode(one) for one in values or []]


@pytest.mark.parametrize("case", cases("inclusion"))
def test_inclusion_is_judged_as_others_judge_it(case: dict[str, Any]) -> None:
    def check() -> None:
        merkle.check_inclusion(
            b64decode(case["leafHash"]),
            case["leafIdx"],
            case["treeSize"],
            raw(case["proof"]),
            b64decode(case["root"]),
        )

    if case["wantErr"]:
        with pytest.raises(ProofInvalid):
            check()
    else:
        check()


@pytest.mark.parametrize("case", cases("consistency"))
def test_consistency_is_judged_as_others_judge_it(case: dict[str, Any]) -> None:
    def check() -> None:
        merkle.check_consistency(
            case["size1"], case["size2"], raw(case["proof"]), b64decode(case["root1"]), b64decode(case["root2"])
        )

    if case["wantErr"]:
        with pytest.raises(ProofInvalid):
            check()
    else:
        check()


class Tree:
    """A log in memory, kept as tiles."""

    def __init__(self) -> None:
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}

    def tile_at(self, level: int, number: int) -> bytes:
        return self.tiles.get((level, number), b"")

    def add(self, *entries: bytes) -> None:
        self.tiles |= tiles.grown(self.size, entries, self.tile_at)
        self.size += len(entries)

    def root(self, size: int | None = None) -> bytes:
        return merkle.root(self.size if size is None else size, tiles.hashes_in(self.tile_at))


def test_the_published_roots_of_small_trees() -> None:
    tree = Tree()
    roots = [tree.root().hex()]
    for entry in ENTRIES:
        tree.add(entry)
        roots.append(tree.root().hex())
    assert roots == ROOTS


def simple_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 2.1, word for word."""
    if not entries:
        return merkle.EMPTY_ROOT
    if len(entries) == 1:
        return merkle.leaf_hash(entries[0])
    half = 1
    while half * 2 < len(entries):
        half *= 2
    return merkle.node_hash(simple_root(entries[:half]), simple_root(entries[half:]))


def several(count: int) -> Iterator[bytes]:
    return (b"entry %d" % number for number in range(count))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 513, 700])
def test_tiles_fold_to_the_root_of_the_definition(size: int) -> None:
    tree = Tree()
    tree.add(*several(size))
    assert tree.root() == simple_root(list(several(size)))


@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_batches_and_single_entries_make_the_same_tiles(batches: list[int]) -> None:
    at_once, step_by_step = Tree(), Tree()
    entries = list(several(sum(batches)))
    at_once.add(*entries)
    for batch in batches:
        step_by_step.add(*entries[step_by_step.size : step_by_step.size + batch])
    assert step_by_step.tiles == at_once.tiles


BIG = Tree()
BIG.add(*several(66_000))


@given(st.integers(1, 66_000), st.data())
@settings(max_examples=150, deadline=None)
def test_every_proof_that_is_made_is_accepted_and_no_other_leaf_is(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    hash_at = tiles.hashes_in(BIG.tile_at)
    proof = merkle.inclusion_proof(index, size, hash_at)
    leaf = merkle.leaf_hash(b"entry %d" % index)
    merkle.check_inclusion(leaf, index, size, proof, BIG.root(size))
    other = (index + 1) % size
    if other != index:
        with pytest.raises(ProofInvalid):
            merkle.check_inclusion(leaf, other, size, proof, BIG.root(size))


@given(st.integers(1, 66_000), st.integers(1, 66_000))
@settings(max_examples=150, deadline=None)
def test_every_growth_is_proved_and_no_fork_is(one: int, two: int) -> None:
    old, new = sorted((one, two))
    proof = merkle.consistency_proof(old, new, tiles.hashes_in(BIG.tile_at))
    merkle.check_consistency(old, new, proof, BIG.root(old), BIG.root(new))
    if old < new:
        with pytest.raises(ProofInvalid):
            merkle.check_consistency(old, new, proof, merkle.leaf_hash(b"another past"), BIG.root(new))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_there_is_no_proof_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion_proof(index, size, tiles.hashes_in(BIG.tile_at))


@pytest.mark.parametrize(
    ("number", "path"), [(0, "000"), (5, "005"), (999, "999"), (1000, "x001/000"), (1234067, "x001/x234/067")]
)
def test_tile_numbers_are_spelled_as_the_specification_does(number: int, path: str) -> None:
    assert tiles.path_of(number) == path
    assert tiles.parsed_path(path) == (number, None)
    assert tiles.parsed_path(f"{path}.p/17") == (number, 17)


@pytest.mark.parametrize(
    "path", ["", "5", "0005", "x000/005", "x01/005", "005.p/", "005.p/0", "005.p/256", "005.p/01", "x1a3/005", "../005"]
)
def test_any_other_spelling_is_no_tile(path: str) -> None:
    with pytest.raises(tiles.TileNotThere):
        tiles.parsed_path(path)


def test_widths_are_those_of_the_example_in_the_specification() -> None:
    size = 70_000
    assert [tiles.width_at(size, 0, number) for number in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [tiles.width_at(size, 1, number) for number in (0, 1, 2)] == [256, 17, 0]
    assert [tiles.width_at(size, 2, number) for number in (0, 1)] == [1, 0]
    assert [tiles.width_at(256, level, 0) for level in (0, 1, 2)] == [256, 1, 0]
