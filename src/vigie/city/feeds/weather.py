"""The weather: hourly observations of one station, as Météo-France's service gives them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from vigie.city.feeds.writing import by_month
from vigie.city.ledger import Feed
from vigie.city.span import HOUR_US, MINUTE_US, IntArray, utc_text
from vigie.city.truth import Truth

WEATHER = "weather"
STATION = "13990001"
STATION_POINT = (5.3690, 43.3040)
"""Number of the station, in the form of a real one but none, and its longitude and latitude."""

LATE_US = 6 * MINUTE_US
"""How long after its hour an observation is published."""

ZERO_K = 273.15
PA_PER_HPA = 100


def observations(truth: Truth, slots: IntArray) -> list[dict[str, object]]:
    """Return the observations made at the starts of some slots, in kelvins and pascals.

    Rain and gust are those of the hour before, as a station gives them; everything else is of the
    instant, and stands for the hour that begins.
    """
    weather = truth.weather
    at = truth.span.slots_us[slots]
    made, published = utc_text(at), utc_text(at + LATE_US)
    return [
        {
            "lat": STATION_POINT[1],
            "lon": STATION_POINT[0],
            "geo_id_insee": STATION,
            "reference_time": published[i],
            "insert_time": published[i],
            "validity_time": made[i],
            "t": round(float(weather.temperature[s]) + ZERO_K, 2),
            "u": int(weather.humidity[s]),
            "ff": float(weather.wind[s]),
            "fxi": float(weather.gust[s - 1]) if s else None,
            "rr1": float(weather.rain[s - 1]) if s else None,
            "pmer": round(float(weather.pressure[s]) * PA_PER_HPA),
        }
        for i, s in enumerate(slots.tolist())
    ]


def answer(truth: Truth, slots: IntArray) -> bytes:
    """Return what the service answers about the starts of some slots: a JSON array."""
    lines = [json.dumps(one, separators=(",", ":")) for one in observations(truth, slots)]
    return ("[" + ",\n".join(lines) + "]\n").encode()


def hour_message(truth: Truth, at_us: int) -> bytes:
    """Return the observation that is published at an instant: that of the hour just struck."""
    slot = int((at_us - LATE_US - truth.span.start_us) // HOUR_US)
    return answer(truth, np.array([slot], dtype=np.int64))


def emit(truth: Truth, folder: Path) -> Feed:
    """Write the observations published by now, one JSON array a month; six measures each.

    The first has neither rain nor gust: its hour lies before the truth.
    """
    (folder / WEATHER).mkdir()
    slots_us = truth.span.slots_us
    past = np.flatnonzero(slots_us + LATE_US <= truth.now_us).astype(np.int64)
    paths = []
    for month, chosen in by_month(slots_us[past]):
        name = f"{WEATHER}/observations_{month}.json"
        (folder / name).write_bytes(answer(truth, past[chosen]))
        paths.append(name)
    return Feed(
        source=WEATHER,
        connector="weather",
        mapping="",
        kind="measures",
        paths=tuple(paths),
        rows=len(past),
        records=6 * len(past) - 2,
        options={"places": "places"},
    )
