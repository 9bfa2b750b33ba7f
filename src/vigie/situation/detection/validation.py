"""What a labelled set says of a detector that was brought: run once, kept with date and hashes.

A result belongs to the model and the description that it was run with: another hash, and the
detector is *not validated* again.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import scipy
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vigie.base.clock import now_us, to_rfc3339
from vigie.base.errors import WrongUsage
from vigie.model.times import SECOND_US
from vigie.situation.caller import Caller
from vigie.situation.detection.looking import Looking, try_clip
from vigie.situation.detection.validated import place_of
from vigie.situation.home import Home
from vigie.watch.vision.detector import Detector, DetectorParameters
from vigie.watch.vision.geometry import WHOLE
from vigie.watch.vision.plugged import Plugged

SLACK_S = 2.0
"""An event this long before what is labelled, or after it, is still that."""
LEAST_EVENTS = 1
_Stretch = tuple[float, float]


class LabelledClip(BaseModel):
    """A clip, and when what is looked for happens on it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(min_length=1, max_length=200)
    truth: list[_Stretch] = Field(description="From and to, seconds of the clip; empty: never.")


class LabelledSet(BaseModel):
    """A labelled set: who made it, on what footage, and its clips."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=3, max_length=200)
    footage: str = Field(description="synthetic or staged; a trial on anything else needs a grant.")
    clip: list[LabelledClip] = Field(min_length=1)


def read_set(path: Path) -> tuple[LabelledSet, str]:
    """Return a labelled set and one hash over it and its clips.

    Raises:
        WrongUsage: It is none, or a clip is missing.
    """
    try:
        content = path.read_bytes()
        found = LabelledSet.model_validate(tomllib.loads(content.decode("utf-8")))
        summed = hashlib.sha256(content)
        for one in found.clip:
            summed.update(hashlib.sha256((path.parent / one.file).read_bytes()).digest())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise WrongUsage(reason=f"{path.name}: {error}"[:200], field="set") from error
    return found, summed.hexdigest()


def validate(
    home: Home,
    caller: Caller,
    brought: tuple[Plugged, Detector],
    params: DetectorParameters,
    path: Path,
    *,
    tell: Callable[[float], None] = lambda _: None,
) -> dict[str, Any]:
    """Run a detector over a labelled set and keep what came out; return it.

    Each clip is a trial with its own line in the audit; no detection is kept.

    Raises:
        Forbidden: The role may not.
        WrongUsage: The set is none, or has nothing to be found.
    """
    plugged, detector = brought
    labelled, sha256 = read_set(path)
    if sum(len(one.truth) for one in labelled.clip) < LEAST_EVENTS:
        raise WrongUsage(reason=f"{path.name}: truth", field="truth")
    events = found = false = 0
    seconds = 0.0
    for number, one in enumerate(labelled.clip):
        asked = Looking("", str(path.parent / one.file), detector, params, WHOLE, start_us=0)
        seen, looked = try_clip(home, caller, asked, labelled.footage)
        spans = [(it.from_us / SECOND_US, it.to_us / SECOND_US) for it in seen]
        events += len(one.truth)
        found += sum(any(_meet(truth, span) for span in spans) for truth in one.truth)
        false += sum(not any(_meet(truth, span) for truth in one.truth) for span in spans)
        seconds += looked.seconds
        tell((number + 1) / len(labelled.clip))
    result = {
        "detector": plugged.name,
        "model_sha256": plugged.description.sha256,
        "set": labelled.title,
        "set_sha256": sha256,
        "footage": labelled.footage,
        "parameters": params.model_dump(),
        "at": to_rfc3339(now_us(home.clock)),
        "by": caller.name,
        "clips": len(labelled.clip),
        "seconds": round(seconds, 1),
        "events": events,
        "found": found,
        "found_low": round(_low(found, events), 3),
        "found_high": round(_high(found, events), 3),
        "false_alarms": false,
    }
    target = place_of(home.path, plugged)
    part = target.with_suffix(".part")
    part.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", "utf-8")
    part.replace(target)
    return result


def _meet(truth: _Stretch, span: _Stretch) -> bool:
    return span[0] <= truth[1] + SLACK_S and span[1] >= truth[0] - SLACK_S


def _low(k: int, n: int) -> float:
    """Return the lower end of the exact 95 % interval (Clopper and Pearson)."""
    return float(scipy.stats.beta.ppf(0.025, k, n - k + 1)) if k else 0.0


def _high(k: int, n: int) -> float:
    """Return its upper end."""
    return float(scipy.stats.beta.ppf(0.975, k + 1, n - k)) if k < n else 1.0
