"""Hourly weather of the synthetic city: seasons, mistral, rare and heavy rain."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vigie.city.chance import stream
from vigie.city.kinds import FloatArray
from vigie.city.span import Span


@dataclass(frozen=True)
class Weather:
    """Hourly values on the slots of a span.

    Attributes:
        temperature: Degrees Celsius.
        rain: Millimetres in the hour.
        wind: Mean wind, m/s.
        gust: Strongest gust, m/s.
        humidity: Relative humidity, %.
        pressure: Sea-level pressure, hPa.
    """

    temperature: FloatArray
    rain: FloatArray
    wind: FloatArray
    gust: FloatArray
    humidity: FloatArray
    pressure: FloatArray


def _smooth(noise: FloatArray, memory: float) -> FloatArray:
    """Return a stationary AR(1) series of unit variance driven by ``noise``."""
    out = np.empty_like(noise)
    state = noise[0]
    keep = np.sqrt(1 - memory**2)
    for index, shock in enumerate(noise.tolist()):
        state = memory * state + keep * shock
        out[index] = state
    return out


def make_weather(span: Span, seed: int) -> Weather:
    """Return the weather of a span; the first hours do not depend on how long the span is."""
    n = span.hours
    chance = stream(seed, "weather")
    noise = chance.standard_normal((n, 4))
    uniform = chance.random((n, 2))
    synoptic = _smooth(noise[:, 0], 0.985)
    windy = _smooth(noise[:, 1], 0.98)
    wet = _smooth(noise[:, 2], 0.90)
    season = np.cos(2 * np.pi * (span.day_of_year - 205) / 365.25)
    hour = np.cos(2 * np.pi * (span.local_hour - 15) / 24)
    temperature = 15.8 + 8.3 * season + (3.2 + 1.2 * season) * hour + 2.4 * synoptic
    wetness = wet - 0.5 * synoptic - 0.25 * season
    autumn = np.isin(span.month, (9, 10, 11))
    raining = wetness > np.where(autumn, 1.75, 1.95)
    amount = -np.log(uniform[:, 0] + 1e-12) * np.where(autumn, 3.0, 1.6)
    rain = np.where(raining, np.round(amount, 1), 0.0)
    mistral = np.clip(windy - 0.8, 0.0, None) * 9.0
    wind = np.clip(2.6 + mistral + 0.9 * hour + 0.5 * noise[:, 3], 0.2, None)
    gust = wind * (1.35 + 0.35 * uniform[:, 1])
    humidity = np.clip(68 - 9 * hour - 1.8 * mistral + np.where(raining, 20, 0), 18, 99)
    pressure = 1015 + 6.0 * synoptic - np.where(raining, 4.0, 0.0)
    return Weather(
        temperature=np.round(temperature - 0.15 * mistral, 1),
        rain=rain,
        wind=np.round(wind, 1),
        gust=np.round(gust, 1),
        humidity=np.round(humidity, 0),
        pressure=np.round(pressure, 1),
    )
