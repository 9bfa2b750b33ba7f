"""What is dictated, shortened and mistyped: each form as it comes and as it must leave."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from tests.privacy.pieces import pieces_of, scrubbed_once_for_all

from vigie.privacy.scrubber import Scrubber

SCRUBBER = Scrubber()

WIDER = [
    # What is typed at doors.
    ("le code c'est 4512A", "le code c'est [code]"),
    ("code d'entrée : 12 34 B", "code d'entrée : [code]"),
    ("faire le 12B4 puis clé", "faire le [code] puis clé"),
    ("faire le 2024, taper 4512", "faire le 2024, taper [code]"),
    ("composer le 3919", "composer le 3919"),
    ("A4512 au portail, 4512 clé", "[code] au portail, [code] clé"),
    ("codes : 2580 et 14A56", "codes : [code] et [code]"),
    ("le digicode a changé : 78A90", "le digicode a changé : [code]"),
    ("code douze B trente-quatre", "code [code]"),
    ("code un deux", "code un deux"),
    ("le 12B34, caméra 12B34", "le [code], caméra 12B34"),
    ("portail vert B2580, sortie A507", "portail vert [code], sortie A507"),
    ("code NATINF 7542, code inconnux 7542", "code NATINF 7542, code inconnux [code]"),
    ("interphone au nom de tramonix", "interphone au nom de [code]"),
    ("interphone HS, sonner chez le gardien", "interphone HS, sonner chez le gardien"),
    ("sonner à Agent", "sonner à Agent"),
    ("code 123", "code [code]"),
    ("interphone 927", "interphone [code]"),
    # Names that only a hyphen, an elision or their ending gives away; accounts.
    ("CONTROLE, DEMBA D'ESCALLES / BRANDON-LEE FABREGOULES, RAS", "CONTROLE, [nom] / [nom], RAS"),
    ("audition de peyrusse toufik", "audition de [nom]"),
    ("commissaire Fatou N'Gbala", "commissaire [nom]"),
    ("vinted solveigcuomo87", "vinted [compte]"),
    ("FB=000=AA, FB:123:AB ; FB: 12345", "[plaque], [plaque] ; FB: [compte]"),
    ("code INSEE 13055, code APE 8425Z", "code INSEE 13055, code APE 8425Z"),
    (
        "publication facebook supprimée. bjr c minh-duc du batiment c",
        "publication facebook supprimée. bjr c [nom] du batiment c",
    ),
    # Papers.
    ("CNI délivrée à Aix sous le n° 880692310285", "CNI délivrée à Aix sous le n° [pièce]"),
    ("passeport expiré le 12.03.2024", "passeport expiré le 12.03.2024"),
    ("n° 8400542575 (titre de séjour)", "n° [pièce] (titre de séjour)"),
    ("trouvé 43RG26860, dossier 26AB00417", "trouvé [pièce], dossier 26AB00417"),
    ("agent matricule 45127", "agent matricule [pièce]"),
    ("CNI 12 et 13", "CNI 12 et 13"),
    ("permis de construire n° 0132622 affiché", "permis de construire n° 0132622 affiché"),
    # Births.
    ("née à Bastia (2B) en 1953", "née à Bastia (2B) en [naissance]"),
    ("né le trois avril quatre-vingt-sept", "né le [naissance]"),
    ("né en 87, DDN:030487", "né en [naissance], DDN:[naissance]"),
    ("Tramonix, 03.04.1987 à Oran", "Tramonix, [naissance] à Oran"),
    (
        "arrêté du 12/05/1998, loi du 29 juillet 1981",
        "arrêté du 12/05/1998, loi du 29 juillet 1981",
    ),
    ("cérémonie 8 mai 1945", "cérémonie 8 mai 1945"),
    # Homes.
    ("domicilié bât B3 appt 12", "domicilié [adresse]"),
    ("demeurant Les Lauriers bât 7 appt 3", "demeurant [adresse]"),
    ("au douze rue de Rome", "au [adresse]"),
    ("rue de Rome au 12. Vu bd Baille n° 35", "[adresse]. Vu [adresse]"),
    ("12 rue alphonse daudet bât c", "[adresse]"),
    ("12 rue alphonse karim karim karim karim", "[adresse] [nom]"),
    ("12 rue alphonse signalé", "[adresse] signalé"),
    ("appt 42, 3e étage", "[adresse]"),
    ("BP 12345 13201 Marseille cedex 01", "[adresse]"),
    ("DEMEURE 3 PERSONNES", "DEMEURE 3 PERSONNES"),
    ("feu d'appartement 5e étage", "feu d'appartement 5e étage"),
    ("travaux rue de Rome du 3 au 12 mai", "travaux rue de Rome du 3 au 12 mai"),
    # Names.
    (
        "équipage : TRAMONIX, ZERBIB / Lautrec et Vauquel",
        "équipage : [nom], [nom] / [nom] et [nom]",
    ),
    ("patrouille Vauban, patrouille TRAMONIX", "patrouille Vauban, patrouille [nom]"),
    ("PATROUILLE TRAMONIX ZERBIB", "PATROUILLE [nom]"),
    ("MDL/C Tramonix, Brig. Zerbib", "MDL/C [nom], Brig. [nom]"),
    ("MEC 1 : Tramonix", "MEC 1 : [nom]"),
    ("Mme Tramonix née Zerbib, née sous X", "Mme [nom] née [nom], née sous X"),
    ("Mme Tramonix et la voisine", "Mme [nom] et la voisine"),
    ("J. Tramonix et TRAMONIX J. vus", "[nom] et [nom]. vus"),
    ("secteur A. Zerbine", "secteur A. Zerbine"),
    ("Wivine Tramonix, 34 ans", "[nom], 34 ans"),
    ("le magasin de Mme Tramonix", "le magasin de Mme [nom]"),
    ("gérant du bar Karim Tramonix", "gérant du bar [nom]"),
    ("M. Le Van appelle", "M. [nom] appelle"),
    ("Merci. Cordialement, Wivine Tramonix", "Merci. Cordialement, [nom]"),
    ("cordialement, la mairie", "cordialement, la mairie"),
    ("la dame Tramonix", "la dame [nom]"),
    ("requérante tramonix karim", "requérante [nom]"),
    ("nommé tramonix wivine deja connu", "nommé [nom] deja connu"),
    ("vu BLANC Karim", "vu [nom]"),
    ("agents tramonix, guibal en renfort", "agents [nom], [nom] en renfort"),
    ("Paris Saint-Germain reçu", "Paris Saint-Germain reçu"),
    ("chef de bord Tramonix", "chef de bord [nom]"),
]


@pytest.mark.parametrize(("text", "clean"), WIDER)
def test_what_is_dictated_and_shortened_goes_and_what_looks_like_it_stays(text: str, clean: str):
    """Requirement: PM-3."""
    assert SCRUBBER.scrub(text).text == clean


@settings(max_examples=200)
@given(pieces_of([text for text, _ in WIDER], 4))
def test_pieces_of_wider_forms_keep_offsets_and_are_scrubbed_once_for_all(text: str):
    assert scrubbed_once_for_all(SCRUBBER, text)
