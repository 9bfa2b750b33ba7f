"""What a judge takes and what it refuses of the shapes of numbers, codes, plates and homes."""

from __future__ import annotations

from tests.rows import for_each

from vigie.privacy.scrubber import Scrubber

SCRUBBER = Scrubber()

JUDGED = [
    # Codes of doors: three signs, two digits, no law and no trade.
    ("digicode A1B", "digicode A1B"),
    ("digicode 1##", "digicode 1##"),
    ("digicode 12", "digicode 12"),
    ("digicode 1A2", "digicode [code]"),
    ("digicode A12", "digicode [code]"),
    ("digicode 4512", "digicode [code]"),
    ("code pénal 4512", "code pénal 4512"),
    ("code porte 4512", "code porte [code]"),
    ("code du zorglub 45B12", "code du zorglub [code]"),
    ("entrer par la porte 45B12", "entrer par la porte [code]"),
    # Codes that are typed; 3919 and its like are phones.
    ("taper 4512", "taper [code]"),
    ("tapez 3919", "tapez 3919"),
    ("saisir le 0899", "saisir le 0899"),
    ("composer 118712", "composer 118712"),
    ("composer le 4512", "composer le [code]"),
    ("faire le 4512", "faire le 4512"),
    ("faire le 45A12", "faire le [code]"),
    ("faire le A4BC", "faire le A4BC"),
    # Codes that are spelt: two numbers, one of them in letters.
    ("code B cinq", "code B cinq"),
    ("code un deux", "code un deux"),
    ("code une deux", "code une deux"),
    ("digicode quatre cinq deux", "digicode [code]"),
    ("digicode un", "digicode un"),
    ("code un quatre", "code un quatre"),
    ("code quatre et un", "code quatre et un"),
    ("code 4 5 1 2", "code [code]"),
    ("code 4 cinq", "code [code]"),
    # Bells: a number, a name with its capital or announced.
    ("sonner Petrov", "sonner [code]"),
    ("sonner petrov", "sonner petrov"),
    ("sonner chez petrov", "sonner chez [code]"),
    ("sonner au nom petrov", "sonner au nom [code]"),
    ("sonner au nom de petrov", "sonner au nom de [code]"),
    ("sonner 12", "sonner [code]"),
    ("sonner Madame", "sonner Madame"),
    ("sonnez Rose", "sonnez [code]"),
    ("interphone 12B", "interphone [code]"),
    ("interphone : PETROV", "interphone : [code]"),
    ("sonnette Le", "sonnette Le"),
    ("interphone bloqué", "interphone bloqué"),
    # Homes, and where a fact was.
    ("DEMEURE 3 PERSONNES", "DEMEURE 3 PERSONNES"),
    ("demeurant 3 personnes", "demeurant 3 personnes"),
    ("demeurant 12 rue des Lilas", "demeurant [adresse]"),
    ("devant le 12 rue des Lilas", "devant le 12 rue des Lilas"),
    ("nid de poule, 12 rue des Lilas", "nid de poule, 12 rue des Lilas"),
    ("nid de poule. demeurant 12 rue des Lilas", "nid de poule. demeurant [adresse]"),
    ("12 rue alphonse daudet", "[adresse]"),
    ("12 rue alphonse daudet fermée", "[adresse] fermée"),
    ("12 rue jean de la", "[adresse] la"),
    ("12 rue paul pierre jean jacques marie", "[adresse]"),
    # Plates, and words about numbers.
    ("moldave A 12", "moldave [plaque]"),
    ("moldave AB 1", "moldave AB 1"),
    ("12de 13", "12de 13"),
    ("12 de13", "12 de13"),
    ("belge 25 ans", "belge 25 ans"),
    ("belge 1-ABC-234", "belge [plaque]"),
    ("belge AB 123", "belge [plaque]"),
    ("belge 1 ABC", "belge 1 ABC"),
    ("LE 205 DE", "LE 205 DE"),
    ("le 205 de", "le 205 de"),
    ("le 205 xz", "le 205 xz"),
    ("AB 205 le", "AB 205 le"),
    ("AB 205 DE", "[plaque]"),
    ("1234 AB 13", "[plaque]"),
    ("1234 ab 13", "[plaque]"),
    ("12 de 13", "12 de 13"),
    ("12 DE 13", "12 DE 13"),
    ("bon 12 DE 13 parti", "bon [plaque] parti"),
    ("BON 12 DE 13 PARTI", "BON 12 DE 13 PARTI"),
    ("12de13", "[plaque]"),
    ("5 km 13", "5 km 13"),
    # Accounts and cards by their check digits; a French account with a slip too.
    ("FR76 3000 6000 0112 3456 7890 18", "FR76 3000 6000 0112 3456 7890 18"),
    ("fr7630006000011234567890189", "[IBAN]"),
    ("GB82 WEST 1234 5698 7654 32", "[IBAN]"),
    ("GB83 WEST 1234 5698 7654 32", "GB83 WEST 1234 5698 7654 32"),
    ("FR76 3000 6000 0112 3456 7890 188", "[IBAN]"),
    ("4970 1012 3456 7893", "[carte]"),
    ("4970 1012 3456 7890", "4970 1012 3456 7890"),
    # Papers: six signs, three digits, no date.
    ("CNI 12AB", "CNI 12AB"),
    ("CNI 123ABC", "CNI [pièce]"),
    ("CNI ABCDEF", "CNI ABCDEF"),
    ("CNI 12 03 2024", "CNI 12 03 2024"),
    ("CNI 880692310285", "CNI [pièce]"),
    ("passeport 12AB34567", "passeport [pièce]"),
    # Dates that are a birth, a law, a feast.
    ("loi du 12/03/1985", "loi du 12/03/1985"),
    ("le 12/03/1985", "le [naissance]"),
    ("8 mai 1945", "8 mai 1945"),
    ("9 mai 1945", "[naissance]"),
    ("né le 12 03 24", "né le [naissance]"),
    # Phones, and numbers of files.
    ("06 12 34 56 78", "[téléphone]"),
    ("0612345678/2024", "[téléphone]/2024"),
    ("+44 20 7946 0958", "[téléphone]"),
    ("+44/20 7946 0958", "[téléphone]"),
    ("0044 20/7946 0958", "0044 20/7946 0958"),
]
"""A text, and what is left of it."""


@for_each("row", JUDGED)
def test_a_judge_takes_what_is_one_and_leaves_the_rest(row: tuple[str, str]) -> None:
    text, after = row
    assert SCRUBBER.scrub(text).text == after
