"""What a password costs to guess, with the hasher that is shipped: other tests hash cheaply."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from vigie.desk import passwords

PASSWORD = "un mot de passe long"


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch, shipped_hasher: PasswordHasher) -> None:
    monkeypatch.setattr(passwords, "_HASHER", shipped_hasher)


@pytest.mark.usefixtures("shipped")
def test_a_hash_costs_what_rfc_9106_asks_and_opens_by_its_password_alone() -> None:
    told = passwords.hash_password(PASSWORD)

    assert told.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify_password(told, PASSWORD)
    assert not passwords.verify_password(told, PASSWORD + "x")


def test_the_hashes_of_other_tests_are_of_the_same_function() -> None:
    assert passwords.hash_password(PASSWORD).startswith("$argon2id$v=19$")


def test_who_does_not_exist_costs_as_much_as_who_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown login is answered after one verification, of a hash of the house's own cost."""
    asked: list[str] = []
    monkeypatch.setattr(passwords, "verify_password", lambda known, _given: asked.append(known))

    passwords.verify_nobody(PASSWORD)

    assert [one.split("$")[:4] for one in asked] == [
        passwords.hash_password(PASSWORD).split("$")[:4]
    ]
