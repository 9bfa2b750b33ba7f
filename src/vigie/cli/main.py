"""The entry point: finds the verbs, runs one, turns failures into sentences and exit codes."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import typer

import vigie
import vigie.cli
from vigie.base.errors import VigieError
from vigie.base.logging import configure_logging, get_logger
from vigie.cli.terminal import EXIT_DONE, EXIT_FAILED, explain, language

EXIT_INTERRUPTED = 130
NOT_VERBS = {"main", "terminal"}
UNKNOWN = {
    "fr": "Erreur inattendue (« {name} »). Relancez avec --debug pour le détail.",
    "en": 'Unexpected error ("{name}"). Run again with --debug for details.',
}


def build_app() -> typer.Typer:
    """Return the application with every verb of ``vigie.cli``; a verb's module has ``register``."""
    app = typer.Typer(
        name="vigie",
        help="Vigie, l'observatoire ouvert de la tranquillité publique. "
        "The open observatory of public tranquillity.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    for info in sorted(pkgutil.iter_modules(vigie.cli.__path__), key=lambda i: i.name):
        if info.name not in NOT_VERBS:
            importlib.import_module(f"vigie.cli.{info.name}").register(app)
    return app


@cache
def _command(build: Callable[[], typer.Typer]) -> Callable[..., Any]:
    """Return the command line, made once a process: Typer reads every parameter of every verb."""
    return typer.main.get_command(build())


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; no traceback unless ``--debug``."""
    debug = "--debug" in arguments
    rest = [argument for argument in arguments if argument != "--debug"]
    configure_logging(level="DEBUG" if debug else "WARNING")
    try:
        _command(build_app)(args=rest, prog_name="vigie")
    except SystemExit as stop:  # Typer ends so: 0, a verb's own code, or 2 after showing the usage
        return stop.code if isinstance(stop.code, int) else EXIT_DONE
    except VigieError as error:
        if debug:
            raise
        explain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except Exception as error:
        if debug:
            raise
        get_logger(__name__).error("unexpected failure", kind=type(error).__name__)
        print(
            "vigie: " + UNKNOWN[language()].replace("{name}", type(error).__name__), file=sys.stderr
        )
        return EXIT_FAILED
    return EXIT_DONE


def main() -> None:
    """Run the command line of this process."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
