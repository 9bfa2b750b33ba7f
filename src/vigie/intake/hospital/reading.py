"""Any patient-level payload of a hospital, read by its own reader."""

from __future__ import annotations

from vigie.intake.hospital.fhir import read_fhir
from vigie.intake.hospital.hl7v2 import read_hl7
from vigie.intake.hospital.passages import HospitalOptions, Reading
from vigie.intake.hospital.rpu import read_rpu
from vigie.intake.messages.rows import Rows
from vigie.intake.messages.tree import looks_like_xml, read_json, read_xml

_BEFORE = b"\xef\xbb\xbf \t\r\n"


def read_passages(data: bytes, now_us: int, options: HospitalOptions, rows: Rows) -> Reading:
    """Return the passages of RPU XML, FHIR JSON or HL7 v2 messages.

    Args:
        data: The payload.
        now_us: Instant of receipt.
        options: Zone, site, codes.
        rows: Collects refusals and remarks; each passage, encounter or message is a row.

    Raises:
        FileRefused: When it is none of the three.
    """
    if looks_like_xml(data):
        return read_rpu(read_xml(data)[1], now_us, options, rows)
    if data.lstrip(_BEFORE)[:1] in {b"{", b"["}:
        return read_fhir(read_json(data), now_us, options, rows)
    return read_hl7(data, now_us, options, rows)
