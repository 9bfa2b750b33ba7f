"""An administrator's word that the machine's clock is right, written down before it is believed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vigie.audit.store import Audit
from vigie.base.clock import now_us
from vigie.base.errors import HomeInvalid, Unavailable
from vigie.base.house_clock import HouseClock
from vigie.base.settings import load_settings
from vigie.jobs.time_watching import believed
from vigie.situation.home import is_home
from vigie.situation.house_time import clock_of


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a word for the machine's clock did.

    Attributes:
        before_us: The home's time before, epoch µs.
        now_us: Its time now.
        doubted: Whether the clock was in doubt at all; nothing was done otherwise.
    """

    before_us: int
    now_us: int
    doubted: bool


def confirm_clock(home: Path, who: str) -> Confirmed:
    """Believe the machine's clock as it stands; a server of the home follows within seconds.

    Args:
        home: The home's folder.
        who: Who says so, for the audit.

    Raises:
        HomeInvalid: When the folder is no home.
        Unavailable: When audit or record cannot be written: nothing was changed.
    """
    if not is_home(home):
        raise HomeInvalid(home=str(home), reason="no home")
    settings = load_settings(home)
    clock = clock_of(home, settings)
    doubt = clock.doubt() if isinstance(clock, HouseClock) else None
    before = now_us(clock)
    if doubt is None or not isinstance(clock, HouseClock):
        return Confirmed(before, before, doubted=False)
    with closing(Audit.open(home / "audit", settings=settings.audit, clock=clock)) as audit:
        audit.append(believed(doubt, before, who))
        try:
            clock.confirm()
        except OSError as error:
            raise Unavailable(what="clock", reason=str(error)) from error
    return Confirmed(before, now_us(clock), doubted=True)
