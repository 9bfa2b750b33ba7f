"""The part of a cluster that works without being asked: intake and schedule, in one process.

Several stand by; the one that leads does it all. When it dies the database lets go of its lock, the
next one leads, and goes on with what the journal holds: nothing acknowledged is lost, and what was
committed before is left out by its id.
"""

from __future__ import annotations

import threading

from vigie.base.errors import Unavailable
from vigie.base.logging import get_logger
from vigie.base.supervisor import READY, tell_supervisor
from vigie.desk.leading import Lead
from vigie.jobs.schedule import Schedule
from vigie.situation.home import Home

LOOK_S = 1.0
"""How often who stands by asks for the lead, and who leads whether it still does."""
log = get_logger(__name__)


def lead_when_free(home: Home, stop: threading.Event) -> None:
    """Stand by, then lead until told to stop.

    Args:
        home: The open home.
        stop: Set to end.

    Raises:
        SettingsInvalid: When the desk is no PostgreSQL database.
        Unavailable: When the lead was lost: another may have it, this process is to end.
    """
    lead = Lead(home.desk.engine)
    tell_supervisor(READY)
    try:
        while not lead.take():
            if stop.wait(LOOK_S):
                return
        log.info("leads")
        home.intake.start()
        try:
            with home.intake.reach.lead(), Schedule(home):
                while not stop.wait(LOOK_S):
                    if not lead.holds():
                        raise Unavailable(what="the lead among the processes of the cluster")
        finally:
            home.intake.stop()
    finally:
        lead.leave()
