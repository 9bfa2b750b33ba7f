"""A mark grows over the rest of its value and over nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.privacy.scrubber import PLACEHOLDERS
from vigie.scrub.edges import mended

EDGES = [
    ("cyclo [plaque].L sans assurance", "cyclo [plaque] sans assurance"),
    ("plaque [plaque] - w sans", "plaque [plaque] sans"),
    ("[téléphone] 78, avisé", "[téléphone], avisé"),
    ("série 802 500 [téléphone]", "série [téléphone]"),
    ("un permis [pièce] delta kilo abîmé", "un permis [pièce] abîmé"),
    ("fox [plaque] relevé", "[plaque] relevé"),
    ("vingt huit août [naissance]", "[naissance]"),
    ("LT[carte], panthere[compte].", "[carte], [compte]."),
    ("samir.[compte].off sur snap", "[compte] sur snap"),
    ("https://fb.me/[compte]", "[compte]"),
    ("x tout attaché [courriel]", "x [courriel]"),
    ("cité Bellecombe, [adresse]", "[adresse]"),
    ("[adresse], escalier 5 porte 78.", "[adresse]."),
    ("[adresse] de mai 13005 marseille", "[adresse]"),
    ("[adresse], 6 ; RAS", "[adresse] ; RAS"),
    ("habite au [adresse]", "habite [adresse]"),
    ("[adresse] à Plan-de-Cuques, RAS", "[adresse], RAS"),
    ("[adresse] - 13012 Marseille", "[adresse]"),
    ("[adresse], 1er. RAS", "[adresse]. RAS"),
    ("[adresse]-de-chaussée droite", "[adresse]"),
    ("demeurant 3 avenue Foch, [adresse]", "demeurant [adresse]"),
    ("vit Les Tamaris, [adresse]", "vit [adresse]"),
    ("carte [carte] **** **** [carte] vue", "carte [carte] vue"),
    ("sur snap [compte] du 13, RAS", "sur snap [compte], RAS"),
    ("c'est : A [code], merci", "c'est : [code], merci"),
    ("digicode A [code]", "digicode [code]"),
    ("skype live:[compte] bloqué", "skype [compte] bloqué"),
    ("tag « [nom].rs » déjà vu", "tag « [nom] » déjà vu"),
    ("vu avec [nom].il part", "vu avec [nom].il part"),
    ("CB 4970 **** **** [carte];remise", "CB [carte];remise"),
    ("[nom], Air-Bel, [adresse], est", "[nom], [adresse], est"),
    ("tapage | La Rouvière, [adresse] | classé", "tapage | [adresse] | classé"),
    ("adresse la cayolle, [adresse]", "adresse [adresse]"),
    # What counts, measures, dates or names something stays.
    ("[nom], tapage, [adresse]", "[nom], tapage, [adresse]"),
    ("[plaque] 2 occupants", "[plaque] 2 occupants"),
    ("[téléphone] 14h30", "[téléphone] 14h30"),
    ("12/03/2026 [téléphone]", "12/03/2026 [téléphone]"),
    ("14:05 [plaque] part", "14:05 [plaque] part"),
    ("caméra 12 [plaque] part", "caméra 12 [plaque] part"),
    ("[code] à la porte", "[code] à la porte"),
    ("[nom] 3 fois", "[nom] 3 fois"),
    ("[pièce] 12 rue", "[pièce] 12 rue"),
    ("devant le 3 [adresse]", "devant le 3 [adresse]"),
    ("3 [autre] 4", "3 [autre] 4"),
    ("story [compte] du 12 mars", "story [compte] du 12 mars"),
    ("[adresse] à pied, à 14 h", "[adresse] à pied, à 14 h"),
]


@pytest.mark.parametrize(("text", "clean"), EDGES)
def test_the_rest_of_a_value_goes_and_what_stands_beside_it_stays(text: str, clean: str) -> None:
    """Requirement: PM-3."""
    assert mended(text) == clean


@settings(max_examples=60)
@given(
    st.sampled_from(["phone", "card", "iban", "nir", "document", "plate"]),
    st.sampled_from([" ", ".", "-", "/", " - "]),
    st.from_regex(r"[0-9]{1,5}", fullmatch=True).filter(str.isascii),
)
def test_no_figure_is_left_against_a_number(kind: str, gap: str, rest: str) -> None:
    mark = PLACEHOLDERS[kind]
    assert mended(f"vu {mark}{gap}{rest}, avisé") == f"vu {mark}, avisé"


@settings(max_examples=60)
@given(st.text("[]ab12 .-/@\n", max_size=20), st.sampled_from(sorted(PLACEHOLDERS)), st.text())
def test_marks_only_grow(before: str, kind: str, after: str) -> None:
    mark = PLACEHOLDERS[kind]
    grown = mended(f"{before}{mark}{after}")
    assert mark in grown
    assert len(grown) <= len(f"{before}{mark}{after}")


@pytest.mark.parametrize("atom", ["12 ", "a.", "a_b-", "a", "deux ", "bat a, ", "[plaque] 1 "])
def test_long_texts_are_read_in_one_go(atom: str) -> None:
    """A quadratic pattern needs half a minute here, a linear one less than a tenth of a second."""
    text = f"{atom * (60_000 // len(atom))}[nom]"
    assert mended(text).endswith("[nom]")
