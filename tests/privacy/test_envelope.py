"""An envelope opens as what it was sealed as, whole, under its key, and in no other way."""

from __future__ import annotations

import hmac
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from tests.rows import for_each

from vigie.privacy.envelope import (
    KEY_BYTES,
    NONCE_BYTES,
    DataKey,
    EnvelopeRefused,
    KeyName,
    derive,
    random_bytes,
    unwrap,
    wrap,
)

names = st.builds(
    KeyName,
    st.sampled_from(["intake", "narratives", "sealed.offences"]),
    st.text(max_size=20),
    st.integers(-(2**31), 2**31 - 1),
)
keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
nonces = st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES)
NAME = KeyName("narratives", "main_courante", 20_605)


@given(names, keys, st.text(max_size=10), st.text(max_size=30), st.binary(max_size=200), nonces)
def test_what_was_sealed_opens(
    name: KeyName, key: bytes, kind: str, row: str, content: bytes, nonce: bytes
) -> None:
    at_work = DataKey(name, key)
    sealed = at_work.seal(kind, row, content, nonce)
    assert DataKey(name, key).open(kind, row, sealed) == content
    assert len(sealed) == len(content) + at_work.overhead


@given(keys, st.binary(max_size=60), nonces, st.data())
def test_any_changed_bit_is_refused(
    key: bytes, content: bytes, nonce: bytes, data: st.DataObject
) -> None:
    at_work = DataKey(NAME, key)
    sealed = at_work.seal("text", "fact-1", content, nonce)
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    changed = bytearray(sealed)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EnvelopeRefused):
        at_work.open("text", "fact-1", bytes(changed))


@given(keys, st.binary(max_size=60), nonces, st.data())
def test_a_cut_envelope_is_refused(
    key: bytes, content: bytes, nonce: bytes, data: st.DataObject
) -> None:
    at_work = DataKey(NAME, key)
    sealed = at_work.seal("text", "fact-1", content, nonce)
    kept = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(EnvelopeRefused):
        at_work.open("text", "fact-1", sealed[:kept])


@given(names, names, keys, keys, nonces)
def test_another_key_source_day_or_domain_is_refused(
    one: KeyName, other: KeyName, key: bytes, other_key: bytes, nonce: bytes
) -> None:
    sealed = DataKey(one, key).seal("text", "fact-1", b"content", nonce)
    if (one, key) != (other, other_key):
        with pytest.raises(EnvelopeRefused):
            DataKey(other, other_key).open("text", "fact-1", sealed)
    if one != other:
        with pytest.raises(EnvelopeRefused):
            DataKey(other, key).open("text", "fact-1", sealed)


@given(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), nonces)
def test_another_kind_or_row_is_refused(
    kind: str, row: str, other_kind: str, other_row: str, nonce: bytes
) -> None:
    at_work = DataKey(NAME, bytes(KEY_BYTES))
    sealed = at_work.seal(kind, row, b"content", nonce)
    if (kind, row) == (other_kind, other_row):
        assert at_work.open(other_kind, other_row, sealed) == b"content"
    else:
        with pytest.raises(EnvelopeRefused):
            at_work.open(other_kind, other_row, sealed)


@given(names, names, keys, keys, keys, nonces)
def test_a_wrapped_key_opens_for_its_name_and_master_only(
    name: KeyName, other: KeyName, key: bytes, master: bytes, stranger: bytes, nonce: bytes
) -> None:
    wrapped = wrap(master, name, key, nonce)
    assert unwrap(master, name, wrapped) == key
    if other != name:
        with pytest.raises(EnvelopeRefused):
            unwrap(master, other, wrapped)
    if stranger != master:
        with pytest.raises(EnvelopeRefused):
            unwrap(stranger, name, wrapped)
    with pytest.raises(EnvelopeRefused):
        unwrap(master, name, wrapped[:5])


def bound(*parts: str) -> bytes:
    """Texts one behind the other, each behind its length of four bytes."""
    return b"".join(struct.pack(">I", len(part.encode())) + part.encode() for part in parts)


def hkdf(secret: bytes, *use: str) -> bytes:
    """HKDF-SHA-256 without salt (RFC 5869), by hand from its definition."""
    extracted = hmac.digest(bytes(32), secret, "sha256")
    return hmac.digest(extracted, b"vigie" + bound(*use) + b"\x01", "sha256")


def test_a_derived_key_is_what_rfc_5869_says() -> None:
    secret = b"\x0b" * 22
    assert bound("wrap", "intake") == b"\x00\x00\x00\x04wrap" + b"\x00\x00\x00\x06intake"
    assert derive(secret, "wrap", "intake") == hkdf(secret, "wrap", "intake")
    assert derive(secret, "wr", "apintake") != derive(secret, "wrap", "intake")


def test_what_is_kept_has_the_form_it_always_had() -> None:
    """By hand from the definition: in another form nothing that is kept would open any more."""
    master, key, nonce = (bytes([n]) * n for n in (32, 32, 12))
    domain, source, day = NAME
    aside = bound(domain, source, str(day))
    sealed = AESGCM(hkdf(master, "wrap", domain)).encrypt(nonce, key, aside)
    assert wrap(master, NAME, key, nonce) == nonce + sealed
    head = struct.pack(">B8si", 1, hkdf(key, "id")[:8], day) + bound(domain, source)
    aside = head + bound("text", "fact-1")
    sealed = AESGCM(hkdf(key, "content")).encrypt(nonce, b"content", aside)
    assert DataKey(NAME, key).seal("text", "fact-1", b"content", nonce) == head + nonce + sealed


@for_each("other", [NAME._replace(domain="x"), NAME._replace(source="x"), NAME._replace(day=1)])
def test_each_part_of_a_name_is_bound(other: KeyName) -> None:
    key, nonce = bytes(KEY_BYTES), bytes(NONCE_BYTES)
    with pytest.raises(EnvelopeRefused):
        unwrap(key, other, wrap(key, NAME, key, nonce))
    with pytest.raises(EnvelopeRefused):
        DataKey(other, key).open("", "", DataKey(NAME, key).seal("", "", b"content", nonce))


def test_a_row_whose_name_is_no_unicode_is_bound_as_any_other() -> None:
    """Half of a surrogate pair: a file name that is no UTF-8 is read as such."""
    at_work = DataKey(NAME, bytes(KEY_BYTES))
    sealed = at_work.seal("text", "\ud800", b"content", bytes(NONCE_BYTES))
    assert at_work.open("text", "\ud800", sealed) == b"content"
    with pytest.raises(EnvelopeRefused):
        at_work.open("text", "\ud801", sealed)


def test_randomness_is_never_told_twice() -> None:
    assert len({random_bytes(16) for _ in range(1_000)}) == 1_000
