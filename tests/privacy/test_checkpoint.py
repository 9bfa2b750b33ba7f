"""Signed notes as C2SP has them: a published example, and what no edit survives."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import for_each

from vigie.privacy.checkpoint import (
    WITNESS,
    Checkpoint,
    PublicKey,
    parse,
    parse_key,
    public_of,
    sign,
    signers,
)

NAME = "vigie.example/audit"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = public_of(PRIVATE, NAME)
ROOT = bytes(range(32, 64))
POINT = Checkpoint(NAME, 7, ROOT, ("2026-03-01T08:00:00Z",))
NOTE = POINT.text() + "\n" + sign(POINT.text(), PRIVATE, NAME)
# The example of Go's package golang.org/x/mod/sumdb/note.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfq"
    "dngotpRZb6KE6RyyBwJnAM=\n"
)


def test_a_note_signed_by_another_program_is_read():
    """Requirement: P-LOG-7."""
    key = parse_key(GO_KEY)
    assert str(key) == GO_KEY
    assert signers(GO_NOTE, [key]) == [key]
    assert signers(GO_NOTE.replace("your problem", "a problem"), [key]) == []


def test_a_checkpoint_says_what_was_signed():
    """Requirement: P-LOG-7."""
    assert parse(NOTE) == POINT
    assert signers(NOTE, [KEY]) == [KEY]
    assert parse_key(str(KEY)) == KEY


@given(st.integers(0, len(NOTE.encode()) * 8 - 1))
def test_no_bit_of_the_text_can_be_changed(bit: int):
    """Requirement: P-LOG-2."""
    changed = bytearray(NOTE.encode())
    changed[bit // 8] ^= 1 << bit % 8
    text = changed.decode("utf-8", "replace")
    if text.rpartition("\n\n")[0] != NOTE.rpartition("\n\n")[0] or bit // 8 > len(POINT.text()):
        assert signers(text, [KEY]) == []


def test_witnesses_sign_beside_the_log_each_with_its_time():
    """Requirement: P-LOG-3."""
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    witness = public_of(other, "dpo.example", WITNESS)
    note = NOTE + sign(POINT.text(), other, "dpo.example", time_s=1_800_000_000)
    assert signers(note, [witness, KEY]) == [witness, KEY]
    assert signers(NOTE, [witness]) == []
    assert parse_key(str(witness)) == witness
    # The same key as a log's is another key: a witness's word is no log's word.
    assert signers(note, [PublicKey("dpo.example", witness.raw)]) == []


def test_a_signature_under_a_foreign_key_id_is_none():
    mine = sign(POINT.text(), PRIVATE, "elsewhere").replace("elsewhere", NAME)
    assert signers(POINT.text() + "\n" + mine, [KEY]) == []


@for_each("point", [Checkpoint(NAME, 0, ROOT), Checkpoint(NAME, 7, ROOT, ("", "its own"))])
def test_an_empty_tree_and_empty_lines_are_read(point: Checkpoint):
    assert parse(point.text() + "\n" + sign(point.text(), PRIVATE, NAME)) == point


def test_a_witness_signs_its_time_with_the_text():
    """Requirement: P-LOG-3. As ``tlog-cosignature`` writes it down."""
    line = sign(POINT.text(), PRIVATE, "w", time_s=1_800_000_000)
    blob = base64.b64decode(line.removeprefix("\u2014 w "))
    said = f"cosignature/v1\ntime 1800000000\n{POINT.text()}".encode()
    assert blob[:4] == public_of(PRIVATE, "w", WITNESS).key_id
    assert int.from_bytes(blob[4:12], "big") == 1_800_000_000
    PRIVATE.public_key().verify(blob[12:], said)


def test_a_witness_signs_any_time_that_eight_bytes_hold():
    witness = public_of(PRIVATE, "w", WITNESS)
    for time_s in (0, 1 << 56, (1 << 64) - 1):
        note = POINT.text() + "\n" + sign(POINT.text(), PRIVATE, "w", time_s=time_s)
        assert signers(note, [witness]) == [witness]


def test_the_signatures_stand_behind_the_last_empty_line():
    text = "one\n\nother\n"
    assert signers(text + "\n" + sign(text, PRIVATE, NAME), [KEY]) == [KEY]


def test_a_signature_is_written_in_one_way():
    """Requirement: P-LOG-2."""
    for sign_ in ("!", " ", "\u00e9"):
        assert signers(NOTE[:-9] + sign_ + NOTE[-9:], [KEY]) == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "name", "name+00000000+AQ==", "name+zz+!", str(KEY).replace("+", "x+", 1), "a+b+"),
        *(str(PublicKey(NAME, KEY.raw, 2)), str(PublicKey(NAME, KEY.raw[1:]))),
    ],
    ids=[
        *("nothing", "a name", "short", "not base64", "another id", "empty"),
        *("another use", "a byte short"),
    ],
)
def test_what_is_no_key_is_refused(text: str):
    with pytest.raises(ValueError, match=r"^not a verifier key$"):
        parse_key(text)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "name\n7\n\n",
        "name\nseven\nAAAA\n\n",
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n-7\n"),
        "name\n7\nAAAA\n\n",
        NOTE.replace(NAME, "", 1),
    ],
    ids=["nothing", "short", "no number", "padded", "negative", "short root", "no name"],
)
def test_what_is_no_checkpoint_is_refused(note: str):
    with pytest.raises(ValueError, match=r"^not a checkpoint$"):
        parse(note)
