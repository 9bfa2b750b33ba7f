"""Sound levels by the minute: what a gateway publishes of its sensors, in NGSI-LD over MQTT."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from vigie.city import levels
from vigie.city.chance import stream
from vigie.city.feeds.series import NOISE, NOISE_SIGMA_DB
from vigie.city.kinds import FloatArray
from vigie.city.ledger import Feed
from vigie.city.span import HOUR_US, MINUTE_US, utc_text
from vigie.city.truth import Truth

SOURCE = "sensors_noise_live"
DECIBEL = "2N"
"""UN/CEFACT recommendation 20."""

MINUTES = 15
"""How many minutes before now lie in the file."""


def level(value: float) -> dict[str, Any]:
    """Return a level, or a difference of levels, as an NGSI-LD property."""
    return {"type": "Property", "value": round(value, 1), "unitCode": DECIBEL}


def _instant(text: str) -> dict[str, Any]:
    return {"type": "Property", "value": {"@type": "DateTime", "@value": text}}


def _faults(truth: Truth, at_us: int) -> Iterator[tuple[str, levels.Anomaly]]:
    """Yield the sensors that are out of order at an instant."""
    for anomaly in levels.anomalies(truth):
        source, _, ref = anomaly.series.partition(":")
        if source == NOISE and anomaly.from_us <= at_us < anomaly.to_us:
            yield ref, anomaly


def observations(truth: Truth, expected: FloatArray, at_us: int) -> list[dict[str, Any]]:
    """Return one minute of every sensor, each a ``NoiseLevelObserved``; a silent one is left out.

    Args:
        truth: The truth.
        expected: ``levels.noise_expected(truth)``.
        at_us: Start of the minute.
    """
    minute = at_us // MINUTE_US
    slot = int((at_us - truth.span.start_us) // HOUR_US)
    chance = stream(truth.seed, NOISE, "live", int(minute))
    sensors = levels.noise_sensors()
    value = expected[slot] + chance.normal(0, 2.0 * NOISE_SIGMA_DB, len(sensors))
    peaks = 4.0 + chance.exponential(3.0, len(sensors))
    ends = np.array([minute * MINUTE_US, (minute + 1) * MINUTE_US], dtype=np.int64)
    since, until = utc_text(ends)
    faults = dict(_faults(truth, at_us))
    out = []
    for sensor, usual, peak in zip(sensors, value.tolist(), peaks.tolist(), strict=True):
        fault = faults.get(sensor.ref)
        if fault is not None and fault.name == "silent_sensor":
            continue
        told = usual if fault is None else fault.size
        out.append(
            {
                "id": f"urn:ngsi-ld:NoiseLevelObserved:sensor.noise.{sensor.ref}",
                "type": "NoiseLevelObserved",
                "dateObservedFrom": _instant(since),
                "dateObservedTo": _instant(until),
                "LAeq": level(told),
                "LAmax": level(told + peak),
                "location": {
                    "type": "GeoProperty",
                    "value": {
                        "type": "Point",
                        "coordinates": [round(sensor.lon, 5), round(sensor.lat, 5)],
                    },
                },
            }
        )
    return out


def message(entities: list[dict[str, Any]]) -> bytes:
    """Return what the gateway publishes at once: an array of entities."""
    return json.dumps(entities, separators=(",", ":")).encode()


def emit(truth: Truth, folder: Path) -> Feed:
    """Write the last whole minutes before now, as the gateway had kept them.

    The hours before stand in the hourly export of the same sensors.
    """
    (folder / SOURCE).mkdir()
    expected = levels.noise_expected(truth)
    end_us = truth.now_us // MINUTE_US * MINUTE_US
    starts = range(end_us - MINUTES * MINUTE_US, end_us, MINUTE_US)
    entities = [one for at_us in starts for one in observations(truth, expected, at_us)]
    name = f"{SOURCE}/bruit.json"
    (folder / name).write_bytes(message(entities))
    return Feed(
        source=SOURCE,
        connector="sensors_mqtt",
        title={"fr": "Capteurs de bruit en direct (MQTT)", "en": "Noise sensors, live (MQTT)"},
        mapping="",
        kind="measures",
        paths=(name,),
        rows=len(entities),
        records=2 * len(entities),
        options={"places": "places"},
        via="mqtt",
    )
