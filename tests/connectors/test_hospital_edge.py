"""What is peculiar to a hospital's arrivals: counts only, a week that comes again."""

from __future__ import annotations

import importlib.util
import itertools
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.base.ids import record_id
from vigie.intake.hospital.passages import METRICS
from vigie.model.units import METRICS as REGISTER

NAME = "hospital_edge"
FOLDERS = ("rpu", "hl7v2_adt", "hl7v2_france", "fhir_r4_bundles_from_adt")


@pytest.fixture(scope="session")
def cases(lab):
    path = lab.samples / NAME / "cases.py"
    spec = importlib.util.spec_from_file_location("hospital_cases", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(lab, content, name="sample", options=None, **context):
    """Run the connector as a Vigie at the hospital would."""
    given = {"at_hospital": True} | (options or {})
    return lab.run(NAME, content, name, options=given, **context)


def shown(outcome):
    """The figures that stand: by metric, local start and end hour in UTC, count."""
    return {
        (m["metric"], m["from_at"].strftime("%d %H"), m["to_at"].strftime("%d %H")): m["value"]
        for m in outcome.records.get("measures", [])
        if m["quality"] == "good"
    }


def state_after(outcomes):
    """What the lake holds after payloads: the highest revision of each reference."""
    held = {}
    for outcome in outcomes:
        for row in outcome.records.get("measures", []):
            there = held.get(row["source_ref"])
            if there is None or row["revision"] > there["revision"]:
                held[row["source_ref"]] = row
    return {ref: row for ref, row in held.items() if row["quality"] == "good"}


def test_every_metric_is_registered():
    assert set(METRICS) <= REGISTER.keys()


def test_arrivals_are_counted_by_site_and_slot(lab, cases):
    people = [cases.lean(9, m, GRAVITE="3") for m in range(12)]
    people += [cases.lean(20, m, GRAVITE="4", MODE_SORTIE="6") for m in range(15)]
    outcome = run(lab, cases.rpu(*people))

    # Midnight in Paris is 23 h UTC; no third of the day is empty-handed only as a whole.
    assert shown(outcome)["health.arrivals", "21 23", "22 23"] == 27.0
    assert shown(outcome)["health.arrivals.severity_medium", "21 23", "22 23"] == 12.0
    assert shown(outcome)["health.arrivals.severity_high", "21 23", "22 23"] == 15.0
    assert shown(outcome)["health.admissions", "21 23", "22 23"] == 15.0
    row = outcome.records["measures"][0]
    assert row["place_id"] == record_id("places", cases.SITE)
    assert (row["unit"], row["source_ref"]) == (
        "person", "health.arrivals/130000001/2026-11-22T00",
    )  # fmt: skip


def test_a_busy_day_is_told_by_the_hour(lab, cases):
    people = [cases.lean(h, m * 4, NAISSANCE="") for h in range(24) for m in range(11)]
    outcome = run(lab, cases.rpu(*people))

    totals = [key for key in shown(outcome) if key[0] == "health.arrivals"]
    assert len(totals) == 24
    assert sum(shown(outcome)[key] for key in totals) == 264.0


def test_no_figure_is_below_eleven(lab):
    """Requirement: HEA-2."""

    for sample in lab.expected(NAME):
        for row in lab.sample(NAME, sample).records.get("measures", []):
            assert row["value"] >= 11 or (row["value"], row["quality"]) == (0.0, "bad")
            assert row["group_size"] == row["value"]


def test_an_hour_that_is_not_told_is_empty_and_bad(lab, cases):
    outcome = run(lab, cases.rpu(*cases.crowd(12)))

    for row in outcome.records["measures"]:
        assert (row["from_at"] == row["to_at"]) == (row["quality"] == "bad")


def test_the_same_week_in_any_order_gives_the_state_of_the_last_file(lab, cases):
    """Passages are amended, added and withdrawn from one night to the next."""

    def thursday(hours):
        return [
            cases.lean(0, ENTREE=f"19/11/2026 {hour:02d}:{minute:02d}")
            for hour in hours
            for minute in range(12)
        ]

    files = [
        cases.rpu(*people, head={"EXTRACT": f"{day}/11/2026 03:30:00", "DATEFIN": ""})
        for day, people in (
            ("20", cases.crowd(40, 8, ENTREE="19/11/2026 08:00")),
            ("21", thursday(range(24))),
            ("22", thursday(range(0, 24, 2))),
        )
    ]
    outcomes = [run(lab, content) for content in files]
    last = state_after(outcomes[-1:])

    assert last
    assert len(state_after(outcomes[1:2])) > len(last)
    for order in itertools.permutations(outcomes):
        assert state_after([*order, order[0]]) == last


def test_counts_told_by_the_edge_keep_their_hours_in_summer(lab, cases):
    outcome = lab.sample(NAME, "valid/counts_summer_time.json")

    # On 29 March 2026 the third hour does not exist in Paris: 4 h is 2 h UTC.
    assert list(shown(outcome)) == [
        ("health.arrivals", "28 23", "29 02"),
        ("health.arrivals", "29 02", "29 06"),
        ("health.arrivals", "29 06", "29 22"),
    ]


def test_a_hospital_sets_its_own_codes(lab, cases):
    people = [
        cases.lean(9, m, GRAVITE="TRI2", TRANSPORT="TAXI", MODE_SORTIE="H") for m in range(11)
    ]
    codes = {
        "severity": {"TRI2": "severity_high"},
        "mode": {"TAXI": "by_own_means"},
        "outcome": {"H": "admitted"},
    }
    outcome = run(lab, cases.rpu(*people), options={"codes": codes, "places": "carte"})

    assert outcome.noticed == {"dropped_personal": 11}
    told = {key[0] for key in shown(outcome)}
    assert {"health.arrivals.severity_high", "health.admissions"} <= told
    assert outcome.records["measures"][0]["place_id"] == record_id("carte", cases.SITE)


@pytest.mark.parametrize(
    "options", [{"codes": 3}, {"codes": {"mode": 1}}, {"sites": []}, {"site": 9}]
)
def test_options_of_the_wrong_shape_harm_nothing(lab, cases, options):
    assert run(lab, cases.rpu(*cases.crowd(11)), options=options).counts


def test_a_city_takes_counts_and_refuses_patients(lab, cases):
    """Requirement: HEA-1."""

    for options in ({}, {"at_hospital": False}, {"at_hospital": "true"}):
        for content in (
            cases.rpu(*cases.crowd(11)),
            cases.adt(1),
            cases.bundle(cases.encounter(1)),
        ):
            outcome = lab.run(NAME, content, options=options)
            assert (outcome.rejected, outcome.counts) == ({"no_legal_grant": 1}, {})
        assert lab.run(NAME, cases.counts(), options=options).counts == {"measures": 24}


def test_an_unknown_code_is_shown_when_it_cannot_be_a_name(lab, cases):
    people = [cases.lean(9, 1, TRANSPORT="VLI"), cases.lean(9, 2, TRANSPORT="Durand")]
    outcome = run(lab, cases.rpu(*people))

    assert sorted(n.params["value"] for n in outcome.notices if n.code == "unknown_code") == [
        "VLI", "…",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("born", "group"),
    [
        ("23/11/2008", "age_0_17"), ("22/11/2008", "age_18_64"), ("23/11/1961", "age_18_64"),
        ("22/11/1961", "age_65_up"), ("22/11/2026", "age_0_17"),
    ],
)  # fmt: skip
def test_a_birth_date_is_an_age_group_and_nothing_else(lab, cases, born, group):
    outcome = run(lab, cases.rpu(*(cases.lean(9, m, NAISSANCE=born) for m in range(11))))

    ages = {key[0] for key in shown(outcome) if ".age_" in key[0]}
    assert ages == {f"health.arrivals.{group}"}
    assert born not in str(outcome.records)


def test_the_three_languages_count_the_same(lab, cases):
    rpu = run(lab, cases.rpu(*(cases.lean(10, 15, CP=str(m)) for m in range(12))))
    adt = run(lab, b"".join(cases.adt(m, acuity="2", arrived="202611221015") for m in range(12)))
    fhir = run(
        lab,
        cases.bundle(
            cases.PATIENT,
            *(
                cases.encounter(
                    m,
                    period={"start": "2026-11-22T09:15:00Z"},
                    priority={"coding": [{"code": "2"}]},
                    hospitalization={"admitSource": {"coding": [{"code": "PERSO"}]}},
                )
                for m in range(12)
            ),
        ),
    )

    assert shown(rpu) == shown(adt) == shown(fhir)
    assert len(shown(rpu)) == 4


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_segments_end_in_any_way(lab, cases, end):
    outcome = run(lab, b"".join(cases.adt(n, end=end) for n in range(11)))

    assert outcome.read == 11
    assert shown(outcome)["health.arrivals", "21 23", "22 23"] == 11.0


def test_escaped_separators_stay_within_their_field(lab, cases):
    messages = [
        cases.adt(rf"A\S\B\T\C\F\{n}", by="AMBU").replace(b"|^~\\&|", b"|^~\\&|") for n in range(11)
    ]
    outcome = run(lab, b"".join(messages))

    assert shown(outcome)["health.arrivals.by_ambulance", "21 23", "22 23"] == 11.0


def test_other_separators_are_honoured(lab, cases):
    swap = bytes.maketrans(b"|^", b"#$")
    outcome = run(lab, b"".join(cases.adt(n).translate(swap) for n in range(11)))

    assert shown(outcome)["health.arrivals.age_18_64", "21 23", "22 23"] == 11.0


def test_a_facility_is_the_site_that_the_hospital_says(lab, cases):
    messages = b"".join(cases.short(n, facility="HOP^1.2.3^ISO") for n in range(11))
    outcome = run(lab, messages, options={"sites": {"HOP": "130000002"}})

    assert outcome.records["measures"][0]["place_id"] == record_id("places", "130000002")


def test_a_retry_payload_holds_no_patient(lab, cases):
    """Of a patient's row, what is kept to try it again: where, when, codes, the visit's number."""
    kept = {
        "invalid/facility_of_a_person.hl7": {"MORVANDIAU"},
        "invalid/visit_number.hl7": {"venue-778899"},
    }
    for sample in lab.expected(NAME):
        if "counts" not in sample:
            raws = b"".join(reject.raw for reject in lab.sample(NAME, sample).rejects)
            found = {value for value in cases.PERSONAL if value.encode() in raws}
            assert found == kept.get(sample, set()), sample


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"MSH|^~\\&|", b"<OSCOUR>", b"{", b"\x0bMSH"])
)
def test_any_bytes_have_an_outcome(lab, body, start):
    outcome = run(lab, start + body)

    assert outcome.counts == {}


def read_public() -> dict[str, dict]:
    path = Path(__file__).parent / "public" / f"{NAME}.toml"
    return tomllib.loads(path.read_text("utf-8"))


def test_every_public_sample_has_its_listed_outcome(lab, shared_dir):
    root = shared_dir / "data" / "messages"
    files = {
        path.relative_to(root).as_posix(): path
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.is_file()
    }
    listed = read_public()
    assert set(listed) == set(files)

    for name, path in files.items():
        outcome = run(lab, path.read_bytes(), path.name)
        found = "refused" if outcome.rejects else "records" if outcome.counts else "not_used"
        assert (name, found) == (name, listed[name]["outcome"])
        assert outcome.counts == listed[name].get("records", {})
        said = " ".join(
            str(n.params.get("what", n.code))
            for n in outcome.notices
            if n.code != "dropped_personal"
        )
        assert listed[name]["gives"] in said, name


def test_the_clock_of_the_tests_is_after_the_samples(lab):
    assert lab.now > datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
