"""Writes the reference pages from the code they describe.

`python3 run.py fix` runs it; a test fails when a page is not what the code says. Nothing in
`docs/reference` is written by hand. `--check` writes nothing and says which pages are stale.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import typer.main
from asvs_page import asvs
from markdown_pages import both, page, table
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from requirement_pages import PROOFS, proofs_file, requirement_page
from rights_pages import roles
from scrubber_page import MEASURED, measured_file, scrubber
from source_pages import connectors, registry, samples

from vigie.base import errors, translations
from vigie.base.settings import PREFIX, Settings
from vigie.model.contracts import CONTRACTS
from vigie.model.needs import Need, needs
from vigie.model.taxonomy import TAXONOMY
from vigie.model.units import METRICS

REFERENCE = Path(__file__).resolve().parent / "reference"


# --- Command line -------------------------------------------------------------------------------


def _verbs(command: Any, path: str) -> Iterable[tuple[str, Any]]:
    children = getattr(command, "commands", {})
    if not children:
        yield path, command
    for name, child in sorted(children.items()):
        if not child.hidden:
            yield from _verbs(child, f"{path} {name}")


def _parameter(parameter: Any) -> tuple[str, str, str]:
    if parameter.param_type_name == "argument":
        name = f"`{parameter.name.upper()}`" + (" …" if parameter.nargs == -1 else "")
    else:
        options = (*parameter.opts, *parameter.secondary_opts)
        name = ", ".join(f"`{option}`" for option in options)
    default = parameter.default
    shown = "" if default in (None, False, (), "") or callable(default) else f"`{default}`"
    help_text = getattr(parameter, "help", None) or ""
    return name, help_text, "required" if parameter.required else shown


def commands() -> str:
    """Every verb of the command line with its arguments."""
    application = importlib.import_module("vigie.cli.main").build_app()
    parts = []
    for path, command in _verbs(typer.main.get_command(application), "vigie"):
        text = " ".join((command.help or "").split("\f", maxsplit=1)[0].split())
        rows = [_parameter(p) for p in command.params if p.name != "help"]
        listed = [table(("argument", "meaning", "default"), rows)] if rows else []
        parts += [f"## {path}", text, *listed]
    introduction = (
        "Every verb runs as `python3 run.py vigie VERB` or, inside the environment, `vigie VERB`. "
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done with quarantined rows."
    )
    return page("Commands", introduction, *parts)


# --- Settings -----------------------------------------------------------------------------------


def _leaves(
    model: type[BaseModel], path: tuple[str, ...] = ()
) -> Iterable[tuple[tuple[str, ...], FieldInfo]]:
    """Walk the tree of settings; the parts of a list follow it, marked with ``[]``."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _leaves(kind, (*path, name))
            continue
        yield (*path, name), field
        for part in get_args(kind):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _leaves(part, (*path, f"{name}[]"))


def settings() -> str:
    """Every setting, its default and its name in the environment."""
    rows = []
    for path, field in _leaves(Settings):
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        shown = (
            ""
            if default in ("", (), None)
            else f"`{json.dumps(default, ensure_ascii=False, default=str)}`"
        )
        key = ".".join(path)
        environment = "" if "[]" in key else f"`{PREFIX}{'__'.join(path).upper()}`"
        rows.append((f"`{key}`", field.description or "", shown, environment))
    introduction = (
        "Defaults, then `vigie.toml` in the home, then the environment. A key that does not exist "
        "is refused, so that a typing error is seen."
    )
    return page("Settings", introduction, table(("key", "meaning", "default", "variable"), rows))


# --- Errors and notices -------------------------------------------------------------------------


def _errors() -> list[type[errors.VigieError]]:
    """Return every domain error: a class is known once its module is loaded, so all are."""
    house = importlib.import_module("vigie")
    for found in pkgutil.walk_packages(house.__path__, "vigie."):
        if not found.name.endswith("__main__") and ".migrations" not in found.name:
            importlib.import_module(found.name)
    return [kind for kind in errors.subclasses_of() if kind.__module__.startswith("vigie.")]


