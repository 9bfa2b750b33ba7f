"""Versions of plans by hand as the interface tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import shapely
from shapely.geometry import mapping

from vigie.base.clock import to_rfc3339
from vigie.desk.plan_versions import PlanVersion
from vigie.situation.rights import View


def shown_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return fields of a record as the interface tells them: instants and GeoJSON."""
    told = dict(values)
    for name in ("starts_us", "ends_us"):
        if name in told:
            told[name.replace("_us", "_at")] = to_rfc3339(told.pop(name))
    if told.get("geometry") is not None:
        told["geometry"] = dict(mapping(shapely.from_wkt(told["geometry"])))
    return told


def version_json(
    view: View, one: PlanVersion, before: Mapping[str, Any], *, told: bool
) -> dict[str, Any]:
    """Return a version as the interface tells it; ``told`` says who did it."""
    names = [name for name in one.changed if view.sees(name)]
    return {
        "version": one.version,
        "at": to_rfc3339(one.at_us),
        "act": one.act,
        "who": one.who if told else None,
        "service": one.service,
        "reason": one.reason,
        "changed": [name.replace("_us", "_at") for name in names],
        "before": shown_values({name: before[name] for name in names if name in before}),
        "after": shown_values({name: one.record[name] for name in names}),
    }
