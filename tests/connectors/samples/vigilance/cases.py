"""Samples of weather warnings: invented bulletins and alerts about an invented week."""

# ruff: noqa: E501 -- samples are data, and some of their lines are long

from __future__ import annotations

import json
from typing import Any

PERSONAL = (
    "Bastien Larafale",
    "b.larafale@meteo.example",
    "06 99 88 77 66",
    "Mme Onde Claire",
    "GZ-404-QX",
)

T = 1_795_417_200  # 23 November 2026, 7:00 UTC, 8:00 in Marseille
HOUR = 3_600
END = T + 40 * HOUR  # midnight at the end of the next day, local time


def slots(*colours: tuple[int, Any]) -> list[dict[str, Any]]:
    """Return colours over time, from hours after the update."""
    return [{"begin_time": T + hours * HOUR, "color_id": colour} for hours, colour in colours]


def phenomenon(number: Any, *colours: tuple[int, Any]) -> dict[str, Any]:
    """Return a phenomenon of the light form."""
    return {"phenomenon_id": number, "timelaps_items": slots(*colours)}


def light(*phenomena: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return a bulletin in the light form; ... removes a member."""
    made = {
        "update_time": T, "end_validity_time": END, "domain_id": "13", "color_max": 3, "timelaps": list(phenomena),
        "phenomenons_items": [{"phenomenon_id": 1, "phenomenon_max_color_id": 3}], "advices": None, "comments": {"text": "Mistral."},
    } | changes  # fmt: skip
    return {name: value for name, value in made.items() if value is not ...}


WIND = phenomenon(1, (0, 1), (2, 2), (6, 3), (10, 1))


def product(*domains: tuple[str, list[dict[str, Any]]], **changes: Any) -> dict[str, Any]:
    """Return the official product, of two periods."""
    periods = []
    for name, begins, ends in (
        ("J", "2026-11-23T07:00:00Z", "2026-11-23T23:00:00Z"),
        ("J1", "2026-11-23T23:00:00Z", "2026-11-24T23:00:00Z"),
    ):
        colours = [{"begin_time": begins, "end_time": ends, "color_id": 2 if name == "J1" else 1}]
        listed = [
            {
                "domain_id": domain,
                "max_color_id": 2,
                "phenomenon_items": [
                    {"phenomenon_max_color_id": 2, "timelaps_items": colours} | one for one in items
                ],
            }
            for domain, items in domains
        ]
        periods.append(
            {
                "echeance": name,
                "begin_validity_time": begins,
                "end_validity_time": ends,
                "text_items": {"title": "", "text": []},
                "timelaps": {"domain_ids": listed},
                "max_count_items": [],
            }
        )
    made = {
        "warning_type": "vigilance",
        "type_cdp": "CDP_CARTE_EXTERNE",
        "version_vigilance": "V6",
        "version_cdp": "1.0.0",
        "update_time": "2026-11-23T07:00:00Z",
        "domain_id": "FRA",
        "global_max_color_id": "2",
        "periods": periods,
    } | changes
    return {
        "product": made,
        "meta": {"snapshot_id": "2026112307", "product_datetime": "2026-11-23T07:00:00Z"},
    }


def js(value: Any) -> bytes:
    """Return JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


SENDER = "vigilance@meteo.example"
INFO = """<info><language>fr-FR</language><category>Met</category><event>Vent violent</event><urgency>Expected</urgency>
<severity>Severe</severity><certainty>Likely</certainty><onset>2026-11-23T12:00:00+01:00</onset><expires>2026-11-24T00:00:00+01:00</expires>
<area><areaDesc>Littoral</areaDesc><polygon>43.15,5.20 43.45,5.20 43.45,5.60 43.15,5.60 43.15,5.20</polygon><geocode><valueName>NUTS3</valueName><value>FRL04</value></geocode></area></info>"""


def ref(identifier: str, sent: str = "2026-11-23T08:00:00+01:00") -> str:
    """Return a reference to a message."""
    return f"{SENDER},{identifier},{sent}"


def alert(
    identifier: str = "A1",
    *,
    sent: str = "2026-11-23T08:00:00+01:00",
    kind: str = "Alert",
    references: str = "",
    status: str = "Actual",
    scope: str = "Public",
    info: str = INFO,
    more: str = "",
    sender: str = SENDER,
    version: str = "1.2",
) -> str:
    """Return an alert, without its XML declaration."""
    named = f"<references>{references}</references>" if references else ""
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:{version}"><identifier>{identifier}</identifier><sender>{sender}</sender><sent>{sent}</sent>'
        f"<status>{status}</status><msgType>{kind}</msgType><scope>{scope}</scope>{more}{named}{info}</alert>"
    )  # fmt: skip


