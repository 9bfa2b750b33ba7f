"""Drawing streets and who is in them: grounds, silhouettes, vehicles, bags; no face, no plate.

Everything is drawn: a person is a dark outline without a feature, a vehicle a box on wheels. Places
are shares of the picture, sizes too, as the detectors' zones are.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 640, 360
Canvas = NDArray[np.uint8]
Colour = tuple[int, int, int]
Where = tuple[float, float]
_SHIFT = 4
"""Places are drawn to a sixteenth of a pixel: slow things glide, they do not jump."""


def _point(x: float, y: float) -> tuple[int, int]:
    return round(x * WIDTH * 2**_SHIFT), round(y * HEIGHT * 2**_SHIFT)


def _fill(canvas: Canvas, corners: list[Where], colour: Colour) -> None:
    ring = np.array([_point(*corner) for corner in corners], dtype=np.int32)
    cv2.fillPoly(canvas, [ring], colour, cv2.LINE_AA, _SHIFT)


def _block(canvas: Canvas, box: tuple[float, float, float, float], colour: Colour) -> None:
    left, top, right, bottom = box
    _fill(canvas, [(left, top), (right, top), (right, bottom), (left, bottom)], colour)


def _textured(colour: Colour, seed: int) -> Canvas:
    """Return a picture of one colour with the coarse grain of stone and asphalt."""
    chance = np.random.default_rng(seed)
    coarse = cv2.resize(
        chance.normal(0.0, 10.0, (45, 80)).astype(np.float32), (WIDTH, HEIGHT),
        interpolation=cv2.INTER_CUBIC,
    )  # fmt: skip
    fine = chance.normal(0.0, 1.5, (HEIGHT, WIDTH)).astype(np.float32)
    whole = np.array(colour, dtype=np.float32) + (coarse + fine)[:, :, None]
    return np.clip(whole, 0, 255).astype(np.uint8)


def street(seed: int) -> Canvas:
    """Return a one-way street seen along its length, between two pavements."""
    canvas = _textured((150, 152, 150), seed)
    road = _textured((92, 90, 88), seed + 1)
    shape = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    ring = np.array([(230, 0), (410, 0), (560, 360), (80, 360)], dtype=np.int32)
    cv2.fillPoly(shape, [ring], 255)
    canvas[shape > 0] = road[shape > 0]
    for number in range(5):
        middle, long = 0.06 + 0.2 * number, 0.05 + 0.012 * number
        wide = 0.004 + 0.002 * number
        _block(canvas, (0.5 - wide, middle, 0.5 + wide, middle + long), (210, 214, 214))
    return canvas


def yard(seed: int) -> Canvas:
    """Return a yard behind a fence, with the street before it."""
    canvas = _textured((140, 146, 148), seed)
    _block(canvas, (0.52, 0.12, 0.98, 0.62), (118, 128, 130))
    _block(canvas, (0.60, 0.0, 0.92, 0.22), (86, 96, 116))
    for number in range(24):
        x = 0.52 + 0.02 * number
        cv2.line(canvas, _point(x, 0.60), _point(x, 0.66), (70, 74, 74), 1, cv2.LINE_AA, _SHIFT)
    return canvas


def square(seed: int) -> Canvas:
    """Return a paved square with a bench and a kiosk."""
    canvas = _textured((158, 164, 168), seed)
    for number in range(9):
        y = 0.15 + 0.1 * number
        cv2.line(canvas, _point(0, y), _point(1, y), (146, 152, 156), 1, cv2.LINE_AA, _SHIFT)
    _block(canvas, (0.05, 0.05, 0.20, 0.42), (96, 120, 84))
    _block(canvas, (0.62, 0.44, 0.80, 0.50), (70, 96, 120))
    return canvas


def person(canvas: Canvas, foot: Where, tall: float, second: float, shade: int = 42) -> None:
    """Draw somebody as an outline: head, trunk, legs that step; ``tall`` in shares."""
    x, y = foot
    wide = tall * HEIGHT / WIDTH
    colour = (shade, shade, shade + 6)
    step = 0.10 * wide * math.sin(second * 7.0 + x * 40.0)
    hip, neck = y - 0.46 * tall, y - 0.84 * tall
    for side in (-1, 1):
        at = x + side * (0.05 * wide + step)
        middle = x + side * 0.05 * wide
        _fill(
            canvas,
            [(middle - 0.07 * wide, hip), (middle + 0.07 * wide, hip), (at + 0.05 * wide, y),
             (at - 0.05 * wide, y)],
            colour,
        )  # fmt: skip
    _fill(
        canvas,
        [(x - 0.16 * wide, neck), (x + 0.16 * wide, neck), (x + 0.13 * wide, hip),
         (x - 0.13 * wide, hip)],
        colour,
    )  # fmt: skip
    head = _point(x, y - 0.91 * tall)
    radius = max(1, round(0.075 * tall * HEIGHT * 2**_SHIFT))
    cv2.circle(canvas, head, radius, colour, -1, cv2.LINE_AA, _SHIFT)


def vehicle(canvas: Canvas, middle: Where, wide: float, colour: Colour) -> None:
    """Draw a vehicle from above and behind: body, roof, no plate."""
    x, y = middle
    tall = wide * 1.5
    _block(canvas, (x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2), colour)
    dark = (colour[0] // 2, colour[1] // 2, colour[2] // 2)
    _block(canvas, (x - wide * 0.38, y - tall * 0.3, x + wide * 0.38, y + tall * 0.1), dark)


def bag(canvas: Canvas, foot: Where, wide: float) -> None:
    """Draw a bag that stands on the ground."""
    x, y = foot
    tall = wide * 1.5
    _block(canvas, (x - wide / 2, y - tall, x + wide / 2, y), (30, 26, 60))
    _block(canvas, (x - wide / 3, y - tall * 0.7, x + wide / 3, y - tall * 0.5), (60, 60, 110))


def rain(canvas: Canvas, drops: int, chance: np.random.Generator) -> None:
    """Draw streaks of rain over a picture."""
    for x, y in chance.integers(0, (WIDTH, HEIGHT - 12), (drops, 2)).tolist():
        cv2.line(canvas, (x, y), (x, y + 11), (200, 200, 200), 1)


def marked(canvas: Canvas) -> Canvas:
    """Return a picture that says of itself that it was drawn."""
    text, font = "DEMO - IMAGE DE SYNTHESE", cv2.FONT_HERSHEY_SIMPLEX
    for wide, colour in ((3, (0, 0, 0)), (1, (255, 255, 255))):
        cv2.putText(canvas, text, (8, HEIGHT - 10), font, 0.45, colour, wide, cv2.LINE_AA)
    return canvas
