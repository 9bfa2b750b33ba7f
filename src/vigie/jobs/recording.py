"""Recording while it is asked for: the recorders, the janitor beside them, alarms on the desk."""

from __future__ import annotations

import hashlib
import threading
from functools import partial

from vigie.base.clock import now_us
from vigie.base.logging import get_logger
from vigie.desk.alerts import Alert
from vigie.situation.home import Home
from vigie.situation.video import open_stream, space_of
from vigie.watch.recording.condition import Alarm, mark_told, untold_alarms
from vigie.watch.recording.index import FILE
from vigie.watch.recording.janitor import Janitor, Pass
from vigie.watch.recording.supervisor import Supervisor

RULE = "recorder_alarm"
TICK_S = 1.0
JANITOR_US = 60_000_000
ROOM_US = 5_000_000
_HOUR_US = 3_600_000_000
SEVERITY = {"disk_full": 4, "made_room": 4, "dropped": 3, "restarted": 2, "skew": 2}
TEXTS = {
    "disk_full": {
        "fr": "Enregistrement arrêté faute de place sur le disque",
        "en": "Recording stopped: no room on the disk",
    },
    "made_room": {
        "fr": "Des enregistrements ont été détruits avant leur terme, faute de place",
        "en": "Recordings were destroyed before their term for want of room",
    },
    "dropped": {
        "fr": "Un segment inachevé n’a pas pu être repris après un arrêt brutal",
        "en": "An unfinished segment could not be taken up after a crash",
    },
    "restarted": {
        "fr": "L’enregistreur d’une caméra s’est arrêté et a été relancé",
        "en": "The recorder of a camera ended and was started again",
    },
    "skew": {
        "fr": "L’horloge d’une caméra s’écarte de celle du serveur",
        "en": "The clock of a camera drifts from the server's",
    },
}
log = get_logger(__name__)


def janitor_of(home: Home) -> Janitor:
    """Return the janitor of a home's recordings."""
    return Janitor(home.video.index, home.audit, home.clock, space_of(home))


def tidy(home: Home) -> Pass:
    """Make a pass of the janitor and put alarms on the desk; nothing where nothing records."""
    if not (home.video.index.root / FILE).exists():
        return Pass()
    done = janitor_of(home).run()
    tell_alarms(home)
    return done


def tell_alarms(home: Home) -> int:
    """Put what the recorders raised on the desk; a kind and camera rings once an hour."""
    alarms = untold_alarms(home.video.index)
    if not alarms:
        return 0
    home.desk.alerts.raise_all([_alert(one) for one in alarms])
    mark_told(home.video.index, alarms)
    return len(alarms)


def _alert(alarm: Alarm) -> Alert:
    identity = f"{alarm.kind}|{alarm.camera_id}|{alarm.at_us // _HOUR_US}"
    about = f" ({alarm.camera_id})" if alarm.camera_id else ""
    return Alert(
        alert_id="alert-" + hashlib.blake2b(identity.encode(), digest_size=15).hexdigest(),
        rule=RULE,
        severity=SEVERITY[alarm.kind],
        at_us=alarm.at_us,
        until_us=alarm.at_us + _HOUR_US,
        explanation={language: text + about for language, text in TEXTS[alarm.kind].items()},
        numbers={"code": alarm.kind, "camera": alarm.camera_id, "n": alarm.n},
    )


def record(home: Home, stop: threading.Event) -> None:
    """Keep every camera of a home recording until told to stop.

    Raises:
        MissingPart: PyAV is not installed.
    """
    index = home.video.index
    janitor, space = janitor_of(home), space_of(home)
    tidy_us = room_us = 0
    with Supervisor(index, home.clock, partial(open_stream, home), space) as supervisor:
        while not stop.is_set():
            now = now_us(home.clock)
            supervisor.tick()
            if now - room_us >= ROOM_US and space.wanting(index) > 0:
                room_us = now
                janitor.make_room()
            if now - tidy_us >= JANITOR_US:
                tidy_us = now
                tidy(home)
            stop.wait(TICK_S)
