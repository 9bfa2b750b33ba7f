"""Structured logs: JSON when piped, readable on a terminal; no value can forge a line."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import suppress
from json import dumps
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog

if TYPE_CHECKING:  # a command line that needs no settings starts without loading them
    from vigie.base.syslog import Syslog


class _StandardError:
    """Standard error as it is when a line is written, not as it was when logging was set up.

    A line that it refuses (a file on a full disk, a pipe that nobody reads) is lost, and counted:
    whoever logs must not fail by it. The count is told with the next line that gets through.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._lost = 0

    def write(self, text: str) -> int:
        """Write to the standard error of this moment."""
        try:  # the last line may have been cut: what follows stands on one of its own
            return sys.stderr.write(f"\n{text}" if self._lost and text != "\n" else text)
        except OSError:
            with self._guard:
                self._lost += text.endswith("\n")
            return 0

    def flush(self) -> None:
        """Flush the standard error of this moment."""
        with suppress(OSError):
            sys.stderr.flush()
            with self._guard:
                lost = self._lost
            if lost:  # by hand: whoever logs holds the logger's turn
                told = {"n": lost, "event": "log lines lost", "level": "warning"}
                sys.stderr.write(f"{dumps(told)}\n")
                sys.stderr.flush()
                with self._guard:
                    self._lost -= lost


_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127)}


def neutralise(text: str) -> str:
    """Return ``text`` with control characters made visible, so that no value can forge a line."""
    return text.translate(_CONTROL)


def _neutralise_values(_logger: Any, _name: str, event: Any) -> Any:
    return {
        key: neutralise(value) if isinstance(value, str) and key != "exception" else value
        for key, value in event.items()
    }


def configure_logging(
    *, level: str = "INFO", json: bool | None = None, also: Syslog | None = None
) -> None:
    """Set up logging for a process.

    Args:
        level: Least level shown.
        json: Force JSON lines (True) or the console form (False); by default JSON when standard
            error is not a terminal.
        also: Another system that is sent each line.
    """
    as_json = not sys.stderr.isatty() if json is None else json
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _neutralise_values,
            *([also.log] if also is not None else []),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(file=cast("TextIO", _StandardError())),
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> Any:
    """Return a structured logger that names its module.

    It asks for the configuration at each use: a module imported before ``configure_logging`` logs
    as the rest does.
    """
    return structlog.get_logger(name, module=name)
