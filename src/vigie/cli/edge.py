"""``vigie edge``: what runs at a partner's, so that only counts leave it."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import signal
import tomllib
from pathlib import Path
from typing import Annotated, Any

import typer

from vigie.base.errors import MappingInvalid, Unavailable, WrongUsage
from vigie.cli.terminal import JsonOption, say, say_json, show_rows

_LAST_PORT = 65_535
ClearOption = Annotated[
    bool, typer.Option("--clear", help="Listen beyond this machine although MLLP has no TLS.")
]
EveryOption = Annotated[
    float, typer.Option(help="Seconds between two looks at the folder.", min=0.1)
]
WaitOption = Annotated[
    float,
    typer.Option(help="With --listen: seconds before a day is told; what waited comes first."),
]
HistoryOption = Annotated[
    Path | None,
    typer.Option(
        help="Folder of past RPU, FHIR or HL7 files: learnt from once, none of it is told."
        " A site is told alone where it saw 11 in 95 % of the weeks."
    ),
]
OnceOption = Annotated[bool, typer.Option("--once", help="Look, tell and carry once, then end.")]

edge = typer.Typer(help="What runs at a partner's, so that only counts leave it.")


@edge.callback()
def partner() -> None:
    """What runs at a partner's, so that only counts leave it."""


@edge.command("hospital")
def hospital(
    state: Annotated[Path, typer.Option(help="File that remembers counts and keyed hashes.")],
    listen: Annotated[
        str,
        typer.Option(help="Port, or HOST:PORT, for HL7 v2 over MLLP; alone, this machine only."),
    ] = "",
    folder: Annotated[
        Path | None,
        typer.Option(help="Folder of RPU, FHIR or HL7 files; nothing in it is touched."),
    ] = None,
    history: HistoryOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder that counts are written to.")] = None,
    push: Annotated[str, typer.Option(help="Address of Vigie that counts are pushed to.")] = "",
    source: Annotated[str, typer.Option(help="Name of the feed at Vigie.")] = "hospital",
    token_file: Annotated[
        Path | None, typer.Option(help="File that holds the feed's token, and nothing else.")
    ] = None,
    options: Annotated[
        Path | None, typer.Option(help="Site and codes of this hospital (TOML).")
    ] = None,
    timezone: Annotated[str, typer.Option(help="Zone of the hospital.")] = "Europe/Paris",
    settle_h: Annotated[
        int, typer.Option(help="Hours after its end when a day is told.", min=0, max=240)
    ] = 4,
    every_s: EveryOption = 60.0,
    wait_s: WaitOption = 300.0,
    clear: ClearOption = False,
    once: OnceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Count emergency arrivals at the hospital; only groups of 11 and more ever leave it."""
    from vigie.base.clock import SystemClock
    from vigie.base.logging import configure_logging
    from vigie.intake.hospital.edge import Edge
    from vigie.intake.hospital.passages import HospitalOptions
    from vigie.intake.hospital.running import Folder, run_once

    if not (listen or folder) or not (out or push) or (once and listen):
        raise WrongUsage(reason="--listen or --folder, --out or --push; --once without --listen")
    _check_zone(timezone)
    configure_logging(level="INFO")
    about = HospitalOptions.of(_read_options(options), timezone)
    address = _address(listen, clear=clear) if listen else None
    with contextlib.ExitStack() as held:
        couriers = _couriers(held, out, push, source, token_file)
        try:
            counting = Edge(about, state, SystemClock(), settle_h=settle_h)
            if history is not None:
                _learn(counting, history)
            watched = Folder(folder) if folder else None
            if once:
                answer = run_once(counting, watched, couriers)
                say_json(answer) if as_json else say(str(answer))
                return
            asyncio.run(_until_stopped(counting, address, watched, couriers, (every_s, wait_s)))
        except OSError as error:
            raise Unavailable(what=error.strerror or type(error).__name__) from error


@edge.command("sites")
def sites(
    state: Annotated[Path, typer.Option(help="File that remembers counts and keyed hashes.")],
    timezone: Annotated[str, typer.Option(help="Zone of the hospital.")] = "Europe/Paris",
    as_json: JsonOption = False,
) -> None:
    """Show which sites may be told alone in the coming week, and in which slots: by their past."""
    from vigie.base.clock import SystemClock
    from vigie.intake.hospital.edge import Edge
    from vigie.intake.hospital.passages import HospitalOptions

    _check_zone(timezone)
    if not state.exists():
        raise WrongUsage(reason=f"--state {state}")
    rules = Edge(HospitalOptions.of({}, timezone), state, SystemClock()).rules()
    show_rows(rules, ("site", "weekday", "weeks", "alone"), as_json=as_json)


def _learn(counting: Any, folder: Path) -> None:
    from vigie.intake.hospital.running import learn

    say(f"{folder}: {learn(counting, folder)}")


def _couriers(
    held: contextlib.ExitStack, out: Path | None, push: str, source: str, token_file: Path | None
) -> list[Any]:
    from vigie.intake.hospital.courier import FolderCourier, HttpCourier

    made: list[Any] = [FolderCourier(out)] if out else []
    if push:
        if token_file is None:
            raise WrongUsage(reason="--push, --token-file")
        try:
            token = token_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise WrongUsage(reason=f"--token-file: {type(error).__name__}") from error
        made.append(held.enter_context(HttpCourier(push, source, token)))
    return made


async def _until_stopped(
    counting: Any,
    address: tuple[str, int] | None,
    watched: Any,
    couriers: list[Any],
    pace: tuple[float, float],
) -> None:
    from vigie.intake.hospital.running import run

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    every_s, wait_s = pace[0], pace[1] if address else 0.0
    await run(
        counting,
        listen=address,
        folder=watched,
        couriers=couriers,
        every_s=every_s,
        stop=stop,
        wait_s=wait_s,
    )


def _address(listen: str, *, clear: bool) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) <= _LAST_PORT):
        raise WrongUsage(reason="--listen HOST:PORT")
    address = host.strip("[]") or "127.0.0.1"
    if not clear and not _is_this_machine(address):
        raise WrongUsage(reason="--listen beyond this machine: a TLS tunnel here, or --clear")
    return address, int(port)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_zone(timezone: str) -> None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise WrongUsage(reason=f"--timezone {timezone}") from error


def _read_options(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingInvalid(key=path.name, reason=type(error).__name__) from error


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(edge, name="edge")
