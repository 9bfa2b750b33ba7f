"""How names are read in a text: what announces one, where it begins and ends, what is none.

Each row is a text and what is left of it; the names are nobody's.
"""

from __future__ import annotations

from tests.rows import for_each

from vigie.privacy.scrubber import Scrubber
from vigie.privacy.tokens import caseless, like_name

SCRUBBER = Scrubber()

READ = [
    # Places bear names; who is there does not.
    ("sur place Pierre Durand attend", "sur place [nom] attend"),
    ("en place Pierre Durand attend", "en place [nom] attend"),
    ("place Pierre Durand", "place Pierre Durand"),
    ("place Pierre Durand, Zanetti Pierre", "place [nom]"),
    ("rue Victor Hugo", "rue Victor Hugo"),
    ("Victor Hugo vient", "Victor Hugo vient"),
    ("rue petrov jean attend", "rue petrov [nom] attend"),
    ("rue du Docteur Petrov Jean", "rue du Docteur Petrov [nom]"),
    ("avenue du Gal. Leclerc Jean", "avenue du Gal. Leclerc [nom]"),
    ("rue Jean Jaurès Pierre Durand", "rue Jean Jaurès [nom]"),
    ("rue Wivine monsieur Petrov", "rue Wivine monsieur [nom]"),
    ("rue wivine petrov", "rue wivine petrov"),
    ("le requérant rue Jean Petrov", "le requérant rue Jean Petrov"),
    # Several are listed, one behind the other.
    ("agents Lopez, Petrov / Zanetti", "agents [nom], [nom] / [nom]"),
    ("agents Lopez, Petrov et Zanetti", "agents [nom], [nom] et [nom]"),
    ("agents Lopez & Petrov + Zanetti", "agents [nom] & [nom] + [nom]"),
    ("requérant : Tramonix (Zavoda)", "requérant : [nom] ([nom])"),
    ("requérant : Tramonix : Zavoda", "requérant : [nom] : [nom]"),
    ("M. Lopez née Zavoda", "M. [nom] née [nom]"),
    ("M. Lopez dit Zavoda", "M. [nom] dit [nom]"),
    ("M. Lopez alias le Zavoda", "M. [nom] alias le [nom]"),
    ("M. Lopez et Zavoda", "M. [nom] et [nom]"),
    ("M. Lopez et la mairie", "M. [nom] et la mairie"),
    ("M. Lopez et arrive", "M. [nom] et arrive"),
    ("M. Lopez, Zanetti attend", "M. [nom], [nom] attend"),
    # Crews by their men, not by their quarter.
    ("équipage Petrov", "équipage [nom]"),
    ("équipage : Petrov", "équipage : [nom]"),
    ("équipage PETROV", "équipage [nom]"),
    ("équipage Centre / Petrov", "équipage Centre / [nom]"),
    ("patrouille Nord", "patrouille Nord"),
    # A surname in capitals beside a word with one.
    ("PETROV Wivine", "[nom]"),
    ("Wivine PETROV", "[nom]"),
    ("hier. Wivine PETROV est venue", "hier. [nom] est venue"),
    ("vu par Wivine PETROV hier", "vu par [nom] hier"),
    ("W. Petrov", "[nom]"),
    ("bâtiment B Petrov", "bâtiment B Petrov"),
    # Civilities, and what looks like them.
    ("m. petrov", "m. [nom]"),
    ("5 m. Petrov", "5 m. [nom]"),
    ("m petrov", "m petrov"),
    ("M Petrov", "M [nom]"),
    ("M. Petrov", "M. [nom]"),
    ("la dame Petrov", "la dame [nom]"),
    ("dame petrov", "dame petrov"),
    ("Dr Petrov", "Dr [nom]"),
    ("dr. petrov", "dr. [nom]"),
    ("M.\xa0Petrov", "M.\xa0[nom]"),
    ("Mme : Petrov", "Mme : [nom]"),
    ("Mme, Petrov", "Mme, [nom]"),
    ("M.", "M."),
    # Announcements, their points and numbers.
    ("[nom] : Petrov", "[nom] : [nom]"),
    ("[nom] (Petrov)", "[nom] ([nom])"),
    ("Cordialement, Wivine Petrov", "Cordialement, [nom]"),
    ("cordialement. Wivine Petrov", "cordialement. [nom]"),
    ("Brig. Petrov", "Brig. [nom]"),
    ("Brig. petrov", "Brig. petrov"),
    ("MEC 1 : Petrov", "MEC 1 : [nom]"),
    ("agent n° 12 : Petrov", "agent n° 12 : [nom]"),
    ("requérant « Petrov", "requérant « [nom]"),
    ("requérant = Petrov", "requérant = [nom]"),
    ("chef de poste Petrov", "chef de poste [nom]"),
    ("auteur présumé Petrov", "auteur présumé [nom]"),
    # Given names, alone and with the rest.
    ("Rose fane", "Rose fane"),
    ("Rose Petrov est là", "[nom] est là"),
    ("la Rose", "la Rose"),
    ("Jean-Zorglub est là", "[nom] est là"),
    ("jean-zorglub est là", "jean-zorglub est là"),
    ("Dupont est là", "[nom] est là"),
    ("dupont est là", "dupont est là"),
    ("BEN ALI Jean", "[nom]"),
    ("ben ali jean", "[nom]"),
    ("ZAVODA, Jean", "[nom]"),
    ("DUPONT Jean", "[nom]"),
    ("petrov jean attend", "[nom] attend"),
    ("Jean Bon", "[nom]"),
    # Particles, initials, strokes, and the longest there is.
    ("M. le Petrov", "M. le [nom]"),
    ("M. Vo Van", "M. [nom]"),
    ("Mme Le Thi", "Mme [nom]"),
    ("M. J. Petrov", "M. [nom]"),
    ("M. J.-P. Petrov appelle", "M. [nom] appelle"),
    ("Dr J.-M. Le Goff arrive", "Dr [nom] arrive"),
    ("M. Petrov-Zavoda", "M. [nom]"),
    ("M. Petrov - Zavoda", "M. [nom]"),
    ("M. Petrov Zavoda Krall Tramonix Wilby Ostrem", "M. [nom] Ostrem"),
    # Small letters: after a civility or a grade, no verb.
    ("mr petrov zavoda", "mr [nom]"),
    ("mr petrov arrive", "mr [nom] arrive"),
    ("mr petrov, arrive", "mr [nom], arrive"),
    ("mr jean petrov arrive", "mr [nom] arrive"),
    ("brigadier petrov", "brigadier [nom]"),
    ("agent petrov jean", "agent [nom]"),
    ("requérant petrov", "requérant [nom]"),
    ("requerante : petrov", "requerante : [nom]"),
    ("M. Bon", "M. [nom]"),
    ("agent Bon", "agent [nom]"),
    ("M. mangé", "M. mangé"),
    ("mr tombé", "mr tombé"),
]


@for_each("row", READ)
def test_names_go_and_what_is_none_stays(row: tuple[str, str]) -> None:
    text, after = row
    assert SCRUBBER.scrub(text).text == after


@for_each(
    "row",
    [
        (["petrov", "est", "là"], True),
        (["Petrov", "est", "là"], False),
        (["PETROV", "EST", "LA"], True),
        (["PETROV", "EST", "venu"], False),
        (["[nom]", "PETROV"], True),
        (["[NOM]", "petrov"], True),
    ],
)
def test_capitals_tell_nothing_where_all_are_or_none(row: tuple[list[str], bool]) -> None:
    """Marks that stand for what went say nothing either."""
    tokens, alike = row
    assert caseless(tokens) is alike


@for_each(
    "row",
    [
        *(("petrov", True), ("ali", True), ("ab", False), ("mangé", False), ("manger", False)),
        *(("er", False), ("doucement", False), ("portaient", False)),
    ],
)
def test_a_word_is_like_a_name_that_is_long_enough_and_no_verb(row: tuple[str, bool]) -> None:
    word, like = row
    assert like_name(word) is like
