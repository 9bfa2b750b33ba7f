"""``vigie register``: the public register and the impact assessments, from what runs here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vigie.cli.terminal import DEFAULT_HOME, HomeOption, JsonOption, say, say_json

register_app = typer.Typer(
    help="The public register, written from the live configuration.", no_args_is_help=True
)


@register_app.command("build")
def build(
    out: Annotated[
        Path | None, typer.Option(help="Folder to write; by default `register` in the home.")
    ] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Write the public register, the processing register and the impact assessments, in French."""
    from vigie.civic.register.gathering import gather
    from vigie.civic.register.writing import write_register
    from vigie.situation.home import open_home

    folder = out or home / "register"
    with open_home(home) as opened:
        found = gather(opened, opened.rights.charter, opened.retention.rulebook.rules)
        files = write_register(found, folder, timezone=opened.settings.city.timezone)
    proved = sum(1 for one in found["requirements"] if one["proofs"])
    if as_json:
        say_json(
            {
                "folder": str(folder),
                "files": [path.name for path in files],
                "requirements": len(found["requirements"]),
                "proved": proved,
                "risks": len(found["risks"]),
            }
        )
    else:
        for path in files:
            say(str(path))


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.add_typer(register_app, name="register")