def _error_codes() -> set[str]:
    return {kind.code for kind in _errors()}


def error_codes() -> str:
    """Every domain error with its status, exit code and text."""
    rows = []
    for kind in _errors():
        said = translations.translate(kind.code, "fr"), translations.translate(kind.code, "en")
        again = "no" if kind.terminal else "yes"
        rows.append((f"`{kind.code}`", kind.http_status, kind.exit_code, again, *said))
    introduction = (
        "A failure of the run. Over HTTP it is `application/problem+json` with this `code`; on the "
        "command line, one sentence and an exit code. *Again* says whether the same request may "
        "succeed later. What is wrong with data is a [notice](notices.md), never an error."
    )
    columns = ("code", "HTTP", "exit", "again", "français", "English")
    return page("Errors", introduction, table(columns, rows))


def notices() -> str:
    """Every notice and quarantine reason."""
    failures = _error_codes()
    rows = [
        (f"`{code}`", translations.translate(code, "fr"), translations.translate(code, "en"))
        for code in translations.codes()
        if code not in failures
    ]
    introduction = (
        "Something about data: counted as a notice when the row got in, kept in quarantine with "
        "this reason when it did not. Words in braces are filled in for each case."
    )
    return page("Notices", introduction, table(("code", "français", "English"), rows))


# --- Records, kinds, metrics, roles -------------------------------------------------------------


def _worked_by(need: Need) -> str:
    if need.by:
        return f"`{need.by}`"
    return "*kept to be told*" if need.kept else "*emptied on receipt*"


def records() -> str:
    """Every column of every record kind."""
    parts = []
    for contract in CONTRACTS.values():
        rows = [
            (
                *(f"`{c.name}`", f"`{c.type}`", c.meaning, c.unit, c.sensitivity, c.filled),
                needs()[contract.name][c.name].en,
                _worked_by(needs()[contract.name][c.name]),
            )
            for c in contract.columns
        ]
        laid_out = "month" if contract.thin else "local day"
        parts += [
            f"## {contract.name}",
            (
                f"Id `{contract.id_column}`, time `{contract.time_column}`, one part per "
                f"{laid_out}, sorted by {', '.join(f'`{name}`' for name in contract.sort)}."
            ),
            table(
                (
                    *("column", "type", "meaning", "unit", "sensitivity", "filled"),
                    *("need", "works with it"),
                ),
                rows,
            ),
        ]
    introduction = (
        "*Given* columns come from the connector, *derived* ones from intake. *Open* columns may "
        "be published in aggregates, *internal* ones are for services, *restricted* ones only for "
        "the purposes that a charter names. Each column has its need; one that is *kept to be "
        "told* is reported when nobody was told a value of it for 90 days, and dropped after 180 "
        "(MIN-3, `docs/decisions/0068-fields-nobody-uses.md`)."
    )
    return page("Records", introduction, *parts)


def taxonomy() -> str:
    """The tree of kinds."""
    rows = []
    for kind in TAXONOMY:
        deep = "&emsp;" * kind.code.count(".")
        rows.append((f"{deep}`{kind.code}`", kind.fr, kind.en))
    introduction = (
        "Any kind may be used, not only leaves. A code is stored in the lake: it is never renamed."
    )
    return page("Kinds", introduction, table(("code", "français", "English"), rows))


def metrics() -> str:
    """The register of what can be measured."""
    rows = [
        (f"`{m.code}`", m.fr, m.en, m.unit, f"{m.low:g} to {m.high:g}", m.sums)
        for m in METRICS.values()
    ]
    introduction = (
        "A value outside its plausible bounds is kept as suspect. *Sums* says how values combine "
        "over time and place; decibels are averaged as power."
    )
    columns = ("metric", "français", "English", "unit", "plausible", "sums")
    return page("Metrics", introduction, table(columns, rows))


# --- Plugins ------------------------------------------------------------------------------------


