"""A source has said nothing for more than twice its expected period."""

from __future__ import annotations

from collections.abc import Sequence

from vigie.judge.rule import Finding, Rule, SourceView

SECOND_US = 1_000_000


def judge(sources: Sequence[SourceView], now_us: int) -> list[Finding]:
    """Find the sources that are stale; one that never spoke is not yet expected to."""
    findings = []
    for source in sources:
        if source.state != "stale" or source.last_received_us is None:
            continue
        silent_s = (now_us - source.last_received_us) // SECOND_US
        findings.append(
            Finding(
                severity=3,
                explanation={
                    "fr": f"La source « {source.source} » se tait depuis {_words(silent_s, 'fr')}"
                    f" ; un message était attendu toutes les {_words(source.period_s, 'fr')}.",
                    "en": f'Source "{source.source}" has been silent for {_words(silent_s, "en")};'
                    f" a message was expected every {_words(source.period_s, 'en')}.",
                },
                from_us=source.last_received_us,
                to_us=now_us + 2 * source.period_s * SECOND_US,
                subjects=(source.source,),
                numbers={"silent_s": silent_s, "period_s": source.period_s},
            )
        )
    return findings


def _words(seconds: int, language: str) -> str:
    day = "j" if language == "fr" else "d"
    for size, unit in ((86_400, day), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


RULE = Rule(
    name="source_silent",
    kind="alert_sources",
    title={"fr": "Source muette", "en": "Silent source"},
    why={
        "fr": "Un chiffre qui ne vient plus n'est pas un zéro. La règle ne sait pas pourquoi la"
        " source se tait.",
        "en": "A figure that no longer arrives is not a zero. The rule does not know why.",
    },
    judge=judge,
)
