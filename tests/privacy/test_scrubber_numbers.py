"""Numbers that offices, banks, locks, networks and vehicles give: as they come, as they leave."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.privacy.pieces import pieces_of, scrubbed_once_for_all

from vigie.privacy.scrubber import Scrubber

SCRUBBER = Scrubber()

NUMBERS = [
    # The end of an account's or a card's number, or part of it.
    ("CB finissant par 4512", "CB finissant par [carte]"),
    (
        "quatre derniers chiffres de la carte : 4512",
        "quatre derniers chiffres de la carte : [carte]",
    ),
    ("carte *4512 débitée", "carte *[carte] débitée"),
    ("carte bancaire, fin 3 juin", "carte bancaire, fin 3 juin"),
    ("RIB dont la fin est 452", "RIB dont la fin est [IBAN]"),
    ("IBAN en FR76 3000 4012", "IBAN en [IBAN]"),
    ("compte 30004 00567 00012345678", "compte [IBAN]"),
    ("compte tenu de 12345", "compte tenu de 12345"),
    # Papers and files that number a person.
    ("dossier MDPH 118842", "dossier MDPH [pièce]"),
    ("étiquette patient : IEP 260441793", "étiquette patient : [pièce]"),
    ("connu AGDREF 7503118842", "connu AGDREF [pièce]"),
    ("dossier famille 2026/118842 du PV 4417", "dossier famille [pièce] du PV 4417"),
    ("dossier famille, PV 118842", "dossier famille, PV 118842"),
    ("dossier social depuis 202611", "dossier social depuis 202611"),
    ("allocataire, 12 ans, 4512 euros", "allocataire, 12 ans, 4512 euros"),
    (
        "permis plastifié au format européen 23AB45678",
        "permis plastifié au format européen [pièce]",
    ),
    ("passeport périmé depuis le 12 03 2024", "passeport périmé depuis le 12 03 2024"),
    ("T.S. ABC123456", "T.S. [pièce]"),
    # Plates.
    ("plaque lue par un passant A B un deux trois C D", "plaque lue par un passant [plaque]"),
    ("plaque lue par deux passants", "plaque lue par deux passants"),
    ("camion 12345 | A | 6 et 123 TUN 4567", "camion [plaque] et [plaque]"),
    ("plaque algérienne 12345 116 16", "plaque algérienne [plaque]"),
    ("immat AB-123-C", "immat [plaque]"),
    # Telephones, locks, keys.
    ("IMEI de l'appareil : 35 123456 123456 1", "IMEI de l'appareil : [code]"),
    ("n° de série de l'iPhone F17ABC8Q0D12", "n° de série de l'iPhone [code]"),
    ("numéro de série 4512", "numéro de série 4512"),
    ("code confidentiel de la dame (4512)", "code confidentiel de la dame ([code])"),
    ("digicode jour seulement 4512", "digicode jour seulement [code]"),
    ("digicode hors service, secteur 4512", "digicode hors service, secteur 4512"),
    ("code en panne depuis 2024", "code en panne depuis 2024"),
    ("code bloqué, 4512 euros", "code bloqué, 4512 euros"),
    ("wifi du poste : Soleil2024!", "wifi du poste : [code]"),
    ("clef wpa 1234-5678-9012", "clef wpa [code]"),
    ("mot de passe oublié hier", "mot de passe oublié hier"),
    ("grille quatre cinq deux zéro B", "grille [code]"),
    ("portail 3, 4 et 5 fermés", "portail 3, 4 et 5 fermés"),
    ("code 4512 puis 6789", "code [code] puis [code]"),
    # Accounts as they are said.
    ("samir tiret bas officiel 13", "[compte]"),
    ("insta nadia point orsoni", "insta [compte]"),
    ("arobase lina underscore vortex douze", "[compte]"),
    ("le point du jour, un tiret", "le point du jour, un tiret"),
    ("login samir.13 bloqué, joueur nadia_off", "login [compte] bloqué, joueur [compte]"),
    # A date has as many digits as a telephone when its hour stands behind it.
    ("vu le 01/02/2024 1430 au port", "vu le 01/02/2024 1430 au port"),
    ("le 1.02.2024 0930, rien", "le 1.02.2024 0930, rien"),
    ("le 01/02/2024 06 12 34 56 78", "le 01/02/2024 [téléphone]"),
    ("12/06 12 34 56 78", "12/[téléphone]"),
    # Homes.
    ("habite mas Mimosa", "habite [adresse]"),
    ("foyer Les Pins, chambre 118", "[adresse]"),
    ("chambre 118 libre", "chambre 118 libre"),
    ("bât B 3e étage n° 12", "[adresse]"),
    ("elle vit boulevard Chave au douze", "elle vit [adresse]"),
    ("elle vit boulevard Chave au douze avril", "elle vit [adresse] au douze avril"),
]


@pytest.mark.parametrize(("text", "clean"), NUMBERS)
def test_numbers_of_persons_go_and_what_looks_like_them_stays(text: str, clean: str):
    """Requirement: PM-3."""
    assert SCRUBBER.scrub(text).text == clean


@settings(max_examples=100)
@given(pieces_of([text for text, _ in NUMBERS], 3))
def test_pieces_of_numbers_keep_offsets_and_are_scrubbed_once_for_all(text: str):
    assert scrubbed_once_for_all(SCRUBBER, text)


@settings(max_examples=60)
@given(st.integers(10_000, 9_999_999_999), st.sampled_from(["IPP", "dossier CAF", "n° d'écrou"]))
def test_a_number_that_an_office_gave_never_stays(number: int, cue: str):
    assert str(number) not in SCRUBBER.scrub(f"{cue} {number} vérifié").text


@settings(max_examples=60)
@given(st.from_regex(r"[0-9]{4}", fullmatch=True), st.sampled_from(["CB", "IBAN", "visa"]))
def test_the_end_of_a_card_or_an_account_never_stays(figures: str, cue: str):
    if figures.isascii():
        assert figures not in SCRUBBER.scrub(f"{cue} se terminant par {figures}").text


@settings(max_examples=100)
@given(
    st.dates(date(1990, 1, 1), date(2039, 12, 31)),
    st.sampled_from(["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"]),
    st.integers(100_000_000, 999_999_999),
    st.sampled_from(["", " ", ".", "-"]),
)
def test_a_telephone_behind_a_date_goes_and_an_hour_is_none(
    day: date, written: str, number: int, gap: str
):
    """Requirement: PM-3."""
    told, digits = f"vu le {day:{written}}", f"0{number}"
    phone = gap.join(digits[at : at + 2] for at in range(0, 10, 2))

    clean = SCRUBBER.scrub(f"{told} {phone}").text  # with a year in front it may look like a card
    assert clean.endswith(("[téléphone]", "[carte]"))
    assert "[téléphone]" not in SCRUBBER.scrub(f"{told} {number % 2400:04} au port").text
