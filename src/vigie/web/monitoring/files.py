"""The files themselves: two dashboards, the rules of alarm, how Prometheus is told of Vigie."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vigie.web.monitoring.description import ALARMS, PANELS, Alarm, Panel

TITLES = {"fr": "Vigie : la maison elle-même", "en": "Vigie: the house itself"}
_WIDE, _HIGH, _ACROSS = 8, 7, 3
_SOURCE = {"type": "prometheus", "uid": "${DS_PROMETHEUS}"}


def dashboard(language: str) -> str:
    """Return the dashboard as Grafana imports it (Dashboards, New, Import)."""
    told: dict[str, Any] = {
        "__inputs": [
            {
                "name": "DS_PROMETHEUS",
                "label": "Prometheus",
                "type": "datasource",
                "pluginId": "prometheus",
            }
        ],
        "uid": f"vigie-{language}",
        "title": TITLES[language],
        "tags": ["vigie"],
        "timezone": "browser",
        "schemaVersion": 36,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "panels": [_panel(panel, number, language) for number, panel in enumerate(PANELS)],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _panel(panel: Panel, number: int, language: str) -> dict[str, Any]:
    row, column = divmod(number, _ACROSS)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": panel.fr if language == "fr" else panel.en,
        "datasource": _SOURCE,
        "gridPos": {"h": _HIGH, "w": _WIDE, "x": column * _WIDE, "y": row * _HIGH},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(65 + n), "datasource": _SOURCE, "expr": query, "legendFormat": legend}
            for n, (legend, query) in enumerate(panel.queries)
        ],
    }


def alarm_rules() -> str:
    """Return the rules of alarm as Prometheus reads them (YAML; texts are quoted as in JSON)."""
    lines = ["groups:", "  - name: vigie", "    rules:"]
    for alarm in ALARMS:
        lines += _rule(alarm)
    return "\n".join([*lines, ""])


def _rule(alarm: Alarm) -> list[str]:
    quoted = {name: json.dumps(text, ensure_ascii=False) for name, text in _texts(alarm).items()}
    return [
        f"      - alert: {alarm.name}",
        f"        expr: {json.dumps(alarm.when)}",
        f"        for: {alarm.for_minutes}m",
        "        labels:",
        f"          severity: {'critical' if alarm.grave else 'warning'}",
        "        annotations:",
        *(f"          {name}: {text}" for name, text in quoted.items()),
    ]


def _texts(alarm: Alarm) -> dict[str, str]:
    return {"summary_fr": alarm.fr, "summary_en": alarm.en}


SCRAPE = """\
# Prometheus: where Vigie is. The token: vigie token issue prometheus --read-as ACCOUNT
rule_files: [prometheus-alarms.yml]
scrape_configs:
  - job_name: vigie
    scrape_interval: 30s
    authorization: {credentials_file: /etc/prometheus/vigie-token}
    static_configs: [{targets: ["127.0.0.1:8000"]}]
"""


def write_files(folder: Path) -> list[Path]:
    """Write every file into a folder, made when absent; returns them."""
    texts = {
        "grafana-fr.json": dashboard("fr"),
        "grafana-en.json": dashboard("en"),
        "prometheus-alarms.yml": alarm_rules(),
        "prometheus.yml": SCRAPE,
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]
