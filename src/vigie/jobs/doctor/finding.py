"""What a look finds, in words: what is wrong, why it matters, and the command that mends it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from vigie.base.translations import translate

State = Literal["ok", "missing", "broken"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        name: What was looked at.
        state: ``ok``, ``missing`` (something optional, or soon to be wrong) or ``broken``.
        code: What is wrong, with a text ``doctor_CODE`` that ends in the remedy; empty when
            nothing is.
        params: The text's parameters.
        command: The command that mends it or leads to what does; empty when no command can.
    """

    name: str
    state: State = "ok"
    code: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    command: str = ""

    def text(self, language: str) -> str:
        """Return what is wrong and the remedy, in a language; empty when nothing is wrong."""
        if not self.code:
            return ""
        said = translate(f"doctor_{self.code}", language, **self.params)
        return f"{said} → {self.command}" if self.command else said


def broken(name: str, code: str, command: str = "", **params: Any) -> Finding:
    """Return that something is wrong."""
    return Finding(name, "broken", code, params, command)


def missing(name: str, code: str, command: str = "", **params: Any) -> Finding:
    """Return that something optional is not there, or will soon be wrong."""
    return Finding(name, "missing", code, params, command)


def quoted(path: Path) -> str:
    """Return a path as a shell reads it."""
    return shlex.quote(str(path))