def xml(body: str, encoding: str = "UTF-8") -> bytes:
    """Return a document."""
    return f'<?xml version="1.0" encoding="{encoding}"?>\n{body}'.encode(encoding)


def envelope(*alerts: str, status: str = "Actual") -> str:
    """Return an EDXL-DE envelope."""
    objects = "".join(
        f"<contentObject><xmlContent><embeddedXMLContent>{one}</embeddedXMLContent></xmlContent></contentObject>"
        for one in alerts
    )
    return f'<EDXLDistribution xmlns="urn:oasis:names:tc:emergency:EDXL:DE:1.0"><distributionID>D1</distributionID><distributionStatus>{status}</distributionStatus>{objects}</EDXLDistribution>'


def feed(*entries: str) -> str:
    """Return an Atom feed."""
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom">'
        + "".join(f"<entry>{one}</entry>" for one in entries)
        + "</feed>"
    )


BOMB = '<!DOCTYPE alert [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<alert><identifier>&b;</identifier></alert>'
OUTSIDE = '<!DOCTYPE alert [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<alert><identifier>&x;</identifier></alert>'
PRIVATE = (
    f"<senderName>{PERSONAL[0]}</senderName><headline>Vu par {PERSONAL[3]}</headline><description>Véhicule {PERSONAL[4]}</description>"
    f"<web>https://meteo.example/</web><contact>{PERSONAL[0]}, {PERSONAL[2]}</contact>"
)  # fmt: skip
# Order of CAP: texts stand between dates and areas.
WITH_PEOPLE = INFO.replace("<area>", PRIVATE + "<area>")

