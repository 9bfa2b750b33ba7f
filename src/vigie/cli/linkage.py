"""``vigie linkage``: how good links are against the truth of invented cities, and learning anew."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vigie.base.errors import WrongUsage
from vigie.cli.terminal import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    PurposeOption,
    RoleOption,
    language,
    say,
    say_json,
    show_rows,
)

if TYPE_CHECKING:
    from vigie.judge.linkage_learning import Known

FitOption = Annotated[
    list[Path] | None, typer.Option("--fit", help="Home of an invented city to learn on.")
]
CalibrateOption = Annotated[
    list[Path] | None, typer.Option("--calibrate", help="Another one, for the calibration curve.")
]


def linkage(
    home: HomeOption = DEFAULT_HOME,
    learn: Annotated[
        bool, typer.Option("--learn", help="Learn weights from --fit and --calibrate, into --out.")
    ] = False,
    fit: FitOption = None,
    calibrate: CalibrateOption = None,
    out: Annotated[Path | None, typer.Option(help="File for the weights learnt.")] = None,
    role: RoleOption = "",
    purpose: PurposeOption = "",
    as_json: JsonOption = False,
) -> None:
    """Check links against the truth that an invented city has, or learn their weights anew."""
    if not learn:
        _check(home, role, purpose, as_json=as_json)
        return
    if not fit or not calibrate or out is None:
        raise WrongUsage(reason="--learn: --fit, --calibrate, --out", field="learn")
    _learn(fit, calibrate, out, (role, purpose))


def _known(home: Path, role: str, purpose: str) -> Known:
    from vigie.city.known_reports import known_reports
    from vigie.privacy.purposes import Verb
    from vigie.situation.home import open_home
    from vigie.situation.local import local_caller

    with open_home(home) as opened:
        caller = local_caller(opened, role=role, purpose=purpose)
        opened.rights.ask(caller, "figures", Verb.COMBINE, subject={"linkage": "truth"})
        return known_reports(opened.lake, home)


def _check(home: Path, role: str, purpose: str, *, as_json: bool) -> None:
    from vigie.judge.linkage_check import check

    figures, baseline = check(_known(home, role, purpose))
    if as_json:
        say_json({"figures": figures, "baseline": baseline})
        return
    names = ("at_0.5", "at_0.8", "at_0.9")
    rows = [{"what": name, **figures[name]} for name in names] + [{"what": "baseline", **baseline}]
    show_rows(rows, ("what", "links", "precision", "recall"), as_json=False)
    show_rows(figures["calibration"], ("from", "pairs", "shown", "true"), as_json=False)
    words = {
        "fr": "Référence : même nature, à moins de 100 m et 30 minutes. Rappel de toutes les"
        " paires vraies, celles qui ne sont pas comparées aussi.",
        "en": "Baseline: same kind, within 100 m and 30 minutes. Recall of all true pairs, those"
        " never compared too.",
    }
    say(words[language()])


def _learn(fitted: list[Path], kept_out: list[Path], out: Path, asking: tuple[str, str]) -> None:
    from vigie.judge.linkage_check import merge, spaced
    from vigie.judge.linkage_learning import as_toml, fit

    joined, kept = (merge([_known(home, *asking) for home in part]) for part in (fitted, kept_out))
    learnt = {
        "fitted": ",".join(home.name for home in fitted),
        "calibrated": ",".join(home.name for home in kept_out),
        "facts": len(joined.reports),
    }
    out.write_text(as_toml(fit(spaced(joined), spaced(kept), learnt)), encoding="utf-8")
    words = {
        "fr": f"Poids appris sur {len(joined.reports)} signalements : {out}",
        "en": f"Weights learnt on {len(joined.reports)} reports: {out}",
    }
    say(words[language()])


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("linkage")(linkage)
