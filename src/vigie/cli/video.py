"""``vigie video``: what is done with recordings; each verb stands in a module of its own."""

from __future__ import annotations

import typer

app = typer.Typer(
    help="Recordings: search by movement, export with masks.",
    no_args_is_help=True,
)


def register(root: typer.Typer) -> None:
    """Add the group to the command line."""
    root.add_typer(app, name="video")