CASES: dict[str, dict[str, object]] = {
    # --- valid: vigilance
    "valid/wind.json": {"content": js(light(WIND)), "records": {"plans": 7}, "read": 1},
    "valid/coast.json": {"content": js(light(phenomenon(9, (0, 2)), domain_id="1310")), "records": {"plans": 7}, "read": 1},
    "valid/all_green.json": {"content": js(light(*(phenomenon(n, (0, 1)) for n in range(1, 10)))), "records": {"plans": 63}, "read": 9},
    "valid/product.json": {
        "content": js(product(("13", [{"phenomenon_id": "1"}, {"phenomenon_id": "3"}]), ("1310", [{"phenomenon_id": "9"}]), ("75", [{"phenomenon_id": "1"}]))),
        "records": {"plans": 21}, "read": 3, "notices": {"not_used": 2},
    },
    "valid/nothing.json": {"content": js(light()), "read": 1},
    "valid/two_bulletins.json": {"content": js([light(WIND), light(phenomenon(3, (0, 4)), domain_id="1310")]), "records": {"plans": 14}, "read": 2},
    # --- valid: CAP
    "valid/alert.cap": {"content": xml(alert()), "records": {"plans": 1}, "read": 1},
    "valid/alert_1_1_latin1.cap": {"content": xml(alert(version="1.1", info=INFO.replace("Littoral", "Côte")), "ISO-8859-1"), "records": {"plans": 1}, "read": 1},
    "valid/update.cap": {"content": xml(alert("A2", sent="2026-11-23T09:00:00+01:00", kind="Update", references=ref("A1"))), "records": {"plans": 2}, "read": 1},
    "valid/cancel.cap": {"content": xml(alert("A3", sent="2026-11-23T09:30:00+01:00", kind="Cancel", references=f"{ref('A1')} {ref('A2')}", info="")), "records": {"plans": 2}, "read": 1},
    "valid/two_languages.cap": {"content": xml(alert(info=INFO + INFO.replace("fr-FR", "en-GB").replace("Vent violent", "High wind"))), "records": {"plans": 1}, "read": 1},
    "valid/envelope.edxlde": {"content": xml(envelope(alert(), alert("B1"))), "records": {"plans": 2}, "read": 2},
    "valid/feed.atom": {"content": xml(feed(f'<id>1</id><content type="text/xml">{alert()}</content>', "<id>2</id>")), "records": {"plans": 1}, "read": 1, "notices": {"not_used": 1}},
    "valid/index.rss": {"content": xml('<rss version="2.0"><channel><item><title>Vent</title></item><item/></channel></rss>'), "notices": {"not_used": 1}},
    "valid/signed.cap": {"content": xml(alert(more="").replace("</alert>", '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignatureValue>c2lnbmF0dXJl</SignatureValue></Signature></alert>')), "records": {"plans": 1}, "read": 1, "notices": {"not_used": 1}},
    "valid/contact.cap": {
        "content": xml(alert(sender=PERSONAL[1], info=WITH_PEOPLE)), "records": {"plans": 1}, "read": 1, "notices": {"dropped_personal": 3},
    },
    # --- invalid: documents
    "invalid/empty.json": {"content": b"", "rejects": {"empty_file": 1}},
    "invalid/cut.json": {"content": js(light(WIND))[:-20], "rejects": {"unreadable": 1}},
    "invalid/cut.cap": {"content": xml(alert())[:-20], "rejects": {"unreadable": 1}},
    "invalid/entity_bomb.cap": {"content": xml(BOMB), "rejects": {"xml_document_type": 1}},
    "invalid/external_entity.cap": {"content": xml(OUTSIDE), "rejects": {"xml_document_type": 1}},
    "invalid/not_utf8.cap": {"content": xml(alert(info=INFO.replace("Littoral", "Côte"))).replace("Côte".encode(), b"C\xf4te"), "rejects": {"unreadable": 1}},
    "invalid/nested.cap": {"content": xml("<alert>" + "<a>" * 100 + "</a>" * 100 + "</alert>"), "rejects": {"too_deep": 1}},
    "invalid/nested.json": {"content": b"[" * 200 + b"]" * 200, "rejects": {"too_deep": 1}},
    "invalid/web_page.xml": {"content": b"<html><body>503</body></html>", "rejects": {"unknown_message": 1}},
    "invalid/other.json": {"content": js({"error": "quota"}), "rejects": {"unknown_message": 1}, "read": 1, "notices": {"unmapped_column": 1}},
    # --- invalid: bulletins
    "invalid/without_update.json": {"content": js(light(WIND, update_time=...)), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/unknown_phenomenon.json": {"content": js(light(WIND, phenomenon(42, (0, 2)))), "records": {"plans": 7}, "rejects": {"unknown_code": 1}, "read": 2},
    "invalid/unknown_colour.json": {"content": js(light(phenomenon(1, (0, 7)))), "rejects": {"unknown_code": 1}, "read": 1},
    "invalid/without_colour.json": {"content": js(light(phenomenon(1, (0, None)))), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/without_slots.json": {"content": js(light({"phenomenon_id": 1, "timelaps_items": []})), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/reversed.json": {"content": js(light(WIND, end_validity_time=T - HOUR)), "rejects": {"time_reversed": 1}, "read": 1},
    "invalid/year_long.json": {"content": js(light(WIND, end_validity_time=T + 400 * 24 * HOUR)), "rejects": {"out_of_range": 1}, "read": 1},
    "invalid/huge_time.json": {"content": js(light(WIND, end_validity_time=10**30)), "rejects": {"bad_time": 1}, "read": 1},
    "invalid/fast_clock.json": {"content": js(light(WIND, update_time=T + 24 * HOUR)), "records": {"plans": 7}, "read": 1, "notices": {"clock_skew": 1}},
    "invalid/other_domain.json": {"content": js(light(WIND, domain_id="75")), "read": 1, "notices": {"not_used": 1}},
    "invalid/forecaster.json": {"content": js(light(WIND, previsionniste=PERSONAL[0])), "records": {"plans": 7}, "read": 1, "notices": {"unmapped_column": 1}},
    # --- invalid: alerts
    "invalid/exercise.cap": {"content": xml(alert(status="Exercise")), "rejects": {"not_actual": 1}, "read": 1},
    "invalid/test.cap": {"content": xml(alert(status="Test")), "rejects": {"not_actual": 1}, "read": 1},
    "invalid/exercise.edxlde": {"content": xml(envelope(alert(), status="Exercise")), "rejects": {"not_actual": 1}},
    "invalid/unknown_status.cap": {"content": xml(alert(status="Peut-être")), "rejects": {"unknown_code": 1}, "read": 1},
    "invalid/unknown_message.cap": {"content": xml(alert(kind="Rumour")), "rejects": {"unknown_message": 1}, "read": 1},
    "invalid/without_scope.cap": {"content": xml(alert(scope="")), "rejects": {"missing_required": 1}, "read": 1},
    "invalid/private.cap": {"content": xml(alert(scope="Private", more=f"<addresses>{PERSONAL[1]}</addresses>")), "read": 1, "notices": {"not_used": 1, "dropped_personal": 1}},
    "invalid/acknowledgement.cap": {"content": xml(alert(kind="Ack", references=ref("A1"), info="")), "read": 1, "notices": {"not_used": 1}},
    "invalid/naive_time.cap": {"content": xml(alert(sent="2026-11-23T08:00:00")), "rejects": {"naive_time": 1}, "read": 1},
    "invalid/bad_identifier.cap": {"content": xml(alert("A 1,")), "rejects": {"bad_row": 1}, "read": 1},
    "invalid/cancel_of_nothing.cap": {"content": xml(alert("A3", kind="Cancel", info="")), "rejects": {"unknown_reference": 1}, "read": 1},
    "invalid/broken_reference.cap": {"content": xml(alert("A2", kind="Update", references="A1")), "records": {"plans": 1}, "read": 1, "notices": {"unknown_reference": 1}},
    "invalid/broken_polygon.cap": {"content": xml(alert(info=INFO.replace("43.15,5.60", "43.15,"))), "records": {"plans": 1}, "read": 1, "notices": {"bad_geometry": 1}},
    "invalid/without_end.cap": {"content": xml(alert(info=INFO.replace("<expires>2026-11-24T00:00:00+01:00</expires>", ""))), "records": {"plans": 1}, "read": 1, "notices": {"no_end": 1}},
    "invalid/unknown_words.cap": {"content": xml(alert(info=INFO.replace("Expected", "Bientôt").replace("Severe", "Enorme"))), "records": {"plans": 1}, "read": 1, "notices": {"unknown_code": 2}},
    "invalid/search_for_a_person.cap": {
        "content": xml(alert(info=WITH_PEOPLE.replace("Met<", "Rescue<").replace("Vent violent", "Alerte enlèvement"))), "read": 1,
        "notices": {"dropped_personal": 3, "not_used": 1},
    },
    "invalid/without_info.cap": {"content": xml(alert(info="")), "read": 1, "notices": {"not_used": 1}},
    "invalid/unknown_element.cap": {"content": xml(alert(more="<operator>x</operator>")), "records": {"plans": 1}, "read": 1, "notices": {"unmapped_column": 1}},
    "invalid/nameless_phenomenon.json": {
        "content": js(light(phenomenon(None, (0, 2)))),
        "rejects": {"missing_required": 1},
        "read": 1,
    },
    "invalid/empty_alert.cap": {"content": xml("<alert/>"), "rejects": {"bad_row": 1}, "read": 1},
    "invalid/fast_clock.cap": {
        "content": xml(alert(sent="2036-11-23T08:00:00+01:00")),
        "records": {"plans": 1},
        "read": 1,
        "notices": {"clock_skew": 1},
    },
    "invalid/duplicate.edxlde": {"content": xml(envelope(alert(), alert())), "records": {"plans": 2}, "read": 2},
}  # fmt: skip
