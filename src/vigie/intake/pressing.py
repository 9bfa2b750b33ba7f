"""What is refused at the door is told: an event while messages are refused, and one at the end."""

from __future__ import annotations

from vigie.intake.admitting import Admission, Pressure
from vigie.intake.events import PRESSURE, EventLog
from vigie.intake.refusals import Refusals

TELL_S = 2.0


class PressureTeller:
    """Tells how many messages were refused since it last told, by priority."""

    def __init__(self, admission: Admission, events: EventLog) -> None:
        self._admission = admission
        self._events = events
        self._pressed = False
        self._refused: dict[int, int] = {}

    @property
    def now(self) -> Pressure:
        """How much waits and what was refused since the process began."""
        return self._admission.pressure

    @property
    def refusals(self) -> Refusals:
        """What was refused since the process began, by reason."""
        return self._admission.refusals

    def note_answer(self, seconds: float) -> None:
        """Note how long a push waited until it was on disk."""
        self._admission.note_answer(seconds)

    def note_processed(self, n: int) -> None:
        """Note that another process processed so many messages."""
        self._admission.note(-n)

    def tell(self) -> bool:
        """Log an event while messages are refused, and one when that has ended; say whether."""
        now = self.now
        fresh = {one: n - self._refused.get(one, 0) for one, n in now.refused.items()}
        pressed = any(fresh.values())
        if not pressed and not self._pressed:
            return False
        data = {
            "pressed": pressed,
            "waiting": now.waiting,
            "refused": _by_name(now.refused),
            "refused_since": _by_name(fresh),
        }
        self._events.append(PRESSURE, data)
        self._pressed, self._refused = pressed, now.refused
        return True


def _by_name(counts: dict[int, int]) -> dict[str, int]:
    return {str(priority): n for priority, n in sorted(counts.items())}
