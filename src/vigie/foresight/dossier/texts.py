"""The words of event files on paper and on screen, in both languages (``texts.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from vigie.foresight.dossier.remarks import Remark


@cache
def _texts() -> Mapping[str, Any]:
    return tomllib.loads(files("vigie.foresight.dossier").joinpath("texts.toml").read_text("utf-8"))


def parts() -> Mapping[str, Any]:
    """Return every text by part and code."""
    return _texts()


def word(part: str, code: str, language: str, **params: Any) -> str:
    """Return a text with its parameters filled in; raises ``KeyError``."""
    text: str = _texts()[part][code]["en" if language == "en" else "fr"]
    for name, value in params.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def remark_text(remark: Remark) -> dict[str, str]:
    """Return what a remark says, in both languages."""
    return {
        language: word("remark", remark.code, language, **remark.params)
        for language in ("fr", "en")
    }
