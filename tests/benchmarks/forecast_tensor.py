"""One day ahead on a tensor of counts: every score on all cells, beside the baselines.

    python3 run.py bench forecast_tensor --tensor FILE.npz [--json] [--country US]

The file has trn, val, tst (rows, columns, days, categories), categories, start_date and the bounds.
All choices are made on trn and val. The days of tst are behind ``Revealed``: a day's counts are
handed out only against its forecast, and scores are computed once all are given. Public holidays
are those of the country in which the bounds lie (United States, France), or none.
The last line is JSON: name and figures.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from datetime import date
from pathlib import Path

import holidays
import numpy as np

from vigie.base.translations import translate
from vigie.foresight.forecasting import scoring
from vigie.foresight.forecasting.intervals import fit_spread
from vigie.foresight.forecasting.models import MODELS
from vigie.foresight.forecasting.models.boosted import Boosted
from vigie.foresight.forecasting.models.ensemble import Ensemble
from vigie.foresight.forecasting.models.protocol import walked
from vigie.foresight.forecasting.models.tracked import Tracked
from vigie.foresight.forecasting.tensor import Tensor

GOALS = {"deviance": 0.487, "seconds": 60.0, "covered_80": (0.78, 0.82)}
COUNTRIES = {"US": (24.5, 49.4, -125.0, -66.9), "FR": (41.3, 51.1, -5.2, 9.6)}
BASELINES = ("naive", "historical", "ewma")
SHARE = 0.05


class Revealed:
    """The test days, each handed out against its forecast."""

    def __init__(self, counts):
        self._counts = counts
        self._told = []

    @property
    def days(self):
        return self._counts.shape[2]

    def submit(self, mean):
        """Take the forecast of the next day and return what that day brought."""
        day = len(self._told)
        self._told.append(np.array(mean, copy=True))
        return self._counts[:, :, day : day + 1]

    def judged(self):
        """Return forecasts and counts, once every day was forecast."""
        if len(self._told) < self.days:
            raise ValueError("not every day was forecast")
        cells = self._counts.shape[0] * self._counts.shape[1]
        counts = self._counts.reshape(cells, self.days, -1).astype(np.float64)
        return np.concatenate(self._told, axis=1), counts


def country_of(bounds):
    """Return the country in which the middle of the bounds lies, or None."""
    south, west, north, east = bounds
    latitude, longitude = (south + north) / 2, (west + east) / 2
    for code, (low, high, left, right) in COUNTRIES.items():
        if low < latitude < high and left < longitude < right:
            return code
    return None


def named_days(country, first, days):
    """Return the public holidays of a country around a run of days, by date."""
    if country is None:
        return {}
    years = range(first.year - 1, first.year + days // 365 + 2)
    return dict(holidays.country_holidays(country, years=list(years)).items())


def forecast(model, known, test, tensor_of, upto):
    """Fit on what is known, then go through the test days one by one."""
    begun, worked = time.perf_counter(), time.process_time()
    fitted = model.fit(tensor_of(known), upto)
    learnt = time.perf_counter() - begun
    counts = known
    for _ in range(test.days):
        tensor = tensor_of(counts)
        counts = np.concatenate([counts, test.submit(fitted.predict(tensor, tensor.slots, 1))], 2)
    seconds = time.perf_counter() - begun
    return fitted, {
        "seconds": round(seconds, 1),
        "seconds_learning": round(learnt, 1),
        "seconds_of_cores": round(time.process_time() - worked, 1),
    }


def scores(mean, counts, active, spread):
    """Return every figure of one model."""
    literature = scoring.masked(mean, counts)
    here, seen = mean[active], counts[active]
    covered = scoring.coverage(spread, here, seen)
    place = scoring.flagged(mean, counts, SHARE, active)
    found = {
        "deviance": scoring.deviance(mean, counts).mean(),
        "rmse": scoring.root_mean_square(mean, counts),
        "mae": float(np.abs(mean - counts).mean()),
        "bias": scoring.bias(mean, counts),
        "log_score": scoring.log_score(spread, here, seen).mean(),
        "crps": scoring.ranked_probability(spread, here, seen).mean(),
        "pai_5": place.pai,
        "pei_5": place.pei,
        "wei_held_z": scoring.calibration(here, seen, spread.alpha).z,
        "masked_mae_misleading": literature.mae,
        "masked_mape_misleading": literature.mape,
    }
    for one in covered:
        found[f"covered_{round(one.level * 100)}"] = one.calibrated
        found[f"printed_{round(one.level * 100)}"] = one.printed
    return {name: round(float(value), 5) for name, value in found.items()}


def next_day_ensemble():
    """Return the ensemble whose trees learn the next day only."""
    return Ensemble(members=(Boosted(ahead=(1,)), Tracked()))


def beside(mean, counts, hidden, known, tensor_of, train):
    """Return the scores of the baselines, and how far the forecast is from each."""
    active = tensor_of(known).active
    baselines, against = {}, {}
    for name in BASELINES:
        tensor = tensor_of(known)
        base = MODELS[name]().fit(tensor, train)
        validated = walked(base, tensor, train, known.shape[2])[active]
        spread = fit_spread(validated, tensor.counts[active, train : known.shape[2]])
        revealed = Revealed(hidden)
        forecast(MODELS[name](), known, revealed, tensor_of, train)
        other, _ = revealed.judged()
        baselines[name] = scores(other, counts, active, spread)
        against[name] = scoring.difference(mean, other, counts, week=7)
    return baselines, against


def told(one):
    """Return a difference between two models for the figures."""
    interval = [round(one.low, 5), round(one.high, 5)]
    won = f"{one.won}/{one.weeks}"
    return {"difference": round(one.mean, 5), "interval": interval, "weeks_won": won}


def run(path, country):
    """Return the figures."""
    file = np.load(path, allow_pickle=False)
    known = np.concatenate([file["trn"], file["val"]], axis=2)
    upto, ahead = known.shape[2], file["tst"].shape[2]
    first = date.fromisoformat(str(file["start_date"]))
    kinds = [str(one) for one in file["categories"]]
    bounds = next((file[name] for name in file.files if name.startswith("bounds")), None)
    country = country or (None if bounds is None else country_of(bounds))
    named = named_days(country, first, upto + ahead)

    def tensor_of(counts):
        left = upto + ahead - counts.shape[2]
        return Tensor.from_grid(counts, kinds, first, ahead=left, holidays=named)

    test = Revealed(file["tst"])
    fitted, took = forecast(next_day_ensemble(), known, test, tensor_of, upto)
    mean, counts = test.judged()
    train = file["trn"].shape[2]
    active = tensor_of(known).active
    figures = {
        "name": "forecast_tensor",
        "tensor": Path(path).name,
        "country": country,
        **scores(mean, counts, active, fitted.spread),
        **took,
        "weights": {
            of: dict(zip([m.name for m in fitted.members], w.round(3).tolist(), strict=True))
            for of, w in (("places", fitted.mix.shares), ("levels", fitted.mix.levels))
        },
        "alpha": dict(zip(kinds, fitted.spread.alpha.round(4).tolist(), strict=True)),
        "by_kind": dict(
            zip(kinds, scoring.deviance(mean, counts).mean((0, 1)).round(5).tolist(), strict=True)
        ),
    }
    baselines, against = beside(mean, counts, file["tst"], known, tensor_of, train)
    figures["baselines"] = baselines
    figures["against"] = {name: told(one) for name, one in against.items()}
    ones = scoring.masked(np.ones_like(counts), counts)
    figures["constant_1"] = {
        "masked_mae_misleading": round(ones.mae, 4),
        "masked_mape_misleading": round(ones.mape, 4),
        "deviance": round(float(scoring.deviance(np.ones_like(counts), counts).mean()), 4),
    }
    low, high = GOALS["covered_80"]
    figures["reached"] = {
        "deviance": figures["deviance"] <= GOALS["deviance"],
        "covered_80": low <= figures["covered_80"] <= high,
        "seconds": took["seconds"] <= GOALS["seconds"],
    }
    figures["load"] = round(os.getloadavg()[0], 1)
    figures["python"] = platform.python_version()
    return figures


def table(figures):
    """Return the figures for reading."""
    names = ("deviance", "rmse", "bias", "pei_5", "covered_50", "covered_80", "covered_95")
    masked = ("masked_mae_misleading", "masked_mape_misleading")
    lines = [
        "model".ljust(12) + " ".join(name.rjust(10) for name in (*names, "mMAE (!)", "mMAPE (!)"))
    ]
    for model, found in {"ensemble": figures, **figures["baselines"]}.items():
        row = [f"{found[name]:.4f}".rjust(10) for name in (*names, *masked)]
        lines.append(model.ljust(12) + " ".join(row))
    ones = figures["constant_1"]
    lines.append("(!) " + translate(scoring.MASKED_WARNING, "en"))
    lines.append(
        f"(!) a constant 1 gives {ones['masked_mae_misleading']} / "
        f"{ones['masked_mape_misleading']}, with a deviance of {ones['deviance']}."
    )
    lines.append(
        "covered_*: randomised interval; printed_*: printed whole numbers, which hold more"
    )
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tensor", required=True)
    parser.add_argument("--country", default=None, help="two letters; from the bounds unless told")
    parser.add_argument("--json", action="store_true", help="nothing but the JSON line")
    arguments = parser.parse_args()
    figures = run(arguments.tensor, arguments.country)
    if not arguments.json:
        print(table(figures))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
