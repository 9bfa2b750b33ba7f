"""Setting a report with typst: offline, with its own fonts, as tagged PDF/A."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Final, Literal

import typst

from vigie.reports.document import Report

STANDARDS: Final[list[Literal["a-2a", "ua-1"]]] = ["a-2a", "ua-1"]
"""Archivable with its structure (ISO 19005-2, level A) and accessible (ISO 14289-1)."""
TEMPLATE: Final = "report.typ"
INPUT: Final = "report"


def inputs_of(report: Report) -> dict[str, str]:
    """Return what the template is given: the report as JSON, nothing else."""
    return {INPUT: json.dumps(report.as_json(), ensure_ascii=True, sort_keys=True)}


def template() -> bytes:
    """Return the template."""
    return files("vigie.reports").joinpath("templates", TEMPLATE).read_bytes()


def set_pdf(report: Report) -> bytes:
    """Return a report as PDF/A-2a and PDF/UA-1; equal reports give equal bytes."""
    made: bytes = typst.compile(
        template(),
        ignore_system_fonts=True,
        sys_inputs=inputs_of(report),
        pdf_standards=[*STANDARDS],
    )
    return made


def set_png(report: Report, *, dots_per_inch: float = 144.0) -> bytes:
    """Return the first page of a report as PNG; equal reports give equal bytes."""
    made: bytes | list[bytes] = typst.compile(
        template(),
        ignore_system_fonts=True,
        sys_inputs=inputs_of(report),
        format="png",
        ppi=dots_per_inch,
    )
    return made[0] if isinstance(made, list) else made


def headings_in(report: Report) -> list[str]:
    """Return the headings that the document holds, as typst sees them after setting."""
    found = typst.query(
        template(), "<said>", field="value", ignore_system_fonts=True, sys_inputs=inputs_of(report)
    )
    return list(json.loads(found))
