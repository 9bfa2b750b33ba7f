"""Every requirement is proved by a test or says what it waits for, and no test names another."""

from __future__ import annotations

import tomllib

from tests.docs.generator import load_generator
from tests.rows import for_each

load_generator()
import requirement_pages as pages  # noqa: E402  loaded with the generator, from docs/
import scrubber_page as rates  # noqa: E402


def test_the_shipped_proofs_are_those_of_the_tests():
    """Requirement: AIA-5."""
    told = pages.PROOFS.read_text("utf-8")

    assert told == pages.proofs_file(), "proofs.toml is stale: run `python3 run.py fix`"
    assert tomllib.loads(told)["proofs"] == pages.proofs()


def test_the_shipped_error_rates_are_those_measured():
    """Requirement: AIA-6."""
    assert rates.MEASURED.read_text("utf-8") == rates.measured_file()


@for_each("id_", pages.requirements())
def test_a_requirement_is_proved_or_says_what_it_waits_for(id_):
    one = pages.requirements()[id_]

    assert (id_ in pages.proofs()) != ("waits" in one)
    assert {"fr", "en", "basis"} <= set(one) <= {"fr", "en", "basis", "waits"}


def test_no_test_names_a_requirement_that_is_not_asked():
    assert set(pages.proofs()) - set(pages.requirements()) == set()
