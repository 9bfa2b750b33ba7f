"""What is peculiar to presence figures: the smallest group, the rounding, no identifier at all."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.connectors import telecom_presence
from vigie.connectors.telecom_presence import MINIMUM, WIDE
from vigie.intake.messages.sheets import data_of
from vigie.model.units import METRICS

NAME = "telecom_presence"
SLOT = {"debut": "2026-03-02T08:00", "fin": "2026-03-02T10:00"}
CLASSES = data_of(NAME)["classes"]
COUNTS = st.one_of(st.integers(0, 60), st.integers(0, 50_000))
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "zone": st.sampled_from(("Z1", "Z2", "Z3")),
            "categorie": st.sampled_from(("total", "résidents", "visiteurs", "actifs")),
            "nombre": COUNTS,
        }
    ),
    min_size=1,
    max_size=12,
)


def presence(lab, *rows, **options):
    content = json.dumps([SLOT | row for row in rows]).encode()
    return lab.run(NAME, content, options=options)


def csv_of(rows, extra=None):
    lines = ["zone;debut;fin;categorie;nombre" + (f";{extra[0]}" if extra else "")]
    for index, row in enumerate(rows):
        cells = [row["zone"], *SLOT.values(), row["categorie"], str(row["nombre"])]
        lines.append(";".join([*cells, *([extra[1][index]] if extra else [])]))
    return ("\n".join(lines) + "\n").encode()


@pytest.mark.parametrize("metric", sorted({*WIDE.values(), *CLASSES}))
def test_every_class_is_a_metric(metric):
    assert METRICS[metric].unit == "person"


@pytest.mark.parametrize(
    ("word", "metric"), [(word, metric) for metric, words in CLASSES.items() for word in words]
)
def test_a_class_becomes_its_metric_whatever_its_case(lab, word, metric):
    outcome = presence(lab, {"zone": "Z1", "categorie": word.upper(), "nombre": 400})

    (found,) = outcome.records["measures"]
    assert (found["metric"], found["value"], found["group_size"]) == (metric, 400.0, 400)


def test_a_slot_is_local_time_and_its_end_may_be_an_hour_of_the_night_after(lab):
    row = {"zone": "Z1", "date": "02/03/2026", "tranche": "22h-0h", "total": 400}
    (found,) = lab.run(NAME, json.dumps([row]).encode()).records["measures"]

    assert found["from_at"] == datetime(2026, 3, 2, 21, tzinfo=UTC)
    assert found["to_at"] == datetime(2026, 3, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "taken"), [(14, False), (15, True), (120, True), (1440, True), (1501, False)]
)
def test_slots_shorter_than_a_quarter_of_an_hour_are_refused(lab, minutes, taken):
    row = {"zone": "Z1", "debut": "2026-03-02T08:00", "duree": minutes, "nombre": 400}
    outcome = lab.run(NAME, json.dumps([row]).encode())

    assert outcome.counts == ({"measures": 1} if taken else {})
    assert outcome.rejected == ({} if taken else {"out_of_range": 1})


def test_the_place_is_the_zone_or_what_the_feed_says_it_is(lab):
    rows = [{"zone": zone, "nombre": 400} for zone in ("Z1", "Vieux-Port")]
    found = presence(lab, *rows, zones={"Z1": "place-1"}).records["measures"]

    assert [one["place_id"] for one in found] == ["place-1", "Vieux-Port"]


def test_what_the_operator_rounded_is_kept_and_what_it_did_not_is_rounded_here(lab):
    row = {"zone": "Z1", "nombre": 435}

    assert presence(lab, row, rounding=5).records["measures"][0]["value"] == 435.0
    assert presence(lab, row, rounding=5).records["measures"][0]["quality"] == "good"
    assert presence(lab, row).records["measures"][0]["value"] == 440.0
    assert presence(lab, row).records["measures"][0]["quality"] == "estimated"
    assert presence(lab, row, rounding=20).rejected == {"not_rounded": 1}


def test_a_later_computation_amends_an_earlier_one_in_any_order(lab):
    early = {"zone": "Z1", "nombre": 400, "maj": "2026-03-04"}
    late = early | {"nombre": 500, "maj": "2026-03-05"}

    for rows in ((early, late), (late, early)):
        found = presence(lab, *rows).records["measures"]
        assert len({one["source_ref"] for one in found}) == 1
        assert max(found, key=lambda one: one["revision"])["value"] == 500.0


def test_the_total_that_would_give_a_small_part_away_is_not_taken_either(lab):
    rows = [
        {"zone": "Z1", "categorie": "total", "nombre": 900},
        {"zone": "Z1", "categorie": "résidents", "nombre": 893},
        {"zone": "Z1", "categorie": "visiteurs", "nombre": "<20"},
        {"zone": "Z2", "categorie": "total", "nombre": 900},
    ]
    outcome = presence(lab, *rows)

    assert [(one["metric"], one["place_id"]) for one in outcome.records["measures"]] == [
        ("presence.residents", "Z1"),
        ("presence.total", "Z2"),
    ]
    assert outcome.rejected == {"group_too_small": 2}


@given(rows=ROWS, minimum=st.one_of(st.none(), st.integers(-50, 500), st.just(float("nan"))))
def test_no_figure_below_the_smallest_group_ever_comes_out(lab, rows, minimum):
    """Not as a value, not as a group's size, not in a reason, not in what goes to quarantine.

    Requirement: TEL-1.
    """
    outcome = lab.run(NAME, csv_of(rows), options={"minimum": minimum})
    least = max(MINIMUM, minimum) if isinstance(minimum, int) else MINIMUM

    for one in outcome.records.get("measures", []):
        assert one["value"] >= least
        assert one["group_size"] >= least
    if any(row["nombre"] < least for row in rows):
        assert (outcome.rejected, outcome.counts) == ({"group_too_small": 1}, {})
    for reject in outcome.rejects:
        assert reject.params.get("count", "n") == "n"
        assert reject.row is not None or reject.raw == b""


@given(rows=ROWS)
def test_no_withheld_figure_is_the_difference_of_a_total_and_its_parts(lab, rows):
    small = [row["nombre"] < MINIMUM for row in rows]
    said = [
        row | {"nombre": "<20"} if hidden else row for row, hidden in zip(rows, small, strict=True)
    ]
    outcome = lab.run(NAME, csv_of(said))
    taken = {(one["place_id"], one["metric"]) for one in outcome.records.get("measures", [])}

    for row, hidden in zip(rows, small, strict=True):
        if hidden:
            assert (row["zone"], "presence.total") not in taken


@given(rows=ROWS, step=st.sampled_from((5, 10, 20, 25)))
def test_a_declared_rounding_holds_for_every_figure_or_the_file_is_refused(lab, rows, step):
    """Requirement: TEL-1."""

    outcome = lab.run(NAME, csv_of(rows), options={"rounding": step})

    if all(row["nombre"] % step == 0 for row in rows):
        assert "not_rounded" not in outcome.rejected
    elif any(row["nombre"] < MINIMUM for row in rows):
        assert outcome.rejected == {"group_too_small": 1}
    else:
        assert outcome.rejected == {"not_rounded": 1}
        assert outcome.counts == {}


@given(rows=ROWS)
def test_figures_that_nobody_rounded_become_multiples_of_the_smallest_group(lab, rows):
    for one in lab.run(NAME, csv_of(rows)).records.get("measures", []):
        assert one["value"] % MINIMUM == 0


# fmt: off
IDENTIFYING = (
    "imsi", "IMEI", "msisdn", "hash", "device", "user", "tel", "mac", "maid", "idfa", "nom",
    "abonne",
)
# fmt: on
HEX = "0123456789abcdef"
IDENTIFIERS = {
    "imsi": lambda rnd: "208" + "".join(rnd.choices("0123456789", k=12)),
    "phone": lambda rnd: "0" + rnd.choice("123456789") + "".join(rnd.choices("0123456789", k=8)),
    "spaced phone": lambda rnd: "+33 6 " + " ".join(f"{rnd.randrange(100):02d}" for _ in range(4)),
    "sha256": lambda rnd: "a1" + "".join(rnd.choices(HEX, k=62)),
    "md5": lambda rnd: ("b2" + "".join(rnd.choices(HEX, k=30))).upper(),
    "uuid": lambda rnd: "-".join("".join(rnd.choices(HEX, k=k)) for k in (8, 4, 4, 4, 12)),
    "mac": lambda rnd: ":".join("".join(rnd.choices(HEX, k=2)) for _ in range(6)),
    "base64": lambda rnd: "aB3" + "".join(rnd.choices("abcdefXYZ0189", k=24)),
    "mail": lambda rnd: "".join(rnd.choices("abcdef", k=8)) + "@example.org",
}


@given(
    rows=ROWS,
    kind=st.sampled_from(sorted(IDENTIFIERS)),
    heading=st.sampled_from(("note", "x", "info", "lot", "commentaire")),
    around=st.sampled_from(("{}", "id={}", "vu: {} !", "({})")),
    seed=st.integers(0, 2**32),
)
def test_an_identifier_planted_in_any_cell_refuses_the_file(lab, rows, kind, heading, around, seed):
    """Requirement: TEL-2."""

    rnd = random.Random(seed)
    value = IDENTIFIERS[kind](rnd)
    cells = ["" for _ in rows]
    cells[rnd.randrange(len(rows))] = around.format(value)
    outcome = lab.run(NAME, csv_of(rows, (heading, cells)))

    assert outcome.rejected == {"identifier_column": 1}
    assert outcome.counts == {}
    assert outcome.notices == []
    assert value not in str(outcome.rejects)


@given(
    rows=ROWS,
    word=st.sampled_from(IDENTIFYING),
    form=st.sampled_from(("{}", "id_{}", "{}Id", "{} 1", "no-{}", "properties.{}")),
)
def test_a_column_named_after_an_identifier_refuses_the_file_even_when_empty(lab, rows, word, form):
    """Requirement: TEL-2."""

    outcome = lab.run(NAME, csv_of(rows, (form.format(word), [""] * len(rows))))

    assert outcome.rejected == {"identifier_column": 1}
    assert outcome.counts == {}


@pytest.mark.parametrize(
    "zone",
    [
        "Z1", "132010101", "13055", "8a3969a1a4dffff", "CRS3035RES200mN2029800E4259400",
        "Vieux-Port / Canebière", "2e arrondissement", "Plage du Prado 2", "N°12",
    ],
)  # fmt: skip
def test_the_codes_and_names_of_zones_are_no_identifiers(lab, zone):
    assert presence(lab, {"zone": zone, "nombre": 400}).counts == {"measures": 1}


def test_many_zones_of_one_slot_are_no_identifiers(lab):
    rows = [{"zone": f"13201{number:04d}", "nombre": 400} for number in range(60)]

    assert presence(lab, *rows).counts == {"measures": 60}


def test_a_column_that_a_feed_names_for_a_field_is_searched_all_the_same(lab):
    row = SLOT | {"msisdn": "Z1", "nombre": 400}
    outcome = lab.run(NAME, json.dumps([row]).encode(), options={"columns": {"zone": "msisdn"}})

    assert outcome.rejected == {"identifier_column": 1}


def test_a_file_beyond_the_limit_is_not_read(lab, monkeypatch):
    monkeypatch.setattr(telecom_presence, "MAX_BYTES", 10)

    assert presence(lab, {"zone": "Z1", "nombre": 400}).rejected == {"too_large": 1}


@pytest.mark.parametrize(
    "beside", [{"imei": "356938035643809"}, {"seen": [{"a": "x@example.org"}]}]
)
def test_an_identifier_beside_the_rows_of_a_document_refuses_it_too(lab, beside):
    rows = [SLOT | {"zone": "Z1", "nombre": 400}]

    assert lab.run(NAME, json.dumps({"data": rows}).encode()).counts == {"measures": 1}
    for document in (beside | {"data": rows}, {"data": rows} | beside):
        outcome = lab.run(NAME, json.dumps(document).encode())
        assert (outcome.rejected, outcome.counts) == ({"identifier_column": 1}, {})


def test_a_small_part_hides_its_total_even_when_its_row_is_refused_for_another_reason(lab):
    rows = [
        {"zone": "Z1", "categorie": "total", "nombre": 900},
        {"zone": "Z1", "categorie": "visiteurs", "nombre": "<20", "longitude": "est"},
    ]
    outcome = presence(lab, *rows)

    assert outcome.counts == {}
    assert outcome.rejected == {"bad_number": 1, "group_too_small": 1}


ODD = st.sampled_from(("", "lots", "-30", "<20", "*", "19", "1 240", "40,0", "nan", "1e3"))
DAYS = st.sampled_from(
    ("2026-03-02T08:00", "02/03/2026 08:00", "2026-10-25T02:00", "2026-03-29T02:30", "soon", "")
)
CLEAN_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "zone": st.sampled_from(("Z1", "Z2", "Z3", "Z4", "Z5")),
            "debut": st.sampled_from(("2026-03-02T08:00", "02/03/2026 10:00", "2026-03-02T12:00")),
            "duree": st.sampled_from(("120", "2h")),
            "nombre": st.integers(2, 400).map(lambda tens: str(10 * tens)),
        },
        optional={
            "categorie": st.sampled_from(("total", "résidents", "visiteurs")),
            "longitude": st.sampled_from(("5.37", "5,38")),
            "latitude": st.sampled_from(("43.29", "43,30")),
            "mise_a_jour": st.sampled_from(("2026-03-04", "2026-03-05T09:00")),
        },
    ),
    min_size=1,
    max_size=15,
)
ANY_ROWS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "zone": st.sampled_from(("Z1", "Z2", "")),
            "debut": DAYS,
            "duree": st.sampled_from(("120", "5", "long", "")),
            "nombre": st.one_of(ODD, st.integers(2, 400).map(lambda tens: str(10 * tens))),
            "categorie": st.sampled_from(("total", "résidents", "??", "")),
            "total": ODD,
            "longitude": st.sampled_from(("5.37", "east", "")),
            "mise_a_jour": st.sampled_from(("2026-03-04", "later", "")),
            "couleur": st.just("rouge"),
        },
    ),
    min_size=1,
    max_size=12,
)


def everything(outcome):
    """Return all that a connector said, what it would send to quarantine included."""
    raws = [chunk.raw(i) for chunk in outcome.chunks for i in range(len(chunk.rows))]
    names = [chunk.place_name.to_pylist() for chunk in outcome.chunks if chunk.place_name]
    rows = [chunk.rows.to_pylist() for chunk in outcome.chunks]
    return outcome.records, outcome.notices, outcome.rejects, outcome.read, raws, names, rows


def both_ways(lab, content, options):
    """Return what is read as it comes, what is read row by row, and whether columns were read."""
    found, taken = everything(lab.run(NAME, content, options=options)), []
    with pytest.MonkeyPatch.context() as patch:
        read = telecom_presence.read_whole
        patch.setattr(telecom_presence, "read_whole", lambda *a: taken.append(read(*a)))
        by_row = everything(lab.run(NAME, content, options=options))
    return found, by_row, any(said is not None for said in taken)


@given(rows=st.one_of(CLEAN_ROWS, ANY_ROWS), options=st.sampled_from(({}, {"rounding": 10})))
def test_a_file_read_by_columns_gives_what_its_rows_give_one_by_one(lab, rows, options):
    found, by_row, _ = both_ways(lab, json.dumps(rows).encode(), options)

    assert found == by_row


def test_a_clean_file_is_read_by_columns_and_one_bad_row_has_it_read_row_by_row(lab):
    lines = [
        f"Z{zone};02/03/2026 {hour:02d}:00;2h;430" for zone in "123" for hour in range(0, 24, 2)
    ]
    for more, columns in (("", True), ("Z1;02/03/2026 00:00;2h;*\n", False)):
        content = ("zone;debut;duree;nombre\n" + "\n".join(lines) + "\n" + more).encode()
        found, by_row, taken = both_ways(lab, content, {"rounding": 10})

        assert found == by_row
        assert taken is columns
        assert len(found[0]["measures"]) == len(lines) - (not columns)
