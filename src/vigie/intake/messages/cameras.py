"""What a camera saw, known by its keys: it enters by no other door than the legal one.

Analytics of video are a gated input of their own (law, ALG-1); a sensor feed that carries them by
accident or by habit is refused before anything of it is looked at.
"""

from __future__ import annotations

import re

from vigie.intake.messages.ngsi import attribute
from vigie.intake.messages.tree import Tree

_KEYS = frozenset(
    {
        "camera", "before", "after", "snapshot", "thumbnail", "thumb_path", "frame_time", "face",
        "faces", "plate", "plate_box", "licensePlate", "recognized_license_plate", "sub_label",
        "has_clip", "event_id", "videoURL", "initialFrame",
    }
)  # fmt: skip
_TYPES = frozenset({"description", "face", "lpr", "classification", "thumbnail"})
_SOURCE = re.compile(r"(?:.*[:/])?(?:camera|cam)[-_: ]?\w*", re.IGNORECASE)
_DEPTH = 3
_MOST = 20


def seen_by_camera(tree: Tree, depth: int = _DEPTH) -> bool:
    """Say whether a message comes from a camera: by its keys, its type, or who is its source."""
    if isinstance(tree, list):
        return any(seen_by_camera(one, depth) for one in tree[:_MOST])
    if not isinstance(tree, dict) or depth == 0:
        return False
    kind = tree.get("type")
    if not _KEYS.isdisjoint(tree) or (isinstance(kind, str) and kind in _TYPES):
        return True
    source = attribute(tree.get("alertSource")).value
    if isinstance(source, str) and _SOURCE.fullmatch(source[:200]):
        return True
    return any(seen_by_camera(one, depth - 1) for one in tree.values())
