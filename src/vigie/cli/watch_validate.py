"""``vigie watch validate``: what a labelled set says of a detector that was brought."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    progress,
    say,
    say_json,
)
from vigie.cli.watch import ParameterOption, app, settings_of


def register(root: typer.Typer) -> None:
    """Add its verb to the group of ``vigie watch``, which the root has."""
    del root
    app.command("validate")(validate)


def validate(
    name: Annotated[str, typer.Argument(help="fire.onnx, fall.onnx, …: a detector of the home.")],
    labelled: Annotated[
        Path, typer.Argument(help="TOML file: title, footage, clips with what happens when.")
    ],
    home: HomeOption = DEFAULT_HOME,
    param: ParameterOption = None,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Run a detector that was brought over a labelled set; the result is kept, with its date."""
    from vigie.situation.detection.shelf import brought, parameters_of
    from vigie.situation.detection.validated import words_of
    from vigie.situation.detection.validation import validate as run
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    words = {"fr": "Jeu annoté", "en": "Labelled set"}[language()]
    with open_home(home) as opened, progress(words) as step:
        found = brought(opened.path, name)
        params = parameters_of(found[1], settings_of(param))
        caller = local_caller(opened, role=role, purpose=purpose)
        result = run(
            *(opened, caller, found, params, labelled),
            tell=lambda done: step(done, 1.0, ""),
        )
    if as_json:
        say_json(result)
        return
    say(words_of(result)[language()])
