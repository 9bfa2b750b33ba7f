"""``vigie alerts``: what rang, what was done about it, and the rules that ring."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say_json,
    show_rows,
)

app = typer.Typer(help="Alerts, and the rules that raise them.", no_args_is_help=True)

AlertArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the alert.")]
FamilyArgument = Annotated[str, typer.Argument(metavar="RULE", help="Name of the rule.")]
ParamOption = Annotated[list[str], typer.Option("-p", metavar="KEY=VALUE", help="A parameter.")]
ZoneOption = Annotated[str, typer.Option("--zone", help="zoning:id; empty: everywhere.")]
SourceOption = Annotated[list[str], typer.Option("--source", help="A feed; none: all.")]
HoursOption = Annotated[str, typer.Option("--hours", help="FROM-TO, local; empty: the whole day.")]
SeverityOption = Annotated[int, typer.Option("--severity", min=1, max=5, help="1, minor, to 5.")]
WholeOption = Annotated[bool, typer.Option("--whole", help="To its whole situation.")]
NO_TEXTS: list[str] = []


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="alerts")


def _values(said: list[str]) -> dict[str, Any]:
    """Return parameters as JSON where they are JSON, as text where they are not."""
    found: dict[str, Any] = {}
    for one in said:
        key, equals, text = one.partition("=")
        if not equals:
            raise WrongUsage(reason=f"-p {one[:40]}: KEY=VALUE", field="parameters")
        try:
            found[key] = json.loads(text)
        except ValueError:
            found[key] = text
    return found


def _scope(zone: str, sources: list[str], hours: str) -> dict[str, Any]:
    low, _, high = hours.partition("-")
    try:
        bounds = (int(low), int(high)) if hours else (0, 0)
    except ValueError as error:
        raise WrongUsage(reason=f"--hours {hours[:20]}: FROM-TO", field="hours") from error
    return {"zone": zone, "sources": sources, "from_hour": bounds[0], "to_hour": bounds[1]}


@app.command("list")
def list_(
    home: HomeOption = DEFAULT_HOME,
    state: Annotated[str, typer.Option(help="raised, over; empty: all.")] = "raised",
    limit: Annotated[int, typer.Option(min=1, max=500, help="At most so many.")] = 100,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List alerts, newest first."""
    from vigie.situation.alerts_read import list_alerts
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = list_alerts(opened, caller, state=state or None, limit=limit)
    if as_json:
        say_json({"items": found})
        return
    rows = [
        {
            "alert_id": one["alert_id"],
            "severity": one["severity"],
            "at": one["at"][:16],
            "standing": one["standing"],
            "situation": one["group_size"],
            "what": one["explanation"][language()],
        }
        for one in found
    ]
    columns = ("alert_id", "severity", "at", "standing", "situation", "what")
    show_rows(rows, columns, as_json=False)


