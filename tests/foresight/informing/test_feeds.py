"""GeoJSON, GeoRSS and panel text: the same message, text that stays text, no exercise on a street.

Requirement: R1.
"""

from __future__ import annotations

import json

import pytest
from lxml import etree
from tests.foresight.informing.sample import HOUR_US, NOW_US, entry, message, published

from vigie.foresight.informing import feeds
from vigie.foresight.informing.issue import Issue, Speaker, in_order, issue_at
from vigie.foresight.informing.message import Message
from vigie.foresight.informing.standing import fold

REAL = Speaker("Marseille", "vigie@v.example", "Actual", "https://v.example", "Europe/Paris")
ATOM, GEORSS = f"{{{feeds.ATOM}}}", f"{{{feeds.GEORSS}}}"
HOSTILE = '</title><script>alert(1)</script>&<!ENTITY x "y">]]>'


def issue(told: Message, name: str = "info-one", *, withdrawn: bool = False) -> Issue:
    rows = published(told, message_id=name)
    if withdrawn:
        rows.append(entry(5, "withdraw", "b", NOW_US, told, name))
    found = issue_at(fold(rows), NOW_US + HOUR_US)
    assert found is not None
    return found


def test_geojson_has_longitude_first_and_says_nothing_of_who_wrote() -> None:
    told = feeds.geojson([issue(message(about="plan:secret"))], REAL)
    (feature,) = told["features"]
    assert feature["geometry"]["coordinates"][0][0] == [5.36, 43.29]
    assert feature["properties"]["cap"].startswith("https://v.example/api/public/messages/info-")
    text = json.dumps(told)
    assert "secret" not in text
    assert not {"who", "hand", "role", "about"} & set(feature["properties"])


@pytest.mark.parametrize("language", ["fr", "en"])
def test_atom_has_what_rfc_4287_asks_and_latitude_first(language: str) -> None:
    document = feeds.atom([issue(message())], REAL, language, NOW_US)
    root = etree.fromstring(document)
    for name in ("id", "title", "updated"):
        assert root.findtext(f"{ATOM}{name}")
        assert root.findtext(f"{ATOM}entry/{ATOM}{name}")
    assert root.findtext(f"{ATOM}author/{ATOM}name") == "Marseille"
    told = root.findtext(f"{ATOM}entry/{GEORSS}polygon")
    assert told is not None
    numbers = [float(one) for one in told.split()]
    assert numbers[:2] == numbers[-2:] == [43.29, 5.36]
    (link,) = root.findall(f"{ATOM}entry/{ATOM}link")
    assert link.get("type") == "application/cap+xml"


def test_hostile_text_stays_text() -> None:
    root = etree.fromstring(feeds.atom([issue(message(title_fr=HOSTILE))], REAL, "fr", NOW_US))
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == HOSTILE
    assert {str(one.tag).partition("}")[2] for one in root.iter()} <= {
        *("feed", "id", "title", "updated", "author", "name", "link", "entry", "published"),
        *("category", "summary", "polygon"),
    }


def test_panels_show_what_holds_and_never_what_is_withdrawn_or_an_exercise() -> None:
    told = [
        issue(message(panel=("A", "B"))),
        issue(message(panel=("C",)), "info-two"),
        issue(message(panel=("D",)), "info-three", withdrawn=True),
        issue(message(panel=()), "info-four"),
    ]
    assert feeds.panels(told, REAL) == "A\nB\n\nC\n"
    for status in ("Test", "Exercise"):
        speaker = Speaker("Marseille", "v@x", status, "", "Europe/Paris")
        assert feeds.panels(told, speaker) == f"# {status}\n"


def test_the_gravest_is_read_first_and_what_is_taken_back_last() -> None:
    told = [
        issue(message(severity="Extreme"), "info-c", withdrawn=True),
        issue(message(severity="Minor"), "info-b"),
        issue(message(severity="Severe"), "info-a"),
    ]
    assert [one.message.severity for one in in_order(told)] == ["Severe", "Minor", "Extreme"]
