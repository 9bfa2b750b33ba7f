"""CAP 1.2: what the standard asks of every document, whatever is told; and our own reader reads it.

Requirement: R1.
"""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.foresight.informing.sample import HOUR_US, NOW_US, entry, message, published

from vigie.foresight.informing import cap
from vigie.foresight.informing.issue import Issue, Speaker, issue_at
from vigie.foresight.informing.message import CODES, Message
from vigie.foresight.informing.standing import fold

CAP = f"{{{cap.NAMESPACE}}}"
SPEAKER = Speaker("Marseille", "vigie@ville.example", "Test", "https://v.example", "Europe/Paris")
REAL = Speaker("Marseille", "vigie@ville.example", "Actual", "https://v.example", "Europe/Paris")
ALERT_ORDER = (
    *("identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction"),
    *("addresses", "code", "note", "references", "incidents", "info"),
)
INFO_ORDER = (
    *("language", "category", "event", "responseType", "urgency", "severity", "certainty"),
    *("audience", "eventCode", "effective", "onset", "expires", "senderName", "headline"),
    *("description", "instruction", "web", "contact", "parameter", "resource", "area"),
)
AREA_ORDER = ("areaDesc", "polygon", "circle", "geocode", "altitude", "ceiling")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
LINE = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc", "Cf")),
    min_size=1,
    max_size=60,
)
RING = st.lists(
    st.tuples(
        st.floats(5.1, 5.6).map(lambda x: round(x, 5)),
        st.floats(43.1, 43.4).map(lambda y: round(y, 5)),
    ),
    min_size=3,
    max_size=12,
    unique=True,
).map(lambda corners: (*corners, corners[0]))
MESSAGES = st.builds(
    message,
    title_fr=LINE,
    title_en=LINE,
    text_fr=LINE,
    text_en=LINE,
    advice_fr=LINE,
    advice_en=LINE,
    place=LINE,
    rings=st.lists(RING, max_size=3).map(tuple),
    **{name: st.sampled_from(known) for name, known in CODES.items()},
)


