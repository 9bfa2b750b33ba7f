"""Who asks about recordings, and whether they may open one: said beforehand, in a word."""

from __future__ import annotations

from typing import Any

from vigie.base.clock import now_us, to_rfc3339
from vigie.situation.caller import Caller
from vigie.situation.home import Home
from vigie.situation.video import MOST_CAMERAS, RECORDINGS
from vigie.situation.video_search import searchable
from vigie.watch.recording.agents import agents, is_designated


def looker(home: Home, caller: Caller) -> dict[str, Any]:
    """Return whether a caller may open pictures now, or what is missing; opens nothing."""
    own = caller.account_id
    found = next((one for one in agents(home.video.index) if own and one.account_id == own), None)
    if not home.rights.may(caller, RECORDINGS):
        why = "not_in_charter"
    elif caller.by_token or caller.view_as:
        why = "person_required"
    elif not is_designated(home.video.index, own, now_us(home.clock)):
        why = "agent_not_designated"
    else:
        why = "designated"
    until = to_rfc3339(found.until_us) if found and why == "designated" else None
    search = searchable(home)
    return {"why": why, "until": until, "most_cameras": MOST_CAMERAS, "search": search}