@app.command("show")
def show(
    alert_id: AlertArgument,
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show one alert: why, how sure, what was done."""
    from vigie.situation.alerts_read import read_alert
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        _say_alert(read_alert(opened, caller, alert_id), as_json=as_json)


def _say_alert(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        say_json(found)
        return
    typer.echo(found["explanation"][language()])
    rate = found["false_rate"]
    typer.echo(f"false {rate['false']}/{rate['judged']} [{rate['low']:.0%}, {rate['high']:.0%}]")
    rows = [{**one, "at": one["at"][:16]} for one in found["history"]]
    show_rows(rows, ("number", "act", "verdict", "at", "role", "by", "reason"), as_json=False)


@app.command("act")
def act(
    alert_id: AlertArgument,
    what: Annotated[str, typer.Argument(help="acknowledge, snooze, wake or verdict.")],
    home: HomeOption = DEFAULT_HOME,
    verdict: Annotated[str, typer.Option(help="true, false or unknown.")] = "",
    reason: Annotated[str, typer.Option(help="Why; no person's name.")] = "",
    minutes: Annotated[int, typer.Option(min=0, max=1_440, help="How long to put off.")] = 0,
    whole: WholeOption = False,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Acknowledge an alert, put it off, wake it up, or say whether it was true."""
    from vigie.situation.alerts_acts import act_on_alert
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        found = act_on_alert(
            opened,
            caller,
            alert_id,
            what,
            verdict=verdict,
            reason=reason,
            minutes=minutes,
            whole=whole,
        )
        _say_alert(found, as_json=as_json)


@app.command("rules")
def rules(
    home: HomeOption = DEFAULT_HOME,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """List the instances set and the rules that they can be of, with their false-alarm rates."""
    from vigie.situation.alerts_rules import list_alert_rules
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        found = list_alert_rules(opened, local_caller(opened, role=role, purpose=purpose))
    if as_json:
        say_json(found)
        return
    told = language()
    rows = [
        {"rule": one["name"], "id": "", "state": "", "what": one["title"][told]}
        | _rate_words(one["false_rate"])
        for one in found["families"]
    ] + [
        {"rule": one["family"], "id": one["rule_id"], "state": one["state"], "what": one["name"]}
        | _rate_words(one["false_rate"])
        for one in found["items"]
    ]
    show_rows(rows, ("rule", "id", "state", "what", "false", "95%"), as_json=False)


def _rate_words(rate: dict[str, Any]) -> dict[str, str]:
    if rate["share"] is None:
        return {"false": f"?/{rate['raised']}", "95%": ""}
    return {
        "false": f"{rate['false']}/{rate['judged']}",
        "95%": f"{rate['low']:.0%}-{rate['high']:.0%}",
    }


def _rate(per_day: float | None) -> str:
    """Return a rate in three digits, a question mark where none is declared."""
    return "?" if per_day is None else f"{per_day:.3g}"


@app.command("try")
def try_(
    family: FamilyArgument,
    home: HomeOption = DEFAULT_HOME,
    params: ParamOption = NO_TEXTS,
    zone: ZoneOption = "",
    source: SourceOption = NO_TEXTS,
    hours: HoursOption = "",
    days: Annotated[int, typer.Option(min=1, max=90, help="Past days it is tried on.")] = 30,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Say how often an instance would have rung in the last days; nothing is kept."""
    from vigie.situation.alerts_rules import try_alert_rule
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        found = try_alert_rule(
            opened,
            local_caller(opened, role=role, purpose=purpose),
            family=family,
            parameters=_values(params),
            scope=_scope(zone, source, hours),
            days=days,
        )
    if as_json:
        say_json(found)
        return
    typer.echo(
        f"{found['rang']} / {days} d = {found['per_day']:.2f}/d"
        f" [{found['per_day_low']:.2f}, {found['per_day_high']:.2f}]"
        f" declared {_rate(found['declared_per_day'])} reached {_rate(found['reached_per_day'])}"
        f" n={found['base']} {found['seconds']} s"
    )
    rows = [
        {"at": one["at"][:16], "what": one["explanation"][language()]} for one in found["items"]
    ]
    show_rows(rows, ("at", "what"), as_json=False)


@app.command("set")
def set_(
    family: FamilyArgument,
    name: Annotated[str, typer.Argument(help="What people call it.")],
    home: HomeOption = DEFAULT_HOME,
    params: ParamOption = NO_TEXTS,
    zone: ZoneOption = "",
    source: SourceOption = NO_TEXTS,
    hours: HoursOption = "",
    severity: SeverityOption = 3,
    state: Annotated[str, typer.Option(help="on, off or gone.")] = "on",
    why: Annotated[str, typer.Option(help="Why; no person's name.")] = "",
    rule_id: Annotated[str, typer.Option("--id", help="Write its next version.")] = "",
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Make an instance of a rule, or with --id write its next version."""
    from vigie.situation.alerts_rules import put_rule
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        after = opened.desk.alert_rules.versions(rule_id)[-1].number if rule_id else 0
        made = put_rule(
            opened,
            caller,
            rule_id,
            family=family,
            name=name,
            parameters=_values(params),
            scope=_scope(zone, source, hours),
            severity=severity,
            state=state,
            why=why,
            after=after,
        )
    if as_json:
        say_json(made)
        return
    typer.echo(f"{made['rule_id']} {made['number']} {made['state']}")