def issue(told: Message, *more: Message, withdrawn: bool = False) -> Issue:
    rows = published(told, *more)
    if withdrawn:
        last = more[-1] if more else told
        rows.append(entry(len(rows) + 1, "withdraw", "b", NOW_US + HOUR_US // 2, last))
    found = issue_at(fold(rows), NOW_US + HOUR_US)
    assert found is not None
    return found


def in_order(parent: etree._Element, order: tuple[str, ...]) -> None:
    names = [str(child.tag).removeprefix(CAP) for child in parent]
    at = [order.index(name) for name in names]
    assert at == sorted(at), names


def obey(document: bytes) -> etree._Element:
    """Check a document against the rules of CAP 1.2, sections 3.2.1 to 3.2.4; return its root."""
    root = etree.fromstring(document, etree.XMLParser(resolve_entities=False))
    assert root.tag == f"{CAP}alert"
    in_order(root, ALERT_ORDER)

    def one(parent: etree._Element, name: str) -> str:
        (found,) = parent.findall(f"{CAP}{name}")
        return found.text or ""

    for name in ("identifier", "sender"):
        assert re.fullmatch(r"[^\s,<&]+", one(root, name))
    assert TIME.fullmatch(one(root, "sent"))
    assert one(root, "status") in {"Actual", "Exercise", "System", "Test", "Draft"}
    kind = one(root, "msgType")
    assert kind in {"Alert", "Update", "Cancel"}
    assert one(root, "scope") == "Public"
    assert (root.find(f"{CAP}references") is not None) == (kind != "Alert")
    if one(root, "status") != "Actual":
        assert one(root, "note")
    for named in (root.findtext(f"{CAP}references") or "").split():
        sender, identifier, sent = named.split(",")
        assert sender == one(root, "sender")
        assert identifier != one(root, "identifier")
        assert TIME.fullmatch(sent)
        assert datetime.fromisoformat(sent) <= datetime.fromisoformat(one(root, "sent"))
    infos = root.findall(f"{CAP}info")
    assert [one(info, "language") for info in infos] == ["fr-FR", "en-GB"]
    for info in infos:
        in_order(info, INFO_ORDER)
        for name, codes in CODES.items():
            assert one(info, "responseType" if name == "response" else name) in codes
        times = [one(info, name) for name in ("effective", "onset", "expires")]
        assert all(TIME.fullmatch(at) for at in times)
        assert datetime.fromisoformat(times[2]) > datetime.fromisoformat(one(root, "sent"))
        assert one(info, "event")
        area = info.find(f"{CAP}area")
        assert area is not None
        in_order(area, AREA_ORDER)
        assert one(area, "areaDesc")
        for drawn in area.findall(f"{CAP}polygon"):
            pairs = [pair.split(",") for pair in (drawn.text or "").split()]
            assert len(pairs) >= 4
            assert pairs[0] == pairs[-1]
            assert all(43 <= float(lat) <= 44 and 5 <= float(lon) <= 6 for lat, lon in pairs)
    return root


@settings(max_examples=30, deadline=None)
@given(MESSAGES, st.booleans(), st.sampled_from([SPEAKER, REAL]))
def test_every_document_obeys_the_standard(told: Message, withdrawn: bool, speaker: Speaker):
    obey(cap.alert(issue(told, withdrawn=withdrawn), speaker))


@settings(max_examples=30, deadline=None)
@given(MESSAGES)
def test_every_text_comes_back_as_it_was_written(told: Message) -> None:
    """Signs that XML reserves are text: none of them makes an element or an entity."""
    root = obey(cap.alert(issue(told), REAL))
    for language, info in zip(("fr", "en"), root.findall(f"{CAP}info"), strict=True):
        for name, field in (
            ("headline", "title"),
            ("description", "text"),
            ("instruction", "advice"),
        ):
            assert info.findtext(f"{CAP}{name}") == getattr(told, f"{field}_{language}")
        rings = [
            tuple(tuple(map(float, pair.split(",")[::-1])) for pair in (one.text or "").split())
            for one in info.findall(f"{CAP}area/{CAP}polygon")
        ]
        assert rings == list(told.rings)


def test_an_update_and_a_cancel_name_every_earlier_message() -> None:
    first, second = message(), message(title_fr="Reporté")
    update = obey(cap.alert(issue(first, second), REAL))
    assert update.findtext(f"{CAP}msgType") == "Update"
    assert update.findtext(f"{CAP}references") == (
        "vigie@ville.example,info-one.4,2026-03-30T14:03:00+02:00"
    )
    cancel = obey(cap.alert(issue(first, second, withdrawn=True), REAL))
    assert cancel.findtext(f"{CAP}msgType") == "Cancel"
    named = [one.split(",")[1] for one in cancel.findtext(f"{CAP}references").split()]
    assert named == ["info-one.4", "info-one.8"]
    assert {one.text for one in cancel.iter(f"{CAP}responseType")} == {"AllClear"}
    assert cancel.find(f"{CAP}info/{CAP}instruction") is None


@pytest.mark.parametrize(
    ("status", "mark"), [("Exercise", "[EXERCICE] "), ("Test", "[ESSAI] "), ("Actual", "")]
)
def test_an_exercise_says_so_where_only_headlines_are_read(status: str, mark: str) -> None:
    speaker = Speaker("Marseille", "v@x", status, "", "Europe/Paris")
    root = obey(cap.alert(issue(message()), speaker))
    assert root.findtext(f"{CAP}status") == status
    assert root.findtext(f"{CAP}info/{CAP}headline") == mark + message().title_fr


def test_instants_have_an_offset_in_figures_on_both_sides_of_a_change_of_time() -> None:
    assert cap.instant(NOW_US, "Europe/Paris") == "2026-03-30T14:00:00+02:00"
    assert cap.instant(NOW_US - 48 * HOUR_US, "Europe/Paris") == "2026-03-28T13:00:00+01:00"
    assert cap.instant(NOW_US + 999_999, "UTC") == "2026-03-30T12:00:00-00:00"
