"""``vigie retention``: what is forgotten when, the run that does it, legal holds."""

from __future__ import annotations

import getpass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.base.clock import to_us
from vigie.base.errors import WrongUsage
from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json, show_rows

if TYPE_CHECKING:
    from vigie.situation.caller import Caller

retention = typer.Typer(help="What is forgotten when; the run; legal holds.", no_args_is_help=True)

hold = typer.Typer(help="What acts of the judicial authority freeze.", no_args_is_help=True)
retention.add_typer(hold, name="hold")


def operator() -> Caller:
    """Return who runs the command, in the role that watches over what is kept."""
    from vigie.situation.caller import Caller

    return Caller(f"os:{getpass.getuser()}", "dpo")


@retention.command("run")
def run(
    home: HomeOption = DEFAULT_HOME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Delete everything that is past its term and not held, and prove it."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        found = opened.retention.look() if dry_run else opened.retention.run(by=operator())
    if as_json:
        emptied = {"emptied": found.emptied} if found.emptied else {}
        say_json({"erased": found.erased, "total": found.total, "dry_run": dry_run, **emptied})
        return
    for name, n in found.erased.items():
        say(f"{name}: {n}")
    for name, n in found.emptied.items():
        say(f"unused_fields {name}: {n}")
    say(f"total: {found.total}")


@retention.command("register")
def list_destructions(
    home: HomeOption = DEFAULT_HOME,
    limit: Annotated[int, typer.Option(min=1, help="Most lines listed.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """List what was destroyed, newest first: rule, window, how many, digest of their ids."""
    from vigie.situation.home import open_home

    with open_home(home) as opened:
        rows = opened.retention.proofs(limit)
    show_rows(rows, ("begun_at", "rule", "n", "first_at", "last_at", "digest"), as_json=as_json)


@retention.command("calendar")
def show_calendar(
    home: HomeOption = DEFAULT_HOME,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days ahead.")] = 90,
    as_json: JsonOption = False,
) -> None:
    """Show what vanishes when, by rule and local day."""
    from vigie.situation.home import open_home
    from vigie.situation.retention.calendar import calendar

    with open_home(home) as opened:
        found = calendar(opened, operator(), days=days)
    if as_json:
        say_json(found)
    else:
        show_rows(found["vanishing"], ("on", "rule", "n"), as_json=False)


@retention.command("fields")
def list_all_fields(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List the fields that are dropped when nobody uses them, and how each was used."""
    from vigie.situation.home import open_home
    from vigie.situation.retention.fields import list_fields

    with open_home(home) as opened:
        rows = list_fields(opened, operator())
    columns = ("dataset", "field", "state", "since", "last_used", "days_used", "idle_days")
    show_rows(rows, columns, as_json=as_json)


@retention.command("take-up")
def take_up_field(
    *,
    dataset: Annotated[str, typer.Argument(help="Kind of record: facts, means, ...")],
    field: Annotated[str, typer.Argument(help="Field; see fields.")],
    need: Annotated[str, typer.Option(help="What it is needed for, 15 characters at least.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Keep a field that nobody uses, or that was dropped; what was erased stays erased."""
    from vigie.situation.home import open_home
    from vigie.situation.retention.fields import take_up

    with open_home(home) as opened:
        found = take_up(opened, operator(), dataset, field, need)
    if as_json:
        say_json(found)
    else:
        say(f"{dataset}.{field}: {found['state']}")


@hold.command("add")
def add(
    *,
    home: HomeOption = DEFAULT_HOME,
    case: Annotated[str, typer.Option(help="Reference of the case.")],
    authority: Annotated[str, typer.Option(help="Who ordered it.")],
    act: Annotated[str, typer.Option(help="Reference of the act.")],
    store: Annotated[list[str], typer.Option(help="Store frozen: facts, narratives, ...")],
    from_at: Annotated[str, typer.Option("--from", help="Start of the events, RFC 3339.")],
    to_at: Annotated[str, typer.Option("--to", help="End of the events, RFC 3339, exclusive.")],
    until: Annotated[str, typer.Option(help="When it lapses by itself, RFC 3339.")],
    source: Annotated[list[str] | None, typer.Option(help="Feed; none for all.")] = None,
    zone: Annotated[str, typer.Option(help="Corners: lon,lat lon,lat lon,lat ...")] = "",
    record: Annotated[list[str] | None, typer.Option("--id", help="Record; none for all.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Freeze what an act of the judicial authority covers, and nothing beside it."""
    from vigie.situation.home import open_home
    from vigie.situation.retention.holding import Act, add_hold

    said = Act(
        case=case,
        authority=authority,
        act=act,
        stores=tuple(store),
        from_us=_instant(from_at),
        to_us=_instant(to_at),
        until_us=_instant(until),
        sources=tuple(source or ()),
        ring=_ring(zone),
        ids=tuple(record or ()),
    )
    with open_home(home) as opened:
        found = add_hold(opened, operator(), said)
    answer = {"id": found.hold.hold_id, "case": found.case}
    if as_json:
        say_json(answer)
    else:
        say(found.hold.hold_id)


@hold.command("release")
def release(
    hold_id: Annotated[str, typer.Argument(help="Its id; see list.")],
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Release a hold; what it kept past its term goes at the next run."""
    from vigie.situation.home import open_home
    from vigie.situation.retention.holding import release_hold

    with open_home(home) as opened:
        release_hold(opened, operator(), hold_id)


@hold.command("list")
def list_all(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List holds, newest first."""
    from vigie.situation.home import open_home
    from vigie.situation.retention.holding import list_holds

    with open_home(home) as opened:
        rows = list_holds(opened, operator())
    columns = ("id", "case", "authority", "act", "stores", "from_at", "to_at", "standing")
    show_rows(rows, columns, as_json=as_json)


def _instant(text: str) -> int:
    try:
        return to_us(datetime.fromisoformat(text))
    except ValueError as error:
        raise WrongUsage(reason=f"{text!r}: 2026-03-01T08:00:00+01:00") from error


def _ring(text: str) -> tuple[tuple[float, float], ...]:
    try:
        corners = [corner.split(",") for corner in text.split()]
        return tuple((float(lon), float(lat)) for lon, lat in corners)
    except ValueError as error:
        raise WrongUsage(reason=f"{text!r}: 5.36,43.29 5.38,43.29 5.38,43.30") from error


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    app.add_typer(retention, name="retention")
