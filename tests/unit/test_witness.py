"""A witness answers as c2sp.org/tlog-witness says, and never cosigns two pasts."""

import threading
from pathlib import Path

import pytest

from core.ledger import merkle, tiles
from core.ledger.note import COSIGNATURE, Checkpoint, Cosigner, Signer, Verifier, cosigned_at
from core.ledger.witness import Answer, Submission, Witness

ORIGIN = "jiance.example.cn/disclosure"
KEY, STRANGER = Signer(ORIGIN, bytes(range(32))), Signer(ORIGIN, bytes(32))
WITNESS = Cosigner("witness.news.example/w1", b"w" * 32)
AT = 1_795_000_000


class Log:
    """As many leaves as the test asks for; `name` makes another past."""

    def __init__(self, name: str = "honest", count: int = 600) -> None:
        self.tiles = tiles.grown(0, (f"{name} {number}".encode() for number in range(count)), lambda *_: b"")
        self.hash_at = tiles.hashes_in(lambda level, number: self.tiles.get((level, number), b""))

    def head(self, size: int) -> Checkpoint:
        return Checkpoint(ORIGIN, size, merkle.root(size, self.hash_at))

    def asks(self, old: int, size: int, signer: Signer = KEY) -> bytes:
        proof = merkle.consistency_proof(old, size, self.hash_at) if 0 < old <= size else []
        return str(Submission(old, proof, signer.sign(self.head(size).text))).encode()


HONEST, FORKED = Log(), Log("forked")


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(WITNESS, {ORIGIN: [KEY.verifier]}, tmp_path)


def status(answer: Answer) -> int:
    return answer.status


def test_a_growing_log_is_cosigned_step_by_step(witness: Witness) -> None:
    old = 0
    for size in (1, 2, 7, 256, 257, 600):
        answer = witness.add_checkpoint(HONEST.asks(old, size), AT)
        assert status(answer) == 200
        assert cosigned_at(HONEST.head(size).text, answer.body, WITNESS.verifier) == AT
        old = size


def test_the_cosignature_is_the_line_that_the_specification_describes(witness: Witness) -> None:
    line = witness.add_checkpoint(HONEST.asks(0, 5), AT).body
    assert line.startswith("— witness.news.example/w1 ")
    assert line.endswith("\n")
    from base64 import b64decode

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    raw = b64decode(line.split(" ")[2])
    assert len(raw) == 4 + 8 + 64
    assert int.from_bytes(raw[4:12], "big") == AT
    message = f"cosignature/v1\ntime {AT}\n{HONEST.head(5).text}"
    Ed25519PublicKey.from_public_bytes(WITNESS.verifier.key).verify(raw[12:], message.encode())


def test_the_same_checkpoint_may_be_cosigned_again(witness: Witness) -> None:
    witness.add_checkpoint(HONEST.asks(0, 5), AT)
    assert status(witness.add_checkpoint(HONEST.asks(5, 5), AT + 60)) == 200


def test_a_wrong_old_size_is_told_the_right_one(witness: Witness) -> None:
    witness.add_checkpoint(HONEST.asks(0, 5), AT)
    for old in (0, 4):
        answer = witness.add_checkpoint(HONEST.asks(old, 9), AT)
        assert (answer.status, answer.body, answer.content_type) == (409, "5\n", "text/x.tlog.size")


def test_a_fork_is_refused_whatever_its_size(witness: Witness) -> None:
    witness.add_checkpoint(HONEST.asks(0, 300), AT)
    assert status(witness.add_checkpoint(FORKED.asks(300, 300), AT)) == 422
    assert status(witness.add_checkpoint(FORKED.asks(300, 500), AT)) == 422
    assert status(witness.add_checkpoint(HONEST.asks(300, 500), AT)) == 200


def test_a_log_that_went_back_is_refused(witness: Witness) -> None:
    witness.add_checkpoint(HONEST.asks(0, 300), AT)
    assert status(witness.add_checkpoint(HONEST.asks(200, 200), AT)) == 409
    assert status(witness.add_checkpoint(str(Submission(300, [], KEY.sign(HONEST.head(200).text))).encode(), AT)) == 400


