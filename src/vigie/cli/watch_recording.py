"""``vigie watch``: cameras that record, their timeline, holds, the register, the recorders."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from vigie.cli import watch
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    ReasonOption,
    RoleOption,
    language,
    say_json,
    show_rows,
)

app = typer.Typer()

HOUR_US = 3_600_000_000
CameraArgument = Annotated[str, typer.Argument(help="Number of the camera in the city's register.")]
FromOption = Annotated[str, typer.Option("--from", help="Instant, as 2026-03-30T08:00:00Z.")]
ToOption = Annotated[str, typer.Option("--to", help="Instant before which.")]
CaseOption = Annotated[str, typer.Option("--case", help="Reference of the case.")]


def register(root: typer.Typer) -> None:
    """Add its verbs to the group of ``vigie watch``, which the root has."""
    del root
    watch.app.add_typer(app)


def _instant(text: str) -> int:
    from datetime import datetime

    from vigie.base.clock import to_us
    from vigie.base.errors import WrongUsage

    try:
        return to_us(datetime.fromisoformat(text))
    except ValueError as error:
        raise WrongUsage(reason=f"{text[:40]}: 2026-03-30T08:00:00Z") from error


@app.command("camera")
def camera(
    camera_id: CameraArgument,
    label: Annotated[str, typer.Option(help="Where it stands.")],
    authorisation: Annotated[str, typer.Option(help="Number of the prefect's authorisation.")],
    until: Annotated[str, typer.Option(help="Its last day, as 2030-12-31.")],
    purposes: Annotated[str, typer.Option(help="Purposes of L251-2 by number, as 1,5.")],
    days: Annotated[int, typer.Option(help="Days that a recording lives, 1 to 30.")],
    masks: Annotated[str, typer.Option(help="Privacy masks: set, not_needed or burnt.")],
    service: Annotated[str, typer.Option(help="Service that answers for it.")],
    stream: Annotated[
        str, typer.Option(help="File that holds the stream's address; - for the input.")
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Keep the sheet of a camera that is to record; its stream's address is sealed."""
    import sys

    from vigie.base.errors import WrongUsage
    from vigie.model.times import day_bounds
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.video import put_camera
    from vigie.watch.recording.sheet import CameraSheet

    try:
        last = date.fromisoformat(until)
        numbers = tuple(sorted({int(one) for one in purposes.split(",")}))
    except ValueError as error:
        raise WrongUsage(reason=str(error)) from error
    url = ""
    if stream:
        url = (sys.stdin.readline() if stream == "-" else Path(stream).read_text("utf-8")).strip()
    with open_home(home) as opened:
        ends = day_bounds(last, opened.settings.city.timezone)[1]
        told = (camera_id, label, authorisation, ends, numbers, days, masks, service, "-")
        made = put_camera(opened, local_caller(opened, role="admin"), CameraSheet(*told), url=url)
    if as_json:
        say_json({"camera_id": made.camera_id, "revision": made.revision})
        return
    typer.echo(f"{made.camera_id} {made.revision}")


@app.command("cameras")
def cameras(
    home: HomeOption = DEFAULT_HOME, role: RoleOption = "", as_json: JsonOption = False
) -> None:
    """List the cameras that record: authorisation, term, state."""
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.video import list_cameras

    with open_home(home) as opened:
        found = list_cameras(opened, local_caller(opened, role=role))
    columns = ("camera_id", "label", "state", "authorised_until", "retention_days", "bytes_per_s")
    show_rows(found, columns, as_json=as_json)


@app.command("timeline")
def timeline(
    camera_id: CameraArgument,
    home: HomeOption = DEFAULT_HOME,
    hours: Annotated[int, typer.Option(min=1, max=744, help="Hours back from now.")] = 24,
    role: RoleOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show what a camera recorded and what is missing, and why; no picture."""
    from vigie.base.clock import now_us
    from vigie.situation import video
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        now = now_us(opened.clock)
        caller = local_caller(opened, role=role)
        found = video.timeline(opened, caller, camera_id, now - hours * HOUR_US, now)
    if as_json:
        say_json(found)
        return
    recorded = {"fr": "enregistré", "en": "recorded"}[language()]
    rows: list[dict[str, Any]] = [{**one, "what": recorded} for one in found["recorded"]]
    rows += [{**one, "what": one["reason"]} for one in found["gaps"]]
    show_rows(sorted(rows, key=lambda r: str(r["from"])), ("from", "to", "what"), as_json=False)


@app.command("hold")
def hold(
    camera_ids: Annotated[list[str], typer.Argument(help="Cameras.")],
    from_: FromOption,
    to: ToOption,
    case: CaseOption,
    reason: ReasonOption,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "shift_head",
    as_json: JsonOption = False,
) -> None:
    """Keep recordings beyond their term for a case, and nothing beside them."""
    from vigie.situation import video
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, reason=reason, case=case)
        done = video.hold(opened, caller, camera_ids, _instant(from_), _instant(to))
    show_rows([done], ("case", "segments"), as_json=as_json)


@app.command("release")
def release(
    case: CaseOption,
    reason: ReasonOption,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "shift_head",
    as_json: JsonOption = False,
) -> None:
    """Let go of what a case holds; what has passed its term goes within the minute."""
    from vigie.situation import video
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        done = video.release(opened, local_caller(opened, role=role, reason=reason, case=case))
    show_rows([done], ("case", "released"), as_json=as_json)


@app.command("designate")
def designate(
    login: Annotated[str, typer.Argument(help="Login of one person.")],
    document: Annotated[str, typer.Option(help="Number of the designation.")] = "",
    until: Annotated[str, typer.Option(help="Last day, as 2027-06-30.")] = "",
    ended: Annotated[bool, typer.Option("--withdraw", help="End it now.")] = False,
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Designate a person who may see pictures, until a day; or end it."""
    from vigie.base.errors import WrongUsage
    from vigie.model.times import day_bounds
    from vigie.situation import video
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role="admin")
        if ended:
            video.withdraw_agent(opened, caller, login)
            return
        try:
            last = date.fromisoformat(until)
        except ValueError as error:
            raise WrongUsage(reason=str(error)) from error
        ends = day_bounds(last, opened.settings.city.timezone)[1]
        video.designate_agent(opened, caller, login, document=document, until_us=ends)


@app.command("register")
def show_register(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "dpo",
    as_json: JsonOption = False,
) -> None:
    """Show the register of recordings, destructions, holds and transmissions, from the audit."""
    from vigie.base.clock import to_rfc3339
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.situation.video_register import read_register

    with open_home(home) as opened:
        found = read_register(opened, local_caller(opened, role=role))
    rows = [
        {**one, **{key: to_rfc3339(one[f"{key}_us"]) for key in ("at", "from", "to")}}
        for one in found
    ]
    columns = ("line", "at", "kind", "camera_id", "from", "to", "segments", "case", "recipient")
    show_rows(rows, columns, as_json=as_json)


@app.command("record")
def record(home: HomeOption = DEFAULT_HOME) -> None:
    """Record every camera that has a sheet, until interrupted: a process for each."""
    import signal
    import threading

    from vigie.base.supervisor import READY, tell_supervisor
    from vigie.jobs import recording
    from vigie.situation.home import open_home
    from vigie.watch.recording.segment_file import import_av

    import_av()
    stop = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stop.set())
    with open_home(home) as opened:
        tell_supervisor(READY)
        recording.record(opened, stop)
