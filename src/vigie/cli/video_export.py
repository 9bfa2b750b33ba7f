"""``vigie video``: masked clips, asked by one person, let be drawn and signed by another."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli import video
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    ReasonOption,
    language,
    progress,
    say_json,
    show_rows,
)

if TYPE_CHECKING:
    from vigie.situation.caller import Caller
    from vigie.situation.home import Home
    from vigie.situation.video_review import HandAsked
    from vigie.watch.masking.exports import Export

LoginOption = Annotated[
    str, typer.Option("--login", help="Your account; its password is asked, or VIGIE_PASSWORD.")
]
CodeOption = Annotated[str, typer.Option(help="Code of your device, where you have one.")]
ExportArgument = Annotated[str, typer.Argument(help="Id of the clip.")]
WAIT_S = 0.5
COLUMNS = ("export_id", "camera_id", "from", "to", "cover", "state", "found", "sha256")


def register(root: typer.Typer) -> None:
    """Add its verbs to the group of ``vigie video``, which the root has."""
    del root
    for verb in (export, exports, approve, review, sign):
        video.app.command(verb.__name__)(verb)


def _caller(opened: Home, login: str, code: str, reason: str) -> Caller:
    from dataclasses import replace

    from vigie.situation.sign_in import caller_by_password

    password = os.environ.get("VIGIE_PASSWORD") or typer.prompt(login, hide_input=True)
    return replace(caller_by_password(opened, login, password, code=code), reason=reason)


def _instant(text: str) -> int:
    from datetime import datetime

    from vigie.base.clock import to_us
    from vigie.base.errors import WrongUsage

    try:
        return to_us(datetime.fromisoformat(text))
    except ValueError as error:
        raise WrongUsage(reason=f"{text[:40]}: 2026-03-30T08:00:00Z") from error


@contextmanager
def _telling() -> Iterator[Callable[[float], None]]:
    """Show how far the drawing of a clip is."""
    words = {"fr": "Recherche et masquage", "en": "Finding and masking"}[language()]
    with progress(words) as step:
        yield lambda done: step(done, 1.0, words)


def _show(one: Export, *, as_json: bool) -> None:
    from vigie.situation.video_export import told

    show_rows([told(one)], COLUMNS, as_json=as_json)


def export(
    camera_id: Annotated[str, typer.Argument(help="Number of the camera in the register.")],
    from_: Annotated[str, typer.Option("--from", help="Instant, as 2026-03-30T08:00:00Z.")],
    to: Annotated[str, typer.Option("--to", help="Instant before which; 10 minutes at most.")],
    login: LoginOption,
    reason: ReasonOption,
    recipient: Annotated[str, typer.Option(help="Who is to have it.")],
    cover: Annotated[
        str, typer.Option(help="faces (found, and by hand), hand (by hand alone), whole (mosaic).")
    ] = "faces",
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Ask for a masked clip of a camera; another person lets it be drawn, reviews it and signs."""
    from vigie.situation import video_export
    from vigie.situation.home import open_home

    window = (_instant(from_), _instant(to))
    with open_home(home) as opened:
        caller = _caller(opened, login, code, reason)
        asked = video_export.ask_export(
            opened, caller, camera_id, window, cover=cover, recipient=recipient
        )
    _show(asked, as_json=as_json)


def approve(
    export_id: ExportArgument,
    login: LoginOption,
    reason: ReasonOption,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Let a clip be drawn that another person asked for, and draw it; or refuse it."""
    from vigie.situation.home import open_home
    from vigie.situation.video_export import decide_export

    with open_home(home) as opened:
        caller = _caller(opened, login, code, reason)
        one = decide_export(opened, caller, export_id, drawn=not refuse)
        if not refuse:
            one = _drawn(opened, export_id)
    _show(one, as_json=as_json)


def _drawn(opened: Home, export_id: str) -> Export:
    """Return a clip once it is drawn, by this process or by the server of the home."""
    from vigie.situation.video_export import draw_export
    from vigie.watch.masking.exports import get_export

    with _telling() as tell:
        while (one := get_export(opened.video.index, export_id)).state == "drawing":
            if not draw_export(opened, export_id, tell):
                tell(one.progress / 1000)
                time.sleep(WAIT_S)
    return one


def exports(
    login: LoginOption,
    reason: ReasonOption,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the masked clips that were asked for: what is covered, by whom asked, signed or not."""
    from vigie.situation.home import open_home
    from vigie.situation.video_export import read_exports

    with open_home(home) as opened:
        found = read_exports(opened, _caller(opened, login, code, reason))
    show_rows(found, COLUMNS, as_json=as_json)


def review(
    export_id: ExportArgument,
    login: LoginOption,
    reason: ReasonOption,
    out: Annotated[Path, typer.Option(help="Where the masked film goes, to be looked at.")],
    masks: Annotated[
        Path | None,
        typer.Option(
            help='Masks by hand, all of them: [{"from", "to", "ring": [[x, y], …], "follow"}, …].'
        ),
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Look at a masked clip; with a file of masks by hand, put those and look at the new one."""
    from vigie.situation import video_review
    from vigie.situation.home import open_home
    from vigie.watch.masking.exports import get_export

    hand = None if masks is None else _hand(masks)
    with open_home(home) as opened:
        caller = _caller(opened, login, code, reason)
        if hand is None:
            found = video_review.open_review(opened, caller, export_id)
        else:
            found = video_review.mask_export(opened, caller, export_id, hand)
            _drawn(opened, export_id)
        content = video_review.read_film(opened, caller, export_id, found["viewing_id"])
        out.write_bytes(content)
        one = get_export(opened.video.index, export_id)
    _show(one, as_json=as_json)


def _hand(path: Path) -> list[HandAsked]:
    from vigie.base.errors import WrongUsage
    from vigie.situation.video_review import HandAsked

    try:
        return [
            HandAsked(
                _instant(one["from"]), _instant(one["to"]), one["ring"], bool(one.get("follow"))
            )
            for one in json.loads(path.read_text("utf-8"))
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise WrongUsage(reason=str(error)[:120], field="masks") from error


def sign(
    export_id: ExportArgument,
    sha256: Annotated[str, typer.Option(help="SHA-256 of the film that you looked at.")],
    login: LoginOption,
    reason: ReasonOption,
    out: Annotated[Path, typer.Option(help="Where the package goes: film, manifest, sums.")],
    home: HomeOption = DEFAULT_HOME,
    code: CodeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Sign a clip that another person asked for, and take its package away."""
    from vigie.situation import video_review
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        caller = _caller(opened, login, code, reason)
        content = video_review.sign_export(opened, caller, export_id, sha256)
    out.write_bytes(content)
    if as_json:
        say_json({"export_id": export_id, "bytes": len(content)})
