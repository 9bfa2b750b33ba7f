"""Who sees figures and no facts: whole days told once, and nested answers that give nobody away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from vigie.base.clock import to_us
from vigie.base.errors import TooLarge, WrongUsage
from vigie.geo.zonings import Zoning
from vigie.model.times import day_bounds
from vigie.situation import days
from vigie.situation.caller import Caller
from vigie.situation.day_shelf import DayShelf
from vigie.situation.days import day_figures
from vigie.situation.filters import Filters, make_filters, select_facts
from vigie.situation.histogram import histogram
from vigie.situation.mapview import view_map
from vigie.situation.summary import summarise

ELECTED = Caller("e", "elected")
DPO = Caller("d", "dpo")
OPERATOR = Caller("o", "operator")
LEAST = 11
PARIS = "Europe/Paris"
THEMES = ("offence", "space", "road", "rescue")
LAST = date(2026, 3, 29)


def _view(home, caller=ELECTED):
    return home.rights.ask(caller, "figures")


def _window(first, count):
    return day_bounds(first, PARIS)[0], day_bounds(first + timedelta(days=count), PARIS)[0]


def _true(home, filters):
    return select_facts(home.lake, filters, ("earliest_us",)).num_rows


def _nested(home, draw):
    """Two selections, the second within the first: days, zone or city, theme or all."""
    length = int(draw.integers(1, 4))
    first = LAST - timedelta(days=int(draw.integers(length - 1, 18)))
    from_us, to_us = _window(first, length)
    inner_from, inner_to = _window(first, int(draw.integers(1, length + 1)))
    zone = str(draw.choice(["", "west", "east"]))
    inner_zone = zone or str(draw.choice(["", "west", "east"]))
    theme = str(draw.choice(["", *THEMES]))
    inner_theme = theme or str(draw.choice(["", *THEMES]))
    return tuple(
        make_filters(
            home.frame,
            from_us=low,
            to_us=high,
            kinds=[one_theme] if one_theme else [],
            zone=("arrondissement", one_zone) if one_zone else None,
        )
        for low, high, one_zone, one_theme in (
            (from_us, to_us, zone, theme),
            (inner_from, inner_to, inner_zone, inner_theme),
        )
    )


def test_nested_answers_never_leave_a_small_group(seen_home):
    """Both told in full: the difference of the true counts is 0 or the threshold at least."""
    draw = np.random.default_rng(11)
    answered = small = 0
    for _ in range(250):
        outer, inner = _nested(seen_home, draw)
        told = [day_figures(seen_home, _view(seen_home), one).sum() for one in (outer, inner)]
        true = [_true(seen_home, one) for one in (outer, inner)]
        small += 0 < true[0] - true[1] < LEAST
        if told[0][1] or told[1][1]:
            continue
        answered += 1
        assert [n for n, _ in told] == true
        assert true[0] - true[1] == 0 or true[0] - true[1] >= LEAST

    assert answered > 40, "a guard that answers nothing proves nothing"
    assert small > 3, "pairs without a small difference prove nothing"


def test_free_answers_would_leave_small_groups(seen_home):
    """The same subtraction wins against who may ask freely: the guard is what stops it."""
    draw = np.random.default_rng(11)
    hits = 0
    for _ in range(60):
        outer, inner = _nested(seen_home, draw)
        whole, part = (summarise(seen_home, OPERATOR, one).total.now.n for one in (outer, inner))
        hits += 0 < whole - part < LEAST

    assert hits > 0


def test_only_days_that_lie_wholly_in_the_window_and_are_over_are_told(seen_home):
    start = day_bounds(date(2026, 3, 27), PARIS)[0]
    filters = Filters(from_us=start + 1, to_us=to_us(datetime(2026, 4, 9, tzinfo=UTC)))

    told = day_figures(seen_home, _view(seen_home), filters)

    assert told.days == (date(2026, 3, 28), date(2026, 3, 29))


def test_without_a_window_the_last_seven_days_that_are_over_are_told(seen_home):
    told = summarise(seen_home, ELECTED, Filters())

    assert told.from_us == day_bounds(date(2026, 3, 23), PARIS)[0]
    assert told.to_us == day_bounds(date(2026, 3, 29), PARIS)[1]
    assert told.total.now.n == _true(seen_home, Filters(from_us=told.from_us, to_us=told.to_us))
    assert told.total.before is not None
    assert told.by["source"] == told.by["status"] == told.by["kind"] == []


def test_a_theme_that_no_day_may_tell_is_absent_and_not_zero(seen_home):
    filters = Filters(from_us=_window(LAST, 1)[0], to_us=_window(LAST, 1)[1])
    table = day_figures(seen_home, _view(seen_home), filters).tables[0]

    told = {line.key for line in summarise(seen_home, ELECTED, filters).by["theme"]}

    assert told == {theme for row, theme in table if row == "total" and theme != "total"}


@pytest.mark.parametrize(
    "finer",
    [
        {"sources": ("police",)},
        {"severity_min": 2},
        {"statuses": ("open",)},
        {"kinds": ("offence.property",)},
    ],
)
@pytest.mark.parametrize("caller", [ELECTED, DPO])
def test_a_finer_filter_is_refused(seen_home, finer, caller):
    for ask in (summarise, histogram):
        with pytest.raises(WrongUsage):
            ask(seen_home, caller, Filters(**finer))
    with pytest.raises(WrongUsage):
        view_map(seen_home, caller, Filters(**finer), 12)


def test_another_zoning_is_refused(seen_home):
    zoning = seen_home.frame.zoning("arrondissement")
    other = Zoning("beats", zoning.title, zoning.ids, zoning.labels, zoning.polygons)

    with pytest.raises(WrongUsage):
        histogram(seen_home, ELECTED, Filters(zoning=other, zone_index=0))


def test_a_box_cuts_nothing_out(seen_home):
    whole = histogram(seen_home, ELECTED, Filters())
    boxed = histogram(seen_home, ELECTED, Filters(bbox=(5.36, 43.29, 5.37, 43.30)))

    assert boxed == whole
    view = view_map(seen_home, ELECTED, Filters(bbox=(5.36, 43.29, 5.37, 43.30)), 18)
    assert (view.rows, view.total) == ([], sum(whole.counts))


def test_too_many_days_are_refused(seen_home, monkeypatch):
    far = Filters(from_us=0, to_us=to_us(seen_home.clock.now()))

    assert len(day_figures(seen_home, _view(seen_home), far).days) < days.MAX_DAYS
    monkeypatch.setattr(days, "MAX_DAYS", 5)
    with pytest.raises(TooLarge):
        day_figures(seen_home, _view(seen_home), far)


def test_hours_are_told_as_days_and_days_add_up_to_weeks(seen_home):
    filters = Filters(from_us=_window(date(2026, 3, 16), 14)[0], to_us=_window(LAST, 1)[1])

    by_hour, by_week = (histogram(seen_home, ELECTED, filters, one) for one in ("hour", "week"))

    assert by_hour.bucket == "day"
    assert len(by_hour.counts) == 14
    assert by_week.counts == [sum(by_hour.counts[:7]), sum(by_hour.counts[7:])]


def test_facts_that_come_later_move_no_figure_and_a_day_is_told_a_while_after_it_is_over(
    tmp_path, sample
):
    home, clock = sample.build(tmp_path / "home")
    with home:
        before = summarise(home, ELECTED, Filters())
        late = sample.facts().slice(0, 400)
        refs = [f"late-{number}" for number in range(late.num_rows)]
        late = late.set_column(late.column_names.index("fact_id"), "fact_id", [refs])
        home.lake.commit("facts", late)
        assert summarise(home, ELECTED, Filters()).total == before.total
        assert summarise(home, OPERATOR, Filters(before.from_us, before.to_us)) != before

        clock.advance(timedelta(hours=10))
        midnight = summarise(home, ELECTED, Filters())
        clock.advance(timedelta(hours=6))
        morning = summarise(home, ELECTED, Filters())

    assert midnight.to_us == before.to_us
    assert morning.to_us == day_bounds(date(2026, 3, 30), PARIS)[1]


def test_two_who_make_a_day_at_once_tell_the_same(tmp_path):
    path = tmp_path / "days" / "2026-03-29.json"

    DayShelf(path.parents[1]).keep(path, [("total", "total", 20)])
    DayShelf(path.parents[1]).keep(path, [("total", "total", 21)])

    assert "20" in path.read_text()
    assert list(path.parent.iterdir()) == [path]
