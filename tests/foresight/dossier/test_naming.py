"""No person in an event file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foresight.dossier.files import whole

from vigie.foresight.dossier.model import Content
from vigie.foresight.dossier.naming import (
    doubts_of,
    is_of_service,
    scrub_after,
    scrub_reason,
    texts_of,
)


def contact(**changes: str) -> Content:
    value = {"id": "x", "service": "SAMU", "function": "Régulation", "telephone": "15"}
    return whole(contacts=[value | changes])


@pytest.mark.parametrize(
    "number", ["15", "17", "18", "112", "3117", "04 91 55 11 11", "0491551111"]
)
def test_short_and_fixed_numbers_are_those_of_services(number: str) -> None:
    assert is_of_service(number)


@pytest.mark.parametrize("number", ["06 12 34 56 78", "0712345678", "+33 6 12 34 56 78", "", "12"])
def test_a_mobile_is_carried_by_a_person(number: str) -> None:
    assert not is_of_service(number)


@given(st.text(st.characters(categories=("Nd",)), min_size=8, max_size=8))
def test_no_mobile_number_of_any_digits_passes(digits: str) -> None:
    assert not is_of_service(f"06{digits}")
    assert not is_of_service(f"+337{digits}")


@pytest.mark.parametrize(
    "changes",
    [
        {"function": "M. Durand"},
        {"function": "Jean Martin, chef de salle"},
        {"service": "Mme Lopez"},
        {"telephone": "06 12 34 56 78"},
        {"function": "chef@example.org"},
    ],
)
def test_a_contact_that_names_a_person_is_refused(changes: dict[str, str]) -> None:
    assert [one.path.split(".")[0] for one in doubts_of(contact(**changes)) if one.refused] == [
        "contacts"
    ]


def test_a_contact_of_a_service_is_kept() -> None:
    assert doubts_of(whole()) == []


def test_a_place_that_bears_a_name_is_told_and_not_refused() -> None:
    content = whole(checklist=[{"id": "x", "text": "Tribune Marcel Rousset ouverte"}])
    assert [(one.path, one.refused) for one in doubts_of(content)] == [("checklist.x.text", False)]


def test_a_plate_in_a_mission_is_refused() -> None:
    content = whole(checklist=[{"id": "x", "text": "Attendre le véhicule AB-123-CD"}])
    assert [(one.kind, one.refused) for one in doubts_of(content)] == [("plate", True)]


def test_lessons_are_scrubbed_and_what_left_is_counted() -> None:
    after = {
        "lessons": "Mme Lopez (06 12 34 56 78) a tenu la porte.",
        "timeline": [{"id": "a", "at": "2026-03-28T20:00:00Z", "text": "M. Durand arrive"}],
    }
    cleaned, left = scrub_after(whole(after=after))
    assert left == 3
    assert "Lopez" not in cleaned.after.lessons
    assert "78" not in cleaned.after.lessons
    assert cleaned.after.timeline[0].text == "M. [nom] arrive"
    assert scrub_after(cleaned) == (cleaned, 0)


def test_the_reason_of_a_version_stands_on_one_line_without_names() -> None:
    assert scrub_reason("demandé par\n M. Durand") == "demandé par M. [nom]"


def test_every_text_has_the_path_of_its_item() -> None:
    paths = dict(texts_of(whole()))
    assert paths["posts.nord.mission"] == "Tient le parvis."
    assert paths["reflex_cards.r.steps.0.action"] == "Éloigner"
    assert not any(path.endswith((".id", ".sha256", ".type")) for path in paths)
