"""Messages of invented patients, with everything planted that must never leave a hospital."""

from __future__ import annotations

from datetime import date

PLANTED = (
    "MORVANDIAU", "Clotilde", "19870317", "17/03/1987", "1987-03-17", "287031300912345",
    "0699887766", "amandiers", "septemes", "Z3009", "poignet", "S610", "IPP-443322",
)  # fmt: skip
SITE = "130000001"
HOME = "12 traverse des amandiers^^septemes^^Z3009||0699887766"
SUNDAY = date(2026, 11, 22)


def adt(visit: object, *, at: str = "202611221015", event: str = "A04", **changes: str) -> bytes:
    """Return an ADT message, segments in CR, with a whole patient in it."""
    said = {
        "class": "E", "site": SITE, "type": f"ADT^{event}", "id": f"M-{visit}-{event}",
        "name": "MORVANDIAU^Clotilde", "born": "19870317", "acuity": "3", "by": "PERSO", "out": "",
        **changes,
    }  # fmt: skip
    pv1 = ["PV1", "1", said["class"], *[""] * 16, str(visit), *[""] * 16, said["out"]]
    pv1 += [*[""] * 7, at]
    lines = [
        f"MSH|^~\\&|DPI|{said['site']}|VIGIE|VILLE|20261122101600||{said['type']}|{said['id']}|P|2.5",
        f"EVN|{event}|20261122101500",
        f"PID|1||IPP-443322^^^DPI~287031300912345^^^NIR||{said['name']}||{said['born']}|F|||{HOME}",
        "NK1|1|MORVANDIAU^Jean|SPO|12 traverse des amandiers|0699887766",
        "|".join(pv1),
        "|".join(["PV2", *[""] * 37, said["by"], "", said["acuity"]]),
        "DG1|1||S610|plaie du poignet",
    ]
    return "\r".join(lines).encode() + b"\r"


def framed(*messages: bytes) -> bytes:
    """Return messages as they go over the wire."""
    return b"".join(b"\x0b" + one + b"\x1c\r" for one in messages)


def rpu(count: int, *, extract: str = "23/11/2026 03:30:00", day: str = "22/11/2026") -> bytes:
    """Return an RPU file of some passages of one day, one every ten minutes."""
    people = "".join(
        f"<PATIENT><CP>Z3009</CP><COMMUNE>septemes</COMMUNE><NAISSANCE>17/03/1987</NAISSANCE>"
        f"<SEXE>F</SEXE><ENTREE>{day} {n // 6:02d}:{n % 6}0:00</ENTREE><TRANSPORT>PERSO</TRANSPORT>"
        f"<MOTIF>plaie du poignet de MORVANDIAU</MOTIF><GRAVITE>2</GRAVITE><DP>S610</DP></PATIENT>"
        for n in range(count)
    )
    return (
        f"<OSCOUR><ETABLISSEMENT><FINESS>{SITE}</FINESS><EXTRACT>{extract}</EXTRACT></ETABLISSEMENT>"
        f"<PASSAGES>{people}</PASSAGES></OSCOUR>"
    ).encode("latin-1")