def analyses() -> str:
    """Every analysis with its limits and parameters."""
    parts = []
    for name, analysis in registry("analyses", "analyse.analysis").items():
        question, limits = both(analysis.question), both(analysis.limits)
        asked = [
            (f"`{key}`", (field.description or "").rpartition(" / ")[2], f"`{field.default}`")
            for key, field in analysis.parameters.model_fields.items()
        ]
        answered = [(f"`{c.name}`", c.fr, c.en, c.unit) for c in analysis.columns]
        withheld = (
            f"Counts under {analysis.suppress_below} are withheld." if analysis.count_column else ""
        )
        parts += [
            f"## {name}",
            f"**{question[1]}** ({question[0]})",
            f"*Limits.* {limits[1]}",
            f"*Limites.* {limits[0]}",
            *(text for text in (withheld, analysis.reference) if text),
            *([table(("parameter", "meaning", "default"), asked)] if asked else []),
            table(("column", "français", "English", "unit"), answered),
        ]
    return page("Analyses", "Each is a pure function of facts, with what it does not show.", *parts)


def rules() -> str:
    """Every rule with why it matters."""
    rows = [
        (f"`{name}`", rule.kind, *both(rule.title), rule.why["en"], rule.reference)
        for name, rule in registry("rules", "judge.rule").items()
    ]
    columns = (
        "rule",
        "looks at",
        "français",
        "English",
        "why, and what it does not show",
        "source",
    )
    return page("Rules", "Each names the wrong condition that it looks for.", table(columns, rows))


# --- HTTP ---------------------------------------------------------------------------------------


def routes() -> str:
    """Every route of the HTTP interface."""
    described = importlib.import_module("vigie.web.openapi").document()
    rows = [
        (f"`{method.upper()} {path}`", _said_of(operation), ", ".join(operation["x-roles"]))
        for path, item in sorted(described["paths"].items())
        for method, operation in item.items()
        if method in {"get", "post", "put", "patch", "delete"}
    ]
    introduction = (
        "The full description is [openapi.json](openapi.json) (OpenAPI 3.1), served at "
        "`/api/openapi.json`."
    )
    return page("Routes", introduction, table(("route", "does", "roles"), rows))


def _said_of(operation: Mapping[str, Any]) -> str:
    """Return the first sentence of a route; FastAPI's own summary is only its function's name."""
    said: str = operation.get("description") or operation["summary"]
    return said.strip().split("\n", maxsplit=1)[0]


def description() -> str:
    """The HTTP interface in OpenAPI 3.1."""
    text: str = importlib.import_module("vigie.web.openapi").render()
    return text


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands,
    "settings.md": settings,
    "errors.md": error_codes,
    "notices.md": notices,
    "records.md": records,
    "kinds.md": taxonomy,
    "metrics.md": metrics,
    "roles.md": roles,
    "connectors.md": connectors,
    "analyses.md": analyses,
    "rules.md": rules,
    "samples.md": samples,
    "requirements.md": requirement_page,
    "asvs.md": asvs,
    "routes.md": routes,
    "scrubber.md": scrubber,
    "openapi.json": description,
}


def index() -> str:
    """The list of the pages."""
    rows = [(f"[{name}]({name})", (write.__doc__ or "").strip()) for name, write in PAGES.items()]
    return page("Reference", "Generated from the code.", table(("page", "holds"), rows))


def render() -> dict[str, str]:
    """Return every page by file name."""
    return {"index.md": index(), **{name: write() for name, write in PAGES.items()}}


def main(arguments: list[str]) -> int:
    """Write the pages that changed, or with ``--check`` only name them."""
    stale = []
    pages = {REFERENCE / name: text for name, text in render().items()}
    for path, text in {PROOFS: proofs_file(), MEASURED: measured_file(), **pages}.items():
        if not path.exists() or path.read_text("utf-8") != text:
            stale.append(path.name)
            if "--check" not in arguments:
                path.write_text(text, "utf-8")
    print(f"stale: {', '.join(stale)}" if stale else "the reference is what the code says")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
