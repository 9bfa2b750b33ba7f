"""What is peculiar to sensors: five notations of a message, silence, what may not be sensed."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.connectors import sensors_mqtt
from vigie.intake.messages.topics import RETAINED
from vigie.model.taxonomy import TAXONOMY
from vigie.model.units import METRICS, conversion, find_unit

NAME = "sensors_mqtt"
FOLDERS = ("ngsi_ld", "mqtt_frigate")
PUBLIC = Path(__file__).parent / "public" / "sensors_mqtt.toml"


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / NAME / "cases.py"
    spec = importlib.util.spec_from_file_location("sensor_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(lab, value, **more):
    return lab.run(NAME, value if isinstance(value, bytes) else json.dumps(value).encode(), **more)


def values(outcome):
    return {m["metric"]: (m["value"], m["unit"]) for m in outcome.records["measures"]}


@pytest.mark.parametrize("notation", ["LD", "V2", "CONCISE", "KEYS", "IRI"])
def test_five_notations_of_a_message_give_the_same_records(lab, cases, notation):
    outcome = run(lab, getattr(cases, notation))
    plain = run(lab, cases.noise(location=cases.HERE))

    assert outcome.records["measures"] == plain.records["measures"]
    assert outcome.records["places"][0]["kind"] == "place.sensor.noise"


def test_a_measure_stands_at_its_sensor_and_lasts_as_long_as_the_feed_says(lab, cases):
    outcome = run(lab, cases.KEYS, source="bruit", options={"period_s": 60})
    level = outcome.records["measures"][0]

    assert (level["metric"], level["value"], level["unit"]) == ("noise.laeq", 61.4, "dB")
    assert level["from_at"] == datetime(2026, 11, 23, 8, 45, tzinfo=UTC)
    assert level["to_at"] == datetime(2026, 11, 23, 8, 46, tzinfo=UTC)
    assert level["place_id"] == record_id("bruit", outcome.records["places"][0]["source_ref"])
    assert (level["lon"], level["lat"]) == (5.3745, 43.2955)


def test_a_sensor_without_a_position_refers_to_the_place_it_told_before(lab, cases):
    told, later = run(lab, cases.KEYS), run(lab, cases.noise())

    place = {m["place_id"] for m in told.records["measures"]}
    assert {m["place_id"] for m in later.records["measures"]} == place
    assert "places" not in later.counts


def test_a_sensor_that_another_feed_knows_is_its_place_and_tells_none(lab, cases):
    known = run(lab, cases.KEYS, options={"places": "register"})
    own = run(lab, cases.KEYS)

    name = own.records["places"][0]["source_ref"]
    assert {m["place_id"] for m in known.records["measures"]} == {record_id("register", name)}
    assert "places" not in known.counts
    assert [m["value"] for m in known.records["measures"]] == [
        m["value"] for m in own.records["measures"]
    ]


def test_units_are_those_of_un_cefact(lab, cases):
    found = values(lab.sample(NAME, "valid/units.json"))

    assert found == {
        "weather.temperature": (59.0, "degF"),
        "weather.wind": (36.0, "km/h"),
        "weather.humidity": (61.0, "%"),
    }


@pytest.mark.parametrize(("said", "unit"), [(0.61, "ratio"), (61, "%"), (1, "ratio"), (0, "ratio")])
def test_a_share_is_a_fraction_up_to_one_and_per_cent_above(lab, cases, said, unit):
    found = run(lab, cases.noise(humidity=said))

    assert values(found)["weather.humidity"] == (said, unit)


def test_the_will_of_a_sensor_is_a_remark_with_its_topic_and_no_record(lab):
    outcome = run(lab, b"offline", name="ville%2Fbruit%2Fb12%2Fstatus")
    (notice,) = outcome.notices

    assert outcome.counts == {}
    assert outcome.rejects == []
    assert (notice.code, notice.params) == ("sensor_offline", {"name": "ville/bruit/b12/status"})


def test_a_topic_that_holds_a_number_of_somebody_is_not_shown(lab):
    (notice,) = run(lab, b"offline", name="tel%2F0612345678%2Fstatus").notices

    assert notice.params == {"name": "…"}


@pytest.mark.parametrize("state", ["offline", "Disconnected", "down"])
def test_a_device_that_says_it_is_gone(lab, state):
    outcome = run(lab, {"id": "d1", "type": "Device", "deviceState": state})

    assert outcome.noticed == {"sensor_offline": 1}
    assert outcome.counts == {}


def test_the_time_of_receipt_is_taken_only_where_the_feed_allows_it(lab, cases):
    timeless = cases.noise(dateObserved="absent")

    assert run(lab, timeless).rejected == {"missing_required": 1}
    allowed = run(lab, timeless, options={"time_of_receipt": True})
    assert {m["from_at"] for m in allowed.records["measures"]} == {lab.now}


def test_what_the_broker_had_kept_is_never_of_now(lab, cases):
    """A retained message may be a year old: the time of its receipt says nothing."""
    connector = lab.connectors[NAME]
    payload, context = _retained(cases.wire(cases.noise(dateObserved="absent")))

    (parsed,) = connector.parse(payload, context)
    assert [reject.code for reject in parsed.rejects] == ["missing_required"]


def _retained(content):
    import io

    from vigie.intake.connector import Context, Payload

    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    payload = Payload(
        "t", io.BytesIO(content), media=f"application/json{RETAINED}", size=len(content)
    )
    return payload, Context(NAME, "Europe/Paris", now, options={"time_of_receipt": True})


def test_a_message_that_comes_twice_has_the_same_references(lab, cases):
    first, second = run(lab, cases.LD), run(lab, cases.LD)

    assert first.records == second.records


def test_an_amended_measure_is_a_higher_revision_of_the_same_one(lab, cases):
    first = run(lab, cases.noise(dateModified="2026-11-23T08:46:00Z"))
    amended = run(lab, cases.noise(LAeq=60.0, dateModified="2026-11-23T08:50:00Z"))
    before, after = first.records["measures"][0], amended.records["measures"][0]

    assert before["source_ref"] == after["source_ref"]
    assert before["revision"] < after["revision"]


def test_a_lamp_that_fails_is_one_fact_a_day(lab, cases):
    def fault(at):
        lamp = {"id": "l1", "type": "Streetlight", "status": "defectiveLamp", "dateModified": at}
        return run(lab, lamp).records["facts"][0]

    morning, noon, next_day = map(
        fault, ("2026-11-22T08:00:00Z", "2026-11-22T12:00:00Z", "2026-11-23T08:00:00Z")
    )
    assert morning["source_ref"] == noon["source_ref"] != next_day["source_ref"]
    assert morning["revision"] < noon["revision"]
    assert (noon["kind"], noon["basis"], noon["discovered_by"], noon["status"]) == (
        "space.equipment.light_fault", "observed", "sensor", "open",
    )  # fmt: skip


def test_a_count_of_people_says_how_many_stand_behind_it(lab):
    (count,) = lab.sample(NAME, "valid/crowd.json").records["measures"]

    assert (count["metric"], count["value"], count["group_size"]) == ("presence.flow", 640.0, 640)


def test_the_text_of_an_alert_goes_where_it_is_scrubbed_and_its_author_nowhere(lab, cases):
    outcome = run(lab, cases.alert(alertSource="https://u.example/users/8"))
    (fact,) = outcome.records["facts"]

    assert outcome.texts == ["Bouchon avenue de la Gare"]
    assert "Bouchon" not in str(fact)
    assert "users/8" not in str(outcome)
    assert (fact["kind"], fact["severity"], fact["basis"]) == ("road.traffic.jam", 4, "reported")


KEY = st.sampled_from(["camera", "face", "plate", "recognized_license_plate", "videoURL", "before"])


@given(key=KEY, depth=st.integers(0, 2), value=st.one_of(st.none(), st.text(), st.integers()))
def test_nothing_that_a_camera_saw_enters_however_it_is_wrapped(lab, key, depth, value):
    """Requirement: VID-7."""

    event = {"id": "b12", "dateObserved": "2026-11-23T08:45:00Z", "LAeq": 60.0}
    inner = {key: value}
    for _ in range(depth):
        inner = {"data": inner}
    outcome = run(lab, event | inner)

    assert outcome.counts == {}
    assert outcome.rejected == {"no_legal_grant": 1}
    assert outcome.rejects[0].raw == b'[{"camera": ""}]'


@given(st.sampled_from(sorted(sensors_mqtt._SOUND_CLASSES)), st.text(min_size=1))
def test_no_sensor_that_recognises_sounds_is_listened_to(lab, key, word):
    """Requirement: AUD-1."""

    outcome = run(lab, {"id": "b", "dateObserved": "2026-11-23T08:45:00Z", "LAeq": 60.0, key: word})

    assert outcome.counts == {}
    assert outcome.rejected == {"no_legal_grant": 1}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from([field.name for field in sensors_mqtt.FIELDS])


@given(st.dictionaries(NAMES, JSON, max_size=6), st.sampled_from(sorted(sensors_mqtt.TYPES)))
def test_any_entity_of_any_values_gives_records_or_reasons(lab, fields, kind):
    outcome = run(
        lab, {"id": "b12", "dateObserved": "2026-11-23T08:45:00Z", **fields, "type": kind}
    )

    assert outcome.counts or outcome.rejects or outcome.notices or outcome.read


def test_every_table_names_metrics_units_and_kinds_that_exist():
    for group in sensors_mqtt.MEASURES.values():
        for metric, unit in group.values():
            meant = "ratio" if unit == "fraction" else unit
            assert conversion(meant, METRICS[metric].unit)
    for kind in [one["place"] for one in sensors_mqtt.TYPES.values()] + list(
        sensors_mqtt.ALERTS.values()
    ):
        assert kind in TAXONOMY
    assert {one for kind in sensors_mqtt.TYPES.values() for one in kind["measures"]} <= set(
        sensors_mqtt.MEASURES
    )


@pytest.mark.parametrize(
    ("code", "unit"),
    [("2N", "dB"), ("CEL", "degC"), ("A97", "hPa"), ("GP", "mg/m3"), ("LUX", "lx"), ("HM", "mph"),
     ("KNT", "kn"), ("P1", "%"), ("KEL", "K"), ("IE", "person"), ("H67", "mm")],
)  # fmt: skip
def test_a_common_code_is_known(code, unit):
    assert find_unit(code).code == unit


def _public(lab, folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder.parent).as_posix()
            found[name] = lab.run(NAME, path.read_bytes(), path.name)
    return found


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_public_message_has_its_outcome(lab, shared_dir, folder):
    said = {
        name: row
        for name, row in tomllib.loads(PUBLIC.read_text("utf-8")).items()
        if name.startswith(f"{folder}/")
    }
    found = _public(lab, shared_dir / "data" / "messages" / folder)

    assert sorted(found) == sorted(said), "each file is listed, and each that is listed is there"
    for name, outcome in found.items():
        want = said[name]
        assert outcome.counts == want.get("records", {}), name
        assert bool(outcome.counts) == (want["outcome"] == "records"), name
        assert bool(outcome.rejects) == (want["outcome"] == "refused"), name
        if want["outcome"] == "not_used":
            assert "not_used" in outcome.noticed, name
        assert want["reason"], name


def test_the_three_notations_of_a_public_message_agree(lab, shared_dir):
    folder = shared_dir / "data" / "messages" / "ngsi_ld"
    for kind in ("Weather/WeatherObserved", "Transportation/TrafficFlowObserved"):
        told = [
            run(lab, (folder / kind / name).read_bytes()).records["measures"]
            for name in ("example.json", "example-normalized.json", "example-normalized-ld.jsonld")
        ]
        assert told[0] == told[1] == told[2]
