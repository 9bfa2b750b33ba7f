"""How the recorder does: health of each camera, alarms, bytes held."""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass

from vigie.watch.recording.index import Index


@dataclass(frozen=True, slots=True)
class Health:
    """How the recorder of a camera does.

    Attributes:
        camera_id: The camera.
        at_us: When it said so, epoch µs.
        state: recording, connecting, not_authorised, not_masked, disk_full or stopped.
        packet_us: When its last packet came; None before the first.
        skew_us: How far the stream's clock is ahead of the machine's since the connection.
        reconnects: Times that it had to connect again since it was started.
        bytes_per_s: Of the stream.
        pid: Its process.
        cpu_permille: What it took of one core since it said so last, in thousandths.
    """

    camera_id: str
    at_us: int
    state: str
    packet_us: int | None
    skew_us: int
    reconnects: int
    bytes_per_s: int
    pid: int
    cpu_permille: int = 0

    def told(self) -> dict[str, str | int | None]:
        """Return it by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something of the recorder that a person must know: which, where, how many."""

    alarm_id: int
    at_us: int
    kind: str
    camera_id: str
    n: int


def note_health(index: Index, health: Health) -> None:
    """Keep what a recorder says of itself."""
    with index.open() as base:
        base.execute(
            "INSERT OR REPLACE INTO health VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(health)
        )


def all_health(index: Index) -> dict[str, Health]:
    """Return what each recorder said last, by camera."""
    with index.open() as base:
        return {row[0]: Health(*row) for row in base.execute("SELECT * FROM health")}


def raise_alarm(index: Index, at_us: int, kind: str, camera_id: str = "", n: int = 0) -> None:
    """Write an alarm down until somebody is told."""
    with index.open() as base:
        base.execute(
            "INSERT INTO alarm (at_us, kind, camera_id, n) VALUES (?, ?, ?, ?)",
            (at_us, kind, camera_id, n),
        )


def untold_alarms(index: Index) -> list[Alarm]:
    """Return the alarms that nobody has been told, oldest first."""
    with index.open() as base:
        query = "SELECT alarm_id, at_us, kind, camera_id, n FROM alarm WHERE told = 0 ORDER BY 1"
        return [Alarm(*row) for row in base.execute(query)]


def mark_told(index: Index, alarms: list[Alarm]) -> None:
    """Note that alarms have been told; those older than the audit's year need not be kept."""
    with index.open() as base:
        base.executemany(
            "UPDATE alarm SET told = 1 WHERE alarm_id = ?", [(one.alarm_id,) for one in alarms]
        )


def bytes_held(index: Index) -> int:
    """Return the bytes of every segment on disk that the index knows."""
    with index.open() as base:
        return int(base.execute("SELECT coalesce(sum(size), 0) FROM segment").fetchone()[0])
