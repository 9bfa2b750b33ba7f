"""What is peculiar to camera events: closed by default, eight types, no trait of anybody."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.connectors.onvif_events import FIELDS, TOPICS, TYPES, topic_name
from vigie.model.taxonomy import TAXONOMY

NAME = "onvif_events"
START = datetime(2026, 11, 20, 7, tzinfo=UTC)
END = datetime(2026, 11, 24, 7, tzinfo=UTC)


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / NAME / "cases.py"
    spec = importlib.util.spec_from_file_location("onvif_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def at(moment):
    return moment.isoformat().replace("+00:00", "Z")


def test_an_event_under_a_grant_is_an_open_mark_that_nothing_confirms(lab, cases):
    (fact,) = lab.run(NAME, cases.ONE, **cases.CONTEXT).records["facts"]

    assert (fact["kind"], fact["basis"], fact["discovered_by"], fact["status"]) == (
        "space.crowd.forbidden_zone", "inferred", "camera", "open",
    )  # fmt: skip
    assert (fact["lon"], fact["lat"]) == (5.3745, 43.2955)
    assert dict(fact["attributes"]) == {
        "camera": "vs-12", "type": "forbidden_zone", "order": "13-2026-VA-004",
        "model": "detecteur 2.1", "legal_basis": "loi 2023-380 art. 10",
        "attestation": "ATT-19", "threshold": "0.8",
    }  # fmt: skip


def test_only_a_count_is_taken_of_what_a_camera_saw(lab):
    (fact,) = lab.sample(NAME, "valid/density_with_count.xml").records["facts"]

    assert (fact["kind"], fact["quantity"]) == ("space.crowd.density", 180.0)


def test_the_eight_types_of_the_decree_and_no_ninth():
    """Requirement: ALG-2."""

    assert len(TYPES) == 8
    assert all(kind in TAXONOMY for kind in TYPES.values())
    assert set(TOPICS.values()) <= set(TYPES)


@given(st.text(alphabet="abcdefgRuleEngine/:", min_size=1, max_size=40))
def test_no_other_topic_gets_in_even_with_a_grant_of_everything(lab, cases, topic):
    """Requirement: ALG-2."""

    grant = cases.GRANT | {"types": sorted(TYPES)}
    outcome = lab.run(NAME, cases.stream(cases.event(topic)), options={"grants": [grant]})

    assert outcome.counts == {} or topic_name(topic) in TOPICS


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_each_of_the_eight_gets_in_under_a_grant_that_names_it_alone(lab, cases, kind):
    content = cases.stream(cases.event("acme:A/B"))
    options = {"grants": [cases.GRANT | {"types": [kind]}], "topics": {"acme:A/B": kind}}
    (fact,) = lab.run(NAME, content, options=options).records["facts"]

    assert fact["kind"] == TYPES[kind]
    other = next(one for one in sorted(TYPES) if one != kind)
    options["grants"] = [cases.GRANT | {"types": [other]}]
    assert lab.run(NAME, content, options=options).rejected == {"no_legal_grant": 1}


@pytest.mark.parametrize(
    ("when", "enters"),
    [
        (START - timedelta(seconds=1), False),
        (START, True),
        (END - timedelta(seconds=1), True),
        (END, False),
    ],
)
def test_a_grant_begins_and_ends_to_the_second(lab, cases, when, enters):
    """Requirement: ALG-1, ALG-7."""

    outcome = lab.run(NAME, cases.stream(cases.event(at=at(when))), now=when, **cases.CONTEXT)

    assert bool(outcome.counts) == enters
    assert outcome.rejected == ({} if enters else {"no_legal_grant": 1})


def test_after_the_end_not_even_what_happened_before_it_enters(lab, cases):
    """Requirement: ALG-7."""

    before = END - timedelta(minutes=1)
    content = cases.stream(cases.event(at=at(before)))

    assert lab.run(NAME, content, now=END, **cases.CONTEXT).rejected == {"no_legal_grant": 1}


@given(
    seconds=st.integers(-6 * 86_400, 6 * 86_400),
    late=st.integers(0, 3 * 86_400),
    camera=st.sampled_from(["vs-12", "vs-13", "vs-99", "VS-12", "vs-12 "]),
)
def test_what_enters_is_within_its_grant(lab, cases, seconds, late, camera):
    """Requirement: ALG-1."""

    when = START + timedelta(seconds=seconds)
    now = when + timedelta(seconds=late)
    content = cases.stream(cases.event(at=at(when), camera=camera))
    outcome = lab.run(NAME, content, now=now, **cases.CONTEXT)
    legal = when >= START and now < END and camera.strip() in {"vs-12", "vs-13"}

    assert bool(outcome.counts) == legal


ANYTHING = st.none() | st.integers() | st.text() | st.lists(st.text())
PARTS = st.sampled_from(["cameras", "types", "from", "to", "order"])


@given(st.dictionaries(PARTS, ANYTHING, max_size=3))
def test_any_grant_is_read_or_none(lab, cases, said):
    options = {"grants": [cases.GRANT | said, said, None, 3]}

    assert lab.run(NAME, cases.ONE, options=options).read == 1


BANNED = [field.name.partition(".")[2] for field in FIELDS if field.privacy == "personal"]
BANNED = sorted({name for name in BANNED if name} | {"Gait", "Gender", "Speech", "ImageRef2"})


@given(
    names=st.lists(st.sampled_from(BANNED), min_size=1, max_size=5),
    part=st.sampled_from(["data", "source", "more"]),
    wrapped=st.booleans(),
)
def test_no_trait_survives_in_records_remarks_or_quarantine(lab, cases, names, part, wrapped):
    """Requirement: ALG-3, AIA-2."""

    mark = "canari-9137"
    inner = "".join(
        f'<tt:ElementItem Name="{name}"><tt:V>{mark}</tt:V></tt:ElementItem>' if wrapped
        else cases.item(name, mark)
        for name in names
    )  # fmt: skip
    if part == "more":
        inner = f"<tt:Extension>{inner}</tt:Extension><tt:Key>{inner}</tt:Key>"
    event = cases.event(**{part: inner})
    for context in (cases.CONTEXT, {}):
        outcome = lab.run(NAME, cases.stream(event), **context)
        said = str(outcome.records) + str(outcome.notices) + str(outcome.rejects)
        assert mark not in said
        assert mark.encode() not in b"".join(reject.raw for reject in outcome.rejects)


def test_the_same_event_told_twice_is_the_same_fact(lab, cases):
    facts = lab.sample(NAME, "valid/duplicates.xml").records["facts"]

    assert facts[0] == facts[1]
