"""A handover holds every open thing, whatever the shift was."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from vigie.situation.act.handover_text import SECTIONS, write_text

KEYS = ("alert:a", "5.37000,43.30000")
INSTANT = "2026-03-30T08:00:00Z"
texts = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20)
words = texts | st.fixed_dictionaries({"fr": texts, "en": texts})


def rows(name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    more: dict[str, Any] = {
        "alerts": {"severity": st.integers(1, 5)},
        "situations": {"lines": st.integers(1, 9), "undone": st.integers(0, 9)},
        "dispatches": {
            "situation": st.sampled_from(KEYS),
            "called_off": st.booleans(),
            "role": st.sampled_from(["operator", "other"]),
        },
        "sources": {},
        "plans": {},
        "lines": {
            "number": st.integers(1, 999),
            "kind": st.sampled_from(["note", "opened", "closed", "tick"]),
            "situation": st.sampled_from(KEYS),
            "struck": st.booleans(),
            "role": st.sampled_from(["operator", "shift_head"]),
        },
    }[name]
    return st.lists(
        st.fixed_dictionaries({"what": words, "at": st.just(INSTANT), **more}), max_size=6
    )


records = st.fixed_dictionaries(
    {
        "from": st.just(INSTANT),
        "to": st.just(INSTANT),
        "plans_h": st.just(12),
        "more": st.just([]),
        "left_out": st.lists(st.sampled_from(["alerts", "plans"]), unique=True),
        **{name: rows(name) for name in SECTIONS},
    }
)


@given(record=records, language=st.sampled_from(["fr", "en"]))
def test_every_item_of_the_record_is_a_line_of_the_note(
    record: dict[str, Any], language: str
) -> None:
    text = write_text(record, language, "Europe/Paris")
    items = [line for line in text.splitlines() if line.startswith("- ")]
    expected = [row for name in SECTIONS for row in record[name]]
    assert len(items) == len(expected)
    for line, row in zip(items, expected, strict=True):
        what = row["what"]
        assert (what[language] if isinstance(what, dict) else what) in line
    for name in record["left_out"]:
        assert name in text
