"""What is worth watching: panels of the dashboard and rules of alarm, in both languages.

A test holds every name that stands here against what ``/metrics`` answers.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel of the dashboard.

    Attributes:
        fr: Its title, in French.
        en: Its title, in English.
        queries: PromQL by legend.
        unit: Grafana's unit.
    """

    fr: str
    en: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One rule of alarm.

    Attributes:
        name: Its name.
        when: PromQL that is true while something is wrong.
        for_minutes: How long before it is told.
        grave: Whether somebody is to be woken.
        fr: What is wrong and what to do, in French.
        en: The same, in English.
    """

    name: str
    when: str
    for_minutes: int
    grave: bool
    fr: str
    en: str


def _quantile(name: str, share: str) -> str:
    return f"histogram_quantile({share}, sum by (le) (rate({name}_bucket[5m])))"


def _rate(name: str, by: str) -> str:
    return f"sum by ({by}) (rate({name}[5m]))"


PANELS = (
    Panel(
        "Ce qui est muet",
        "What is silent",
        (("vigie", "vigie_silent"), ("sources", "vigie_sources_stale")),
    ),
    Panel(
        "Messages traités par source, par seconde",
        "Messages processed by source, per second",
        (("{{source}}", _rate("vigie_ingest_messages_total", "source")),),
    ),
    Panel(
        "Journal : messages en attente",
        "Journal: messages waiting",
        (("journal", "vigie_journal_waiting"),),
    ),
    Panel(
        "Journal : âge du plus ancien",
        "Journal: age of the oldest",
        (("journal", "vigie_journal_oldest_seconds"),),
        "s",
    ),
    Panel(
        "Écriture dans le lac",
        "Commit to the lake",
        (
            ("p50", _quantile("vigie_commit_seconds", "0.5")),
            ("p95", _quantile("vigie_commit_seconds", "0.95")),
        ),
        "s",
    ),
    Panel(
        "De la réception à l'alerte, au plus",
        "From receipt to alert, at most",
        (
            ("p50", _quantile("vigie_alert_seconds", "0.5")),
            ("p95", _quantile("vigie_alert_seconds", "0.95")),
        ),
        "s",
    ),
    Panel("Abonnés au direct", "Live subscribers", (("SSE", "vigie_stream_subscribers"),)),
    Panel(
        "Messages refusés par priorité, par seconde",
        "Messages shed by priority, per second",
        (("{{priority}}", _rate("vigie_messages_shed_total", "priority")),),
    ),
    Panel("Quarantaine", "Quarantine", (("{{state}}", "vigie_quarantine_rows"),)),
    Panel(
        "Espace disque libre",
        "Free disk space",
        (("{{store}}", "vigie_disk_free_bytes / vigie_disk_size_bytes"),),
        "percentunit",
    ),
    Panel(
        "Caméras sans image",
        "Cameras without pictures",
        (("cameras", "vigie_recorder_cameras_missing"), ("gaps", "vigie_recorder_gaps")),
    ),
    Panel(
        "Journal d'audit : écriture d'une ligne",
        "Audit: writing a line",
        (("p95", _quantile("vigie_audit_append_seconds", "0.95")),),
        "s",
    ),
    Panel(
        "Depuis la dernière destruction",
        "Since the last destruction",
        (("retention", "vigie_retention_age_seconds"),),
        "s",
    ),
    Panel(
        "Depuis la dernière copie",
        "Since the last copy",
        (("copies", "vigie_copy_age_seconds"),),
        "s",
    ),
    Panel(
        "Retard des tâches", "Lateness of tasks", (("{{task}}", "vigie_task_late_seconds"),), "s"
    ),
    Panel(
        "Réponses HTTP au 95e centile",
        "HTTP answers, 95th percentile",
        (("p95", _quantile("vigie_http_request_seconds", "0.95")),),
        "s",
    ),
    Panel(
        "Erreurs du serveur, par seconde",
        "Server errors, per second",
        (("5xx", 'sum(rate(vigie_http_requests_total{status=~"5.."}[5m]))'),),
    ),
    Panel("Enregistrements du lac", "Records in the lake", (("{{kind}}", "vigie_lake_records"),)),
    Panel("Âge des sources", "Age of sources", (("{{source}}", "vigie_source_age_seconds"),), "s"),
)

ALARMS = (
    Alarm(
        "VigieAway",
        'up{job="vigie"} == 0',
        2,
        grave=True,
        fr="Vigie ne répond plus. Sur le serveur : systemctl status vigie, puis vigie doctor.",
        en="Vigie does not answer. On the server: systemctl status vigie, then vigie doctor.",
    ),
    Alarm(
        "VigieSilent",
        "vigie_silent > 0",
        1,
        grave=True,
        fr="Une tâche, les copies ou le traitement se taisent : les alertes de la console disent"
        " lesquels.",
        en="A task, copies or processing are silent: the console's alerts say which.",
    ),
    Alarm(
        "VigieJournalStuck",
        "vigie_journal_oldest_seconds > 120",
        2,
        grave=True,
        fr="Des messages reçus attendent depuis plus de deux minutes : vigie doctor.",
        en="Messages that were received have waited for over two minutes: vigie doctor.",
    ),
    Alarm(
        "VigieDiskNearlyFull",
        "vigie_disk_free_bytes / vigie_disk_size_bytes < 0.1",
        10,
        grave=True,
        fr="Moins d'un dixième du disque est libre ; pleine, la réception refuse. Agrandissez-le ou"
        " déplacez les enregistrements vidéo.",
        en="Less than a tenth of the disk is free; when it is full, intake refuses. Enlarge it or"
        " move the recordings.",
    ),
    Alarm(
        "VigieShedding",
        "sum by (priority) (rate(vigie_messages_shed_total[5m])) > 0",
        5,
        grave=False,
        fr="Des messages sont refusés depuis cinq minutes : la machine ne suit plus.",
        en="Messages have been refused for five minutes: the machine no longer follows.",
    ),
    Alarm(
        "VigieSourcesSilent",
        "vigie_sources_stale > 0",
        10,
        grave=False,
        fr="Des sources se taisent depuis deux fois leur période.",
        en="Sources have been silent for twice their period.",
    ),
    Alarm(
        "VigieRetentionLate",
        "vigie_retention_age_seconds > 1800",
        5,
        grave=True,
        fr="La destruction de ce qui a pris fin n'a pas abouti depuis trente minutes :"
        " vigie retention run.",
        en="What has ended was not destroyed for thirty minutes: vigie retention run.",
    ),
    Alarm(
        "VigieCommitsSlow",
        _quantile("vigie_commit_seconds", "0.95") + " > 5",
        10,
        grave=False,
        fr="L'écriture dans le lac dépasse cinq secondes au 95e centile.",
        en="Commits to the lake take over five seconds at the 95th percentile.",
    ),
    Alarm(
        "VigieAlertsSlow",
        _quantile("vigie_alert_seconds", "0.95") + " > 2",
        10,
        grave=False,
        fr="Les alertes tardent de plus de deux secondes au 95e centile.",
        en="Alerts come more than two seconds late at the 95th percentile.",
    ),
    Alarm(
        "VigieServerErrors",
        'sum(rate(vigie_http_requests_total{status=~"5.."}[5m])) > 0.1',
        5,
        grave=False,
        fr="Le serveur répond par des erreurs : lisez son journal.",
        en="The server answers with errors: read its log.",
    ),
    Alarm(
        "VigieCamerasMissing",
        "vigie_recorder_cameras_missing > 0",
        10,
        grave=False,
        fr="Des caméras ne donnent plus d'image depuis dix minutes.",
        en="Cameras have given no pictures for ten minutes.",
    ),
    Alarm(
        "VigieFiguresMissing",
        "vigie_unread_parts > 0",
        5,
        grave=False,
        fr="Des chiffres de Vigie ne peuvent pas être lus : voyez son journal.",
        en="Some of Vigie's figures cannot be read: see its log.",
    ),
)
