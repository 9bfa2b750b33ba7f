"""What the synthetic city's cameras film: a quiet part, one happening, and the truth of it.

A camera shows its quiet part over and over and the happening once in a while. Each is drawn from
its second alone, so that a picture is the same whenever it is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from vigie.city.filmed import drawing
from vigie.city.filmed.drawing import Canvas, Where

FPS = 10
QUIET_S = 20.0
Paint = Callable[[Canvas, float], None]
WHOLE: tuple[Where, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


@dataclass(frozen=True, slots=True)
class Truth:
    """What happens in a scene's second part, seconds from its first picture.

    Attributes:
        event: Type of event, one of the law's eight.
        from_s: When it begins.
        to_s: When it ends.
    """

    event: str
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True)
class FilmedScene:
    """One camera's scene.

    Attributes:
        name: Its name, also that of its files.
        title: What it shows, French and English.
        ground: What never changes.
        happening: Draws who is there at a second of the second part.
        seconds: How long that part is.
        truth: What happens in it.
        detector: What is looked for.
        parameters: How that is set, by name, as on the command line.
        quiet: Draws who is there at a second of the quiet part.
        ring: Zone of the detector, shares of the picture.
        towards: Its direction, or none.
        light: Light at a second of the second part: 1 is that of the quiet part.
        drops: Streaks of rain a picture.
        before: How often the quiet part is shown before the first happening.
        between: How often between two.
        hidden: What its camera may not see, shares of the picture: burnt in before it is stored.
    """

    name: str
    title: Mapping[str, str]
    ground: Canvas
    happening: Paint
    seconds: float
    truth: Truth
    detector: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    quiet: Paint = lambda _canvas, _second: None
    ring: tuple[Where, ...] = WHOLE
    towards: Where | None = None
    light: Callable[[float], float] = lambda _second: 1.0
    drops: int = 0
    before: int = 2
    between: int = 30
    hidden: tuple[tuple[Where, ...], ...] = ()

    def pictures(self, part: str, fps: int = FPS) -> Iterator[Canvas]:
        """Yield the pictures of a part, ``quiet`` or ``happening``, BGR, so many a second."""
        whole = part == "happening"
        chance = np.random.default_rng(len(self.name))
        for number in range(round((self.seconds if whole else QUIET_S) * fps)):
            second = number / fps
            canvas = self.ground.copy()
            (self.happening if whole else self.quiet)(canvas, second)
            if self.drops:
                drawing.rain(canvas, self.drops, chance)
            bright = self.light(second) if whole else 1.0
            lit = canvas if bright == 1.0 else np.clip(canvas * bright, 0, 255).astype(np.uint8)
            yield drawing.marked(lit)


def _between(second: float, from_s: float, to_s: float, start: Where, end: Where) -> Where | None:
    """Return where something is that goes from one place to another; None outside its time."""
    if not from_s <= second <= to_s:
        return None
    share = (second - from_s) / (to_s - from_s)
    return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])


# --- A one-way street in the rain: vehicles go up the picture, one comes down ---------------------


def _goes_up(canvas: Canvas, second: float, from_s: float, lane: float) -> None:
    at = _between(second, from_s, from_s + 5.0, (lane, 1.15), (0.5 + (lane - 0.5) * 0.45, -0.15))
    if at is not None:
        drawing.vehicle(canvas, at, 0.07 + 0.07 * max(0.0, at[1]), (60, 66, 150))


def _street_quiet(canvas: Canvas, second: float) -> None:
    _goes_up(canvas, second, 4.0, 0.42)


def _street_happening(canvas: Canvas, second: float) -> None:
    _goes_up(canvas, second, 3.0, 0.42)
    _goes_up(canvas, second, 28.0, 0.56)
    at = _between(second, 14.0, 20.0, (0.52, -0.15), (0.58, 1.2))
    if at is not None:
        drawing.vehicle(canvas, at, 0.07 + 0.07 * max(0.0, at[1]), (150, 110, 50))


# --- A yard where nobody may be: one passes by, one comes in; a cloud takes the light -------------


def _passes(canvas: Canvas, second: float) -> None:
    at = _between(second, 5.0, 14.0, (-0.06, 0.92), (1.06, 0.92))
    if at is not None:
        drawing.person(canvas, at, 0.26, second)


def _yard_happening(canvas: Canvas, second: float) -> None:
    at = (
        _between(second, 20.0, 26.0, (0.30, 1.05), (0.70, 0.50))
        or _between(second, 26.0, 34.0, (0.70, 0.50), (0.86, 0.46))
        or _between(second, 34.0, 40.0, (0.86, 0.46), (0.35, 1.35))
    )
    if at is not None:
        drawing.person(canvas, at, 0.24, second)


def _cloud(second: float) -> float:
    return 1.0 - 0.3 * min(1.0, max(0.0, second - 6.0)) * min(1.0, max(0.0, 46.0 - second))


# --- A square: somebody puts a bag down beside the bench and leaves -------------------------------


def _square_quiet(canvas: Canvas, second: float) -> None:
    at = _between(second, 6.0, 16.0, (1.06, 0.95), (-0.06, 0.88))
    if at is not None:
        drawing.person(canvas, at, 0.3, second)


def _square_happening(canvas: Canvas, second: float) -> None:
    put = 10.0 <= second <= 62.0
    if put:
        drawing.bag(canvas, (0.54, 0.66), 0.045)
    at = (
        _between(second, 4.0, 9.0, (-0.06, 0.72), (0.50, 0.67))
        or _between(second, 9.0, 14.0, (0.50, 0.67), (0.505, 0.67))
        or _between(second, 14.0, 20.0, (0.505, 0.67), (-0.08, 0.75))
        or _between(second, 58.0, 62.0, (-0.06, 0.75), (0.50, 0.67))
        or _between(second, 62.0, 67.0, (0.50, 0.67), (-0.08, 0.72))
    )
    if at is not None:
        drawing.person(canvas, at, 0.36, second)
        if second < 10.0 or second > 62.0:
            drawing.bag(canvas, (at[0] + 0.04, at[1] - 0.06), 0.045)


# --- The same square from above: a crowd grows, stands, and goes ----------------------------------


def _crowd(canvas: Canvas, second: float) -> None:
    """Forty people come one after the other from 6 s on, stand until 45 s, and go.

    With 14 m² the 28th, at 18.6 s, makes it two persons a m².
    """
    for number in range(40):
        row, column = divmod(number, 8)
        place = (0.14 + 0.1 * column + 0.02 * (row % 2), 0.42 + 0.12 * row)
        side = -0.08 if column < 4 else 1.08
        comes, goes = 6.0 + 0.45 * number, 45.0 + 0.2 * number
        start = (side, place[1])
        at = (
            _between(second, comes, comes + 4.0, start, place)
            or _between(second, comes + 4.0, goes, place, place)
            or _between(second, goes, goes + 4.0, place, start)
        )
        if at is not None:
            drawing.person(canvas, at, 0.18 + 0.03 * row, second * 0.15, 40 + number % 5 * 6)


def filmed_scenes() -> tuple[FilmedScene, ...]:
    """Return the scenes, in the order in which a demo takes them."""
    return (
        FilmedScene(
            "street",
            {"fr": "rue à sens unique, pluie", "en": "one-way street, rain"},
            drawing.street(3),
            _street_happening,
            36.0,
            Truth("wrong_way", 14.0, 20.0),
            "wrong_way",
            quiet=_street_quiet,
            ring=((0.1, 0.0), (0.9, 0.0), (0.9, 1.0), (0.1, 1.0)),
            towards=(0.0, -1.0),
            drops=12,
        ),
        FilmedScene(
            "yard",
            {
                "fr": "cour fermée, lumière changeante",
                "en": "closed yard, changing light",
            },
            drawing.yard(5),
            _yard_happening,
            50.0,
            Truth("forbidden_zone", 23.5, 36.0),
            "forbidden_zone",
            quiet=_passes,
            ring=((0.52, 0.12), (0.98, 0.12), (0.98, 0.62), (0.52, 0.62)),
            light=_cloud,
            before=3,
            hidden=(((0.60, 0.0), (0.92, 0.0), (0.92, 0.22), (0.60, 0.22)),),
        ),
        FilmedScene(
            "square",
            {"fr": "place, sac près d'un banc", "en": "square, a bag beside a bench"},
            drawing.square(7),
            _square_happening,
            70.0,
            Truth("abandoned_object", 17.0, 58.0),
            "abandoned_object",
            {"dwell_s": "15"},
            quiet=_square_quiet,
            before=4,
        ),
        FilmedScene(
            "crowd",
            {"fr": "place, attroupement qui grossit", "en": "square, a growing crowd"},
            drawing.square(11),
            _crowd,
            60.0,
            Truth("density", 18.6, 51.0),
            "density",
            {"zone_m2": "14", "top_height": "0.1", "bottom_height": "0.34"},
            before=5,
        ),
    )