def test_a_proof_where_none_belongs_is_refused(witness: Witness) -> None:
    first = Submission(0, [bytes(32)], KEY.sign(HONEST.head(5).text))
    assert status(witness.add_checkpoint(str(first).encode(), AT)) == 422
    witness.add_checkpoint(HONEST.asks(0, 5), AT)
    missing = Submission(5, [], KEY.sign(HONEST.head(9).text))
    assert status(witness.add_checkpoint(str(missing).encode(), AT)) == 422


def test_the_empty_tree_has_one_root(witness: Witness) -> None:
    wrong = Submission(0, [], KEY.sign(Checkpoint(ORIGIN, 0, bytes(32)).text))
    assert status(witness.add_checkpoint(str(wrong).encode(), AT)) == 422
    right = Submission(0, [], KEY.sign(Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT).text))
    assert status(witness.add_checkpoint(str(right).encode(), AT)) == 200


def test_unknown_logs_and_wrong_signatures_are_told_apart(witness: Witness, tmp_path: Path) -> None:
    other = Signer("elsewhere.example/log", bytes(range(32)))
    unknown = Submission(0, [], other.sign(Checkpoint(other.name, 5, bytes(32)).text))
    assert status(witness.add_checkpoint(str(unknown).encode(), AT)) == 404
    assert status(witness.add_checkpoint(HONEST.asks(0, 5, STRANGER), AT)) == 403
    broken = HONEST.asks(0, 5).decode()
    place = broken.rindex("A") if "A" in broken[-40:] else len(broken) - 10
    swapped = broken[:place] + ("B" if broken[place] != "B" else "C") + broken[place + 1 :]
    assert status(witness.add_checkpoint(swapped.encode(), AT)) == 403


def test_signatures_of_unknown_keys_are_passed_over(witness: Witness) -> None:
    body = HONEST.asks(0, 5).decode() + STRANGER.line(HONEST.head(5).text)
    assert status(witness.add_checkpoint(body.encode(), AT)) == 200


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0\n",
        b"old 00\n\nx\n",
        b"old -1\n\nx\n",
        b"new 0\n\nx\n",
        b"old 0\nAAA\n\nx\n",
        b"old 0\n" + b"A" * 43 + b"=\n" * 64 + b"\n",
        b"\xff\xfe",
        b"old 0\n\nnot a note",
        b"old 99999999999999999999999\n\nx\n",
    ],
)
def test_what_is_no_request_is_refused(witness: Witness, body: bytes) -> None:
    assert status(witness.add_checkpoint(body, AT)) == 400


def test_more_hashes_than_the_specification_allows_are_refused(witness: Witness) -> None:
    too_many = Submission(0, [bytes(32)] * 64, KEY.sign(HONEST.head(5).text))
    assert status(witness.add_checkpoint(str(too_many).encode(), AT)) == 400


def test_its_last_checkpoint_can_be_read_with_both_signatures(witness: Witness) -> None:
    import hashlib

    address = hashlib.sha256(ORIGIN.encode()).hexdigest()
    assert status(witness.checkpoint(address)) == 404
    line = witness.add_checkpoint(HONEST.asks(0, 5), AT).body
    assert witness.checkpoint(address).body == KEY.sign(HONEST.head(5).text) + line
    assert status(witness.checkpoint("0" * 64)) == 404


def test_of_many_who_ask_at_once_one_is_cosigned_for_each_size(witness: Witness) -> None:
    """Two pasts race from size 5: only one of them is ever cosigned, and nothing goes back."""
    shared = Log()
    witness.add_checkpoint(shared.asks(0, 5), AT)
    answers: list[tuple[int, int]] = []

    def ask(size: int) -> None:
        answers.append((size, witness.add_checkpoint(shared.asks(5, size), AT).status))

    threads = [threading.Thread(target=ask, args=(size,)) for size in range(6, 26)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(status for _size, status in answers) == [200] + [409] * 19
    won = next(size for size, status in answers if status == 200)
    assert witness.add_checkpoint(shared.asks(5, 9), AT).body == f"{won}\n"


def test_the_vkey_of_a_witness_has_the_type_of_a_cosigner() -> None:
    assert Verifier.parse(str(WITNESS.verifier), COSIGNATURE) == WITNESS.verifier
    with pytest.raises(Exception, match="type"):
        Verifier.parse(str(WITNESS.verifier))
