"""What rules and tagger leave goes where its family is plain, and nothing else does."""

from __future__ import annotations

import pytest

from vigie.privacy.scrubber import CLASSES
from vigie.scrub.remains import taken

GOES = [
    ("fuite d'eau 40 rue des Pins, bât D, locataire", "fuite d'eau [adresse], locataire"),
    ("fumée immeuble en face, 42 av du Maréchal Foch.", "fumée immeuble en face, [adresse]"),
    ("née [naissance], cité Mare Rouge tour 2, ne répond pas", "née [naissance], [adresse], ne"),
    ("feu de cave, bat e5 la busserine, 9e étage, fumée", "feu de cave, [adresse], fumée"),
    ("immeuble Le Surcouf, 8ème droite.", "[adresse]."),
    ("Mme [nom], rue Pasteur.", "Mme [nom], [adresse]."),
    ("dit s'appeler [nom], habiterait place Danton.", "habiterait [adresse]."),
    ("dort chez sa soeur rue de l'Abbé-Périer.", "chez sa soeur [adresse]."),
    ("chez elle, [adresse] la Viste, RAS", "chez elle, [adresse], RAS"),
    ("identifiant intranet jdupond / mdp", "identifiant intranet [compte] / mdp"),
    ("[adresse], interphone [code]. RAS", "[adresse]. RAS"),
    ("sécu [NIR] clé 18, retour", "sécu [NIR], retour"),
    ("[nom], oui, Bravo [nom] November Echo, il dit", "[nom], oui, [nom], il dit"),
    ("- y a un code ?\n- 58768, puis", "?\n- [code], puis"),
    ("Session PC : Police5658", "Session PC : [code]"),
    ("post-it au dos : vacances76", "post-it au dos : [code]"),
    ("sur les réseaux c'est waliddesNeiges, lui", "c'est [compte], lui"),
    ("victime [nom], 06/02/00\nCarte", "victime [nom], [naissance]"),
    ("rio deja ? moi 1082619 faut", "moi [pièce] faut"),
    ("raccompagnée par [nom] et Desrosiers.", "par [nom] et [nom]."),
    ("images consultées par Martinez, RAS", "par [nom], RAS"),
    (";Martinez;Lou;[téléphone]", ";[nom];[téléphone]"),
]
STAYS = [
    "face au 26 rue Colbert, voie coupée",
    "nid de poule devant l'école, 12 rue Racine",
    "jeune fille trouvée rue Racine, calme",
    "passage rue Racine puis place Perret",
    "lycée Hugo, bâtiment C, 2e étage",
    "attroupement annoncé sur snap à 19h12",
    "mdp reset demandé, salle12",
    "panne 12/03/2026, PV 4417",
    "L'agent rapporteur, présent",
    "avisé par la victime, le conducteur, outrageant, part",
    "déposée par VLCG ce jour",
    "y a un code ? non, ouvert",
    "le témoin demeure [adresse], la voiture [adresse] la victime, ivre",
]


@pytest.mark.parametrize(("text", "left"), GOES)
def test_the_rest_of_a_family_goes(text: str, left: str) -> None:
    """Requirement: PM-3."""
    clean, counts = taken(text, frozenset(CLASSES))

    assert left in clean
    assert counts
    assert taken(clean, frozenset(CLASSES)) == (clean, {})
    assert taken(text, frozenset()) == (text, {})


@pytest.mark.parametrize("text", STAYS)
def test_what_is_public_stays(text: str) -> None:
    assert taken(text, frozenset(CLASSES)) == (text, {})
