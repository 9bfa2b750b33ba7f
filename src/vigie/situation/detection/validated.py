"""What a labelled set said of a detector that was brought, as it is kept beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vigie.watch.vision.plugged import Plugged

FOLDER = "detectors"


def place_of(home: Path, plugged: Plugged) -> Path:
    """Return where the result of a detector stands."""
    return home / FOLDER / f"{plugged.name}.validation.json"


def read_validation(home: Path, plugged: Plugged) -> dict[str, Any] | None:
    """Return what a set said of exactly this model; None where none was run."""
    path = place_of(home, plugged)
    try:
        known = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    same = isinstance(known, dict) and known.get("model_sha256") == plugged.description.sha256
    return known if same else None


def words_of(known: Mapping[str, Any] | None) -> dict[str, str]:
    """Return a result in words, French and English."""
    if known is None:
        return {
            "fr": "Non validé : aucun jeu annoté n'a été passé.",
            "en": "Not validated: no labelled set was run.",
        }
    share = f"{known['found']}/{known['events']}"
    span = f"{known['found_low']:.2f}–{known['found_high']:.2f}"
    minutes = f"{known['seconds'] / 60:.1f}"
    day = str(known["at"])[:10]
    name = f"{known['set']} ({known['footage']}, {known['set_sha256'][:12]})"
    return {
        "fr": f"Jeu « {name} », passé le {day} : {share} trouvés (95 % : {span}),"
        f" {known['false_alarms']} fausse(s) alerte(s) en {minutes} min.",
        "en": f"Set “{name}”, run on {day}: {share} found (95 %: {span}),"
        f" {known['false_alarms']} false alarm(s) in {minutes} min.",
    }
