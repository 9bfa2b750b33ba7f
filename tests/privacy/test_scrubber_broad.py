"""Values of every class, written with any signs between, behind any of what announces them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.privacy.pieces import pieces_of, scrubbed_once_for_all

from vigie.privacy.scrubber import Scrubber

SCRUBBER = Scrubber()
_GAPS = st.sampled_from(["", " ", ".", "-", "/", " - ", "\n"])
_GAP_OF_DAYS = st.sampled_from("/.-")
_BEFORE = st.sampled_from(["", "RAS. ", "ronde faite, ", "3 jeunes partis\n", "le 12/03/2026 : "])
_AFTER = st.sampled_from(["", ", avisé", ". Fin à 14h30", "\nRAS", " ; 2 agents sur place"])
_SIV = "ABCDEFGHJKLMNPQRSTVWXYZ"


def _digits(least: int, most: int | None = None) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=least, max_size=most or least)


def _joined(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(_GAPS, *parts).map(lambda got: got[0].join(got[1:]))


def _letters(count: int) -> st.SearchStrategy[str]:
    return st.text(_SIV, min_size=count, max_size=count)


_PAIR = _digits(2)
_MOPED = st.text("BGHJKQWXZ", min_size=2, max_size=2)
_SLIP = st.sampled_from("0123456789OolI")
_LETTER_SAID = st.sampled_from(["bravo", "Charlie", "kilo", "D comme Denise", "T comme Thérèse"])
_FIGURE_SAID = st.sampled_from(["deux", "trois", "quarante", "cent", "7", "32"])
VALUES: dict[str, tuple[list[str], st.SearchStrategy[str]]] = {
    "phone": (
        ["tél ", "tph : ", "contact ", "SMS reçu du "],
        _joined(st.sampled_from(["06", "07", "O6"]), _PAIR, _PAIR, _PAIR, _PAIR),
    ),
    "phone with a slip": (
        ["portable ", "appelant "],
        st.lists(_SLIP, min_size=8, max_size=8).map(lambda got: "06" + "".join(got)),
    ),
    "phone, a digit short": (
        ["", "rappeler le "],
        st.lists(_PAIR, min_size=3, max_size=3).map(lambda got: f"06 {' '.join(got)} 4"),
    ),
    "nir": (
        ["sécu ", "NIR : ", "n° SS "],
        _joined(
            st.sampled_from("12"), _PAIR, st.just("05"), st.sampled_from(["13", "2A"]), _digits(3)
        ),
    ),
    "iban": (
        ["IBAN ", "RIB du mis en cause : ", "virement vers "],
        _joined(st.just("FR76"), *[_digits(4)] * 5, _digits(3)),
    ),
    "account": (
        ["RIB ", "coordonnées bancaires : "],
        st.tuples(_digits(5), _digits(5), _digits(11), _PAIR).map(
            lambda got: "banque {} guichet {} compte {} clé {}".format(*got)
        ),
    ),
    "iban of another land": (
        ["IBAN ", "compte crédité "],
        st.tuples(st.sampled_from(["MT55VALL", "LT61", "RO49BTRL", "PT50"]), _digits(16)).map(
            "".join
        ),
    ),
    "card": (
        ["CB ", "carte bancaire "],
        _joined(st.just("4970"), _digits(4), st.sampled_from(["XXXX", "****", "4512"]), _digits(4)),
    ),
    "plate of a moped": (
        ["scooter ", "trottinette ", "deux roues "],
        st.tuples(st.sampled_from([".", "/", "-", " - "]), _MOPED, _PAIR, _letters(1)).map(
            lambda got: got[0].join(got[1:])
        ),
    ),
    "plate, said": (
        ["", "il repart en "],
        st.tuples(
            *(_LETTER_SAID, _LETTER_SAID, _FIGURE_SAID, _FIGURE_SAID, _LETTER_SAID, _LETTER_SAID)
        ).map(" ".join),
    ),
    "plate of a diplomat": (
        ["plaque ", "véhicule "],
        st.tuples(st.integers(10, 199), st.integers(1, 999)).map("{0[0]} CD {0[1]}".format),
    ),
    "code of a small lock": (
        ["cadenas qui s'ouvre au ", "coffre : ", "antivol, combinaison "],
        st.one_of(_digits(3, 6), st.lists(_digits(1), min_size=3, max_size=5).map(" ".join)),
    ),
    "account that no sign gives away": (
        ["posté par ", "user ", "abonnés de ", "se fait appeler "],
        st.lists(st.sampled_from(["zork", "briv", "kalm", "tounz"]), min_size=2, max_size=3).map(
            "".join
        ),
    ),
    "birth": (
        ["né le ", "DDN : ", "date de naissance "],
        st.tuples(
            st.sampled_from(["/", ".", "-", " / ", "//", "_", "/\n"]),
            st.integers(10, 28),
            st.integers(10, 12),
            st.integers(1930, 2012),
        ).map(lambda got: got[0].join(map(str, got[1:]))),
    ),
    "day of a person": (
        ["patient du ", "d'après son passeport il est du "],
        st.tuples(st.integers(2, 28), st.integers(1930, 2012)).map("{0[0]} juillet {0[1]}".format),
    ),
    "plate with a letter for a digit": (
        ["", "plaque ", "Clio blanche "],
        st.tuples(
            st.sampled_from(["-", ".", "/", " - "]),
            *(_letters(2), st.sampled_from(["l23", "1O4", "9I2", "o07", "45l"]), _letters(2)),
        ).map(lambda got: got[0].join(got[1:])),
    ),
    "plate with an odd sign": (
        ["", "VL "],
        st.tuples(st.sampled_from("–—*=·:+,"), _letters(2), _digits(3), _letters(2)).map(
            lambda got: got[0].join(got[1:])
        ),
    ),
    "plate of a named land": (
        ["immatriculé en Italie ", "plaques allemandes ", "VL immatriculée en Suisse : "],
        st.tuples(
            st.sampled_from(["GE ", "VD-", "KA ", "BV", "CJ "]), st.integers(10_000, 999_999)
        ).map("{0[0]}{0[1]}".format),
    ),
    "what is engraved or insured": (
        ["VIN : ", "n° de châssis ", "puce ", "contrat d'assurance n° ", "chèque n° "],
        st.one_of(
            st.tuples(st.sampled_from(["VF1AAA", "WVW"]), _digits(8)).map("".join),
            st.tuples(st.just("250 26"), _digits(1), _digits(9)).map(
                lambda got: f"{got[0]}{got[1]} {got[2][:3]} {got[2][3:6]} {got[2][6:]}"
            ),
            _digits(7, 9).filter(lambda got: got[0] != "0"),
        ),
    ),
    "end of a paper": (
        ["CNI se terminant par ", "passeport finissant par ", "derniers chiffres du permis : "],
        st.integers(2_100, 9_999).map(str),
    ),
    "house in an old street": (
        ["domicilié ", "habite au ", "rsd "],
        st.tuples(
            st.integers(1, 240),
            st.sampled_from(["vieux chemin", "petite rue", "ancien chemin", "montée", "boul."]),
            st.sampled_from(["de Cassis", "du Four", "des Accoules"]),
        ).map("{0[0]} {0[1]} {0[2]}".format),
    ),
    "berth": (
        ["vit sur son bateau, ", "domicilié au "],
        st.integers(1, 240).map("ponton C anneau {}".format),
    ),
    "number of service": (
        ["mat ", "matricule : ", "agent n° ", "RIO "],
        st.tuples(st.sampled_from(["PM ", "13-", "M", ""]), st.integers(1_000, 99_999)).map(
            "{0[0]}{0[1]}".format
        ),
    ),
    "boat": (
        ["navire ", "voilier en panne, le ", "Navire : "],
        st.tuples(st.sampled_from(["MA ", "TL A", "ST"]), st.integers(10_000, 99_999)).map(
            "{0[0]}{0[1]}".format
        ),
    ),
    "permit without a word in it": (
        ["titre de séjour ", "titre séjour n° ", "carte de résident : "],
        st.sampled_from(["WBK8HYZLPN", "wwcprxcwsm", "4EJDSY6BQA", "7Q2LTRMW3"]),
    ),
    "day of the last century": (
        ["patient ; ", "vu avec lui, ", "| "],
        st.tuples(_GAP_OF_DAYS, st.integers(1, 28), st.integers(1, 12), st.integers(30, 99)).map(
            lambda got: f"{got[1]:02d}{got[0]}{got[2]:02d}{got[0]}{got[3]}"
        ),
    ),
    "back of a card": (
        ["le code à l'arrière ", "chiffres au dos : ", "code au verso c'est "],
        _digits(3, 4),
    ),
    "stair": (
        ["destinataire ", "victime au lit, "],
        st.integers(1, 40).map("escalier {} porte gauche".format),
    ),
}


@pytest.mark.parametrize("form", sorted(VALUES))
def test_no_sign_of_a_value_is_left(form: str):
    """Requirement: PM-3."""
    cues, values = VALUES[form]

    @settings(max_examples=25)
    @given(_BEFORE, st.sampled_from(cues), values, _AFTER)
    def whatever_stands_about_it(before: str, cue: str, value: str, after: str) -> None:
        clean = SCRUBBER.scrub(f"{before}{cue}{value}{after}").text
        begins = clean.removeprefix(SCRUBBER.scrub(before).text)
        left = re.sub(r"\[[^\]]+\]", "", begins)
        for kept in (cue, after):
            left = left.replace(kept.strip(), "", 1)
        assert not re.search(r"[^\W_]", left), clean

    check: Callable[[], None] = whatever_stands_about_it
    check()


STAYS = [
    "loi du 5 janvier 1988, décret du 2 janvier 2012",
    "compte rendu fait à 6 h, compte officiel de la ville",
    "caméra 118 en panne, 12 véhicules contrôlés",
    "équipage Alpha 12 engagé, Bravo 3 en pause",
    "partagé par 200 personnes",
    "un passage de 12 CD et 3 DVD",
    "RD 559 B fermée, ligne 49 déviée",
    "vingt et un mars, sept heures",
    "appel au 17 puis au 18 ; numéro vert 3919",
    "coffre de 12 kg, casier vide",
    "hall B sans lumière, escalier 4 sale",
    "véhicule belge en panne PK 12, immatriculé en Italie, 4 personnes à bord",
    "formule 1 au port, puce 5 G, police municipale 2026, chèque de 1 200 euros",
    "dépôt sauvage face au 52 boulevard Oddo, école maternelle, 14 rue Neuve",
    "titre exécutoire 4512 émis",
    "permis en fin de validité 2026, passeport fin 2027",
    "ponton C abîmé, vit mal au quai 12",
    "navire vu au 13008, titre de séjour temporaire, permis étranger, mat du 12 couché",
    "code à l'arrière du bus 583, décret du 12/03/82, arrêté du 01/02/85, version 01.02.33.4",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_like_it_stays(text: str):
    assert SCRUBBER.scrub(text).text == text


@settings(max_examples=40)
@given(
    pieces_of([*STAYS, "posté par zorkbriv", "TP/387/H", "06 12 34\n56 78", "née //12/ 1987"], 3)
)
def test_pieces_of_broad_forms_keep_offsets_and_are_scrubbed_once_for_all(text: str):
    assert scrubbed_once_for_all(SCRUBBER, text)
