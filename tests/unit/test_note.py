"""Signed notes and checkpoints as c2sp.org specifies them, with its own example as vector."""

from base64 import b64encode

import pytest

from core.ledger.note import Checkpoint, NoteInvalid, Signer, Verifier, checkpoint, opened

EXAMPLE_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
SIGNER = Signer("jiance.example.cn/disclosure", bytes(range(32)))
HEAD = Checkpoint(SIGNER.name, 42, bytes(32))


def test_the_example_of_the_specification_opens() -> None:
    verifier = Verifier.parse(EXAMPLE_KEY)
    assert opened(EXAMPLE, verifier) == "This is an example message.\n"
    assert str(verifier) == EXAMPLE_KEY


def test_a_signed_checkpoint_comes_back_whole_also_among_other_signatures() -> None:
    note = SIGNER.sign(HEAD.text)
    assert note.startswith("jiance.example.cn/disclosure\n42\nAAAA")
    assert checkpoint(note, SIGNER.verifier) == HEAD
    witnessed = note + "— witness.example " + b64encode(b"\x01\x02\x03\x04" + bytes(72)).decode() + "\n"
    assert checkpoint(witnessed, Verifier.parse(str(SIGNER.verifier))) == HEAD


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("\n42\n", "\n43\n"),
        lambda note: note.replace("disclosure\n", "other\n", 1),
        lambda note: note[:-3] + "AA\n",
        lambda note: note.rstrip("\n"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("— ", "- "),
        lambda note: note[:0],
        lambda note: note.split("— ")[0],
    ],
)
def test_a_changed_note_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NoteInvalid):
        checkpoint(change(SIGNER.sign(HEAD.text)), SIGNER.verifier)


def test_another_key_of_the_same_name_signed_nothing() -> None:
    other = Signer(SIGNER.name, bytes(32))
    with pytest.raises(NoteInvalid):
        checkpoint(SIGNER.sign(HEAD.text), other.verifier)


@pytest.mark.parametrize("text", ["a\n01\nAAAA\n", "a\n-1\nAAAA\n", "a\n1\nAAAA\n", "a\n1\n", "a\n1\n!!!\n"])
def test_a_signed_text_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid):
        checkpoint(SIGNER.sign(text), SIGNER.verifier)


@pytest.mark.parametrize("text", ["", "a+b", "a+00000000+AAAA", EXAMPLE_KEY.replace("530d", "530e"), "a+b+c+d"])
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NoteInvalid):
        Verifier.parse(text)
