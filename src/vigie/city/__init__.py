"""The synthetic city: one seeded ground truth of Marseille in outline, emitted as native feeds.

Everything here is invented. ``build`` writes native files that enter Vigie only through its
connectors; the truth is written apart. ``live`` goes on from where ``build`` stopped.
"""

from vigie.city.building import DEMO_DAYS, DEMO_SCALE, build
from vigie.city.live import LiveMessage, hospital_past, live, live_admissions
from vigie.city.manifest import CityManifest, read_manifest

__all__ = [
    "DEMO_DAYS",
    "DEMO_SCALE",
    "CityManifest",
    "LiveMessage",
    "build",
    "hospital_past",
    "live",
    "live_admissions",
    "read_manifest",
]
