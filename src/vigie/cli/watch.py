"""``vigie watch``: legal detection in images; closed without a grant."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say,
    say_json,
    show_rows,
)

app = typer.Typer(
    help="Video: cameras and recordings; legal detection, closed without a grant.",
    no_args_is_help=True,
)

DetectorOption = Annotated[
    str,
    typer.Option("--detector", help="wrong_way, density, …; fire.onnx, … where one was brought."),
]
ZoneOption = Annotated[
    str,
    typer.Option("--zone", help="Corners 'x,y x,y x,y' in shares of the picture; empty: all."),
]
TowardsOption = Annotated[
    str, typer.Option("--towards", help="Allowed direction 'x,y', y down; '0,-1' is up.")
]
ParameterOption = Annotated[
    list[str] | None, typer.Option("--param", "-p", help="A setting of the detector: key=value.")
]
AtOption = Annotated[
    str, typer.Option("--at", help="When a recording begins, RFC 3339; empty: a live stream.")
]


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="watch")


@app.command("grants")
def grants(
    home: HomeOption = DEFAULT_HOME,
    past: Annotated[bool, typer.Option(help="Those that are over too.")] = False,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the grants of detection, and say what the law stands at."""
    from vigie.situation.detection.grants import list_grants
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = list_grants(opened, caller, past=past)
    if as_json:
        say_json(found)
        return
    say(found["legal_state"][language()])
    columns = ("grant_id", "state", "from", "to", "types", "cameras", "prefect_order")
    show_rows([_row(one) for one in found["items"]], columns, as_json=False)


@app.command("grant")
def grant(
    file: Annotated[
        Path, typer.Argument(help="TOML file with the parts of the grant; see the how-to.")
    ],
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Enter a grant that an authority signed: legal basis, order, place, cameras, types, hours."""
    import tomllib

    from pydantic import ValidationError

    from vigie.base.errors import WrongUsage
    from vigie.situation.detection.grants import give_grant
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller
    from vigie.web.answers.detection import DetectionGrantSpec

    try:
        spec = DetectionGrantSpec.model_validate(tomllib.loads(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WrongUsage(reason=f"{file.name}: {error}", field="file") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"])
        raise WrongUsage(reason=f"{field}: {first['msg']}", field=field) from error
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = give_grant(opened, caller, spec.terms())
    _say(found, as_json=as_json)


@app.command("end")
def end(
    grant_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the grant.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; no person's name.")],
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """End a grant now; what runs under it stops at its next picture."""
    from vigie.situation.detection.grants import end_grant
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = end_grant(opened, caller, grant_id, reason=reason)
    _say(found, as_json=as_json)


@app.command("analyse")
def analyse(
    camera: Annotated[str, typer.Argument(help="Reference of the camera in the register.")],
    source: Annotated[str, typer.Option("--source", help="Stream or file of this camera.")],
    detector: DetectorOption,
    home: HomeOption = DEFAULT_HOME,
    zone: ZoneOption = "",
    towards: TowardsOption = "",
    param: ParameterOption = None,
    at: AtOption = "",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Analyse a camera under a grant until its pictures or the grant end; refused without one."""
    from vigie.situation.detection.looking import analyse as start
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    asked = _asked(camera, source, (detector, home), (zone, towards), param, at)
    told: list[dict[str, Any]] = []

    def tell(found: dict[str, Any]) -> None:
        told.append(found)
        if not as_json:
            say(f"{found['raised_at'][:19]} {found['type']} {found['zone']} {found['score']}")

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        looked = start(opened, caller, asked, tell)
    ended = [one for one in told if not one["lasts"]]
    answer: dict[str, Any] = {
        "detections": len(ended),
        "pictures": looked.pictures,
        "troubled": looked.troubled,
    }
    answer |= {"seconds": round(looked.seconds, 3), "ended_by": looked.why}
    if as_json:
        say_json(answer)
        return
    show_rows([answer], answer, as_json=False)


@app.command("try")
def try_(
    clip: Annotated[Path, typer.Argument(help="Video file.")],
    detector: DetectorOption,
    home: HomeOption = DEFAULT_HOME,
    zone: ZoneOption = "",
    towards: TowardsOption = "",
    param: ParameterOption = None,
    footage: Annotated[
        str,
        typer.Option(help="synthetic or staged: declared, audited, needs no grant."),
    ] = "",
    camera: Annotated[str, typer.Option(help="Camera of a recording; needs a grant.")] = "",
    at: AtOption = "",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Try a detector on a file and store nothing: for calibration, marked as a trial."""
    from vigie.situation.detection.looking import detection_json, try_clip
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    asked = _asked(camera, str(clip), (detector, home), (zone, towards), param, at)
    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found, looked = try_clip(opened, caller, asked, footage)
    rows = [detection_json(one) for one in found]
    if as_json:
        answer = {"trial": True, "stored": False, "items": rows, "pictures": looked.pictures}
        say_json(answer | {"troubled": looked.troubled, "seconds": round(looked.seconds, 3)})
        return
    say({"fr": "Essai : rien n'est conservé.", "en": "Trial: nothing is kept."}[language()])
    show_rows(rows, ("type", "zone", "from", "raised_at", "to", "score", "level"), as_json=False)


def _asked(
    camera: str,
    source: str,
    detector: tuple[str, Path],
    drawn: tuple[str, str],
    param: list[str] | None,
    at: str,
) -> Any:
    from vigie.situation.detection.looking import Looking
    from vigie.situation.detection.shelf import find_detector, parameters_of

    found = find_detector(*detector)
    params = parameters_of(found, settings_of(param))
    return Looking(camera, source, found, params, drawn_zone(*drawn), instant(at))


def settings_of(said: list[str] | None) -> dict[str, str]:
    """Return what options set, as text by name."""
    from vigie.base.errors import WrongUsage

    told = {}
    for one in said or ():
        key, equals, value = one.partition("=")
        if not equals:
            raise WrongUsage(reason=f"{one[:40]}: key=value", field="param")
        told[key] = value
    return told


def drawn_zone(corners: str, towards: str = "") -> Any:
    """Return the zone that corners tell, the whole picture without any."""
    from vigie.base.errors import WrongUsage
    from vigie.watch.vision.geometry import WHOLE, Zone

    try:
        ring = tuple(pair(one) for one in corners.split()) if corners else WHOLE.ring
        return Zone("zone", ring, pair(towards) if towards else None)
    except ValueError as error:
        raise WrongUsage(reason=f"zone: {error}", field="zone") from error


def pair(text: str) -> tuple[float, float]:
    """Return two numbers of 'x,y'."""
    x, y = text.split(",")
    return float(x), float(y)


def instant(at: str) -> int | None:
    """Return the instant that a text tells, epoch µs; None for an empty one."""
    from vigie.base.clock import to_us
    from vigie.base.errors import WrongUsage

    try:
        return to_us(datetime.fromisoformat(at)) if at else None
    except ValueError as error:
        raise WrongUsage(reason=f"at {at[:40]}", field="at") from error


def _row(one: dict[str, Any]) -> dict[str, Any]:
    return one | {"types": " ".join(one["types"]), "cameras": len(one["cameras"])}


def _say(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    show_rows([_row(found)], ("grant_id", "state", "from", "to", "types"), as_json=False)
