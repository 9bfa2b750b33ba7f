"""The reader's page of a package: HTML that opens offline, asks nothing of a network, runs nothing.

Everything of the package is listed; what a source wrote is shown as text, never read as markup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

from vigie.inquiry.custody import SIDES, STORES, local_text
from vigie.inquiry.requisitions import Warrant
from vigie.inquiry.vault import Gathered

_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem;"
    "color:#16202a;background:#fff}h1{font-size:1.6rem}h2{margin-top:2.2rem}table{border-collapse:"
    "collapse;width:100%;font-size:.86rem}caption{text-align:left;color:#51606e}th,td{text-align:"
    "left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid #d4dbe2}th{background:"
    "#f2f5f7}td{overflow-wrap:anywhere}video{max-width:100%}code{overflow-wrap:anywhere}"
    "@media(prefers-color-scheme:dark){body{background:#10161c;color:#e4e9ee}th{background:#1b242d}"
    "th,td{border-color:#33404c}caption{color:#9fb0bf}}"
)
_VERIFY = (
    "<h2>Vérifier</h2><p>Sur toute machine, sans réseau : <code>python3 -I verify_evidence.py "
    "DOSSIER.zip CLÉ</code>. La clé publique est sur la fiche de traçabilité "
    '(<a href="custody.pdf">custody.pdf</a>).</p>'
)
_CSP = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'"
SHOWN = {
    "facts": ("earliest_at", "kind", "source", "lon", "lat", "basis", "status", "fact_id"),
    "narratives": ("fact_id", "text"),
    "originals": ("fact_id", "source_ref", "text"),
    "measures": ("from_at", "to_at", "metric", "value", "unit", "source", "lon", "lat"),
    "plans": ("starts_at", "ends_at", "kind", "title", "state", "source"),
}
"""Columns of each store on the page; the data files hold all of them."""

BASIS = {"observed": "constaté", "reported": "rapporté", "inferred": "hypothèse (déduit)"}


def _table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape('' if v is None else str(v))}</td>" for v in row) + "</tr>"
        for row in rows
    )
    return (
        f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>"
    )


def reader_page(
    warrant: Warrant,
    found: Gathered,
    files: Sequence[tuple[str, int]],
    timeline: Sequence[Mapping[str, Any]],
    *,
    zone: ZoneInfo,
    time_state: str,
) -> str:
    """Return the page.

    Args:
        warrant: What was used.
        found: What was read.
        files: Names and sizes of the data files.
        timeline: Entries of the case's timeline, each with its certainty.
        zone: The city's.
        time_state: What is said of the trusted time.
    """
    case, one = warrant.case.content, warrant.requisition
    head = [
        ("Affaire", case["reference"]),
        ("Autorité", one.content["authority"]),
        ("Réquisition", f"n° {one.content['number']}, article {one.content['article']} du CPP"),
        ("Fenêtre", f"{_at(warrant.query.from_us, zone)} → {_at(warrant.query.to_us, zone)}"),
        ("Zone", " ; ".join(f"{x:.7f}, {y:.7f}" for x, y in warrant.query.ring)),
        ("Empreinte de la requête", warrant.sha256),
        *((SIDES[a.side], f"{a.who}, {_at(a.at_us, zone)}") for a in one.approvals),
        ("Heure de confiance", time_state),
    ]
    parts = [
        _table("Ce qui a été demandé et approuvé", ("Quoi", "Valeur"), head),
        "<h2>Chronologie de l’enquête</h2>",
        _timeline(timeline, zone),
        *(_store(store, found) for store in warrant.query.stores),
        "<h2>Fichiers</h2>",
        _files(files),
        _VERIFY,
    ]
    title = f"Dossier de preuves {escape(warrant.package_id)}"
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_CSP}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{title}</h1>{''.join(parts)}</main></body></html>\n"
    )


def _at(at_us: int, zone: ZoneInfo) -> str:
    return local_text(at_us, zone)


def _timeline(entries: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> str:
    if not entries:
        return "<p>Aucune entrée.</p>"
    rows = [
        (_at(one["happened_us"], zone), BASIS[one["certainty"]], one["text"], one["by"])
        for one in sorted(entries, key=lambda one: one["happened_us"])
    ]
    return _table("Par instant", ("Quand", "Certitude", "Quoi", "Écrit par"), rows)


def _store(store: str, found: Gathered) -> str:
    title = f"<h2>{STORES[store]}</h2>"
    if store == "video":
        return title + _video(found)
    rows, columns = found.records.get(store), SHOWN[store]
    if rows is None:
        return f"{title}<p>Absent de cette installation.</p>"
    if not rows:
        return f"{title}<p>Rien dans cette fenêtre et cette zone.</p>"
    cells = ([row[name] for name in columns] for row in rows)
    return title + _table(f"{len(rows)} enregistrements", columns, cells)


def _video(found: Gathered) -> str:
    if not found.recorder:
        return "<p>Cette installation n’a pas d’enregistreur : partie vidéo absente.</p>"
    return "".join(
        f"<figure><video controls preload='none' src='{escape(video_name(one.segment_id))}'>"
        f"</video><figcaption>{escape(one.camera_id)}</figcaption></figure>"
        for one in found.segments
    )


def video_name(segment_id: str) -> str:
    """Return where a segment stands in a package."""
    safe = "".join(one if one.isascii() and one.isalnum() else "-" for one in segment_id)
    return f"video/{safe}.mp4"


def _files(files: Sequence[tuple[str, int]]) -> str:
    rows = "".join(
        f'<tr><td><a href="{escape(name)}">{escape(name)}</a></td><td>{size}</td></tr>'
        for name, size in files
    )
    return f"<table><caption>Nom et taille en octets</caption><tbody>{rows}</tbody></table>"
