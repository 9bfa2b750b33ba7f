"""Two answers about nested selections, subtracted: does a small group remain?

Selections are those that who sees figures only may make: whole days, a zone or the city, a theme or
all of them. An answer is the sum of the days' tables; it is given when every day shows the cell.
"""

from __future__ import annotations

from vigie.civic.attacking import Attack, Draw, Methods, Outcome
from vigie.privacy.disclosure import threshold
from vigie.privacy.suppression import TOTAL, Key, lay_out

DAYS = 28
_HALF = 0.5
ZONES = tuple(f"zone{number}" for number in range(6))
THEMES = tuple(f"theme{number}" for number in range(4))
PARENTS = dict.fromkeys(ZONES, TOTAL)

Shown = dict[Key, int]


def _days(methods: Methods, draw: Draw, least: int) -> list[Shown]:
    """Return what each day's table shows: some cells busy, some with next to nothing."""
    rates = draw.gamma(0.7, 18.0, (len(ZONES), len(THEMES)))
    days = []
    for _ in range(DAYS):
        drawn = draw.poisson(rates).tolist()
        counts = {
            (zone, theme): drawn[i][j]
            for i, zone in enumerate(ZONES)
            for j, theme in enumerate(THEMES)
        }
        cells = lay_out(counts, PARENTS)
        withheld = methods.withhold(cells, least)
        days.append({cell.key: cell.value for cell in cells if cell.key not in withheld})
    return days


def _answer(days: list[Shown], first: int, last: int, key: Key) -> int | None:
    found = [day.get(key) for day in days[first:last]]
    return None if None in found else sum(value or 0 for value in found)


def _pick(draw: Draw, names: tuple[str, ...], whole: str) -> str:
    """Return the whole itself, or as often a part of it (the same, when it is a part already)."""
    return whole if whole != TOTAL or draw.random() < _HALF else str(draw.choice(names))


def run(methods: Methods, draw: Draw, runs: int) -> Outcome:
    """Ask random nested pairs and count the differences from 1 to one less than the threshold."""
    least = threshold("agency")
    hits = answered = 0
    days: list[Shown] = []
    for number in range(runs):
        if number % 1_000 == 0:
            days = _days(methods, draw, least)
        first, last = sorted(draw.choice(DAYS + 1, 2, replace=False).tolist())
        last = min(last, first + 4)
        outer = (_pick(draw, ZONES, TOTAL), _pick(draw, THEMES, TOTAL))
        inner = (_pick(draw, ZONES, outer[0]), _pick(draw, THEMES, outer[1]))
        shorter = int(draw.integers(first + 1, last + 1))
        whole, part = _answer(days, first, last, outer), _answer(days, first, shorter, inner)
        if whole is not None and part is not None:
            answered += 1
            hits += 0 < whole - part < least
    return Outcome(runs, hits, 0, {"both_answered": answered})


ATTACK = Attack(
    name="differencing",
    title={
        "fr": "Soustraire deux réponses emboîtées",
        "en": "Subtract two nested answers",
    },
    measure={"fr": "petits groupes trouvés", "en": "small groups found"},
    runs=10_000,
    run=run,
)
