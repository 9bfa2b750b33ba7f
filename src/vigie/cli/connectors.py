"""``vigie connectors``: the source formats that can be read."""

from __future__ import annotations

import typer

from vigie.cli.terminal import JsonOption, language, show_rows


def connectors(as_json: JsonOption = False) -> None:
    """List the connectors: name, title, what they give, whether a mapping is needed."""
    import vigie.connectors
    from vigie.intake.connector import discover

    tongue = language()
    rows = [
        {
            "name": c.name,
            "title": dict(c.title) if as_json else c.title[tongue],
            "emits": list(c.emits) if as_json else ", ".join(c.emits),
            "suffixes": list(c.suffixes) if as_json else " ".join(c.suffixes),
            "mapping": c.needs_mapping,
            "period_s": c.period_s,
        }
        for c in discover(vigie.connectors).values()
    ]
    show_rows(rows, ("name", "title", "emits", "suffixes", "mapping"), as_json=as_json)


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("connectors")(connectors)
