"""``vigie attack``: the attackers, each against its stated bound."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.cli.terminal import EXIT_FAILED, JsonOption, language, say_json, show_rows

if TYPE_CHECKING:
    from vigie.civic.attacking import Attack, Outcome


def attack(
    name: Annotated[str, typer.Argument(help="One attacker; all of them by default.")] = "",
    runs: Annotated[int, typer.Option(min=0, help="Attempts; 0: each attacker's own.")] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the cities they draw.")] = 1,
    home: Annotated[
        Path | None, typer.Option(help="Attack the stored releases of a home, instead.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Attack what Vigie publishes; ends with 1 when a bound is broken."""
    import numpy as np

    from vigie.base.errors import NotFound
    from vigie.civic.attacking import Methods, attackers

    known = attackers()
    if home is not None:
        tell([(known["suppression"], attack_home(home))], as_json=as_json)
        return
    if name and name not in known:
        raise NotFound(what="attack", name=name)
    rows = []
    for one in known.values():
        if name in {"", one.name}:
            found = one.run(Methods(), np.random.default_rng(seed), runs or one.runs)
            rows.append((one, found))
    tell(rows, as_json=as_json)


def attack_home(home: Path) -> Outcome:
    """Attack what a home has published."""
    from vigie.civic.attacks.suppression import run_on_shelf
    from vigie.civic.publishing import Shelf
    from vigie.cli.publish import checked

    return run_on_shelf(Shelf(checked(home)))


def tell(rows: list[tuple[Attack, Outcome]], *, as_json: bool) -> None:
    """Print what each attacker achieved; ends the program with 1 when a bound is broken."""
    if as_json:
        say_json(
            [
                {"name": one.name, **dataclasses.asdict(found), "holds": found.holds}
                for one, found in rows
            ]
        )
    else:
        tongue = language()
        words = {"fr": ("tenu", "ROMPU"), "en": ("holds", "BROKEN")}[tongue]
        lines = [
            {
                "name": one.name,
                "title": one.title[tongue],
                "tried": found.tried,
                "success": f"{found.success:.4g} {one.measure[tongue]}",
                "bound": f"{found.bound:.4g}",
                "state": words[0] if found.holds else words[1],
                "numbers": ", ".join(f"{key} {value:.6g}" for key, value in found.numbers.items()),
            }
            for one, found in rows
        ]
        show_rows(lines, lines[0], as_json=False)
    if not all(found.holds for _, found in rows):
        raise typer.Exit(EXIT_FAILED)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("attack")(attack)
