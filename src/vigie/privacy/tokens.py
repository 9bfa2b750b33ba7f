"""Words of a text, and what tells a name among them: capitals, pairs of them, ends of words."""

from __future__ import annotations

import re

TOKEN = re.compile(
    r"\[[^\[\]\n]{1,20}\]|\b(?:[Bb]|[Mm][Dd][Ll])/[Cc]\b|\b(?:[ldnsjmctLDNSJMCT]|[Qq][uU])['’](?=\w)"
    r"|[A-Za-zÀ-ÖØ-öø-ÿ]+(?:['’-][A-Za-zÀ-ÖØ-öø-ÿ]+)*"
)
PAIR = re.compile(
    r"(?<![\w'’-])(?:[A-ZÀ-ÖØ-Þ]{2}[A-ZÀ-ÖØ-Þ'’-]{2,20} [A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]"
    r"|[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,20}(?:-[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{1,20})? "
    r"(?:[A-ZÀ-ÖØ-Þ]{4}|[A-ZÀ-ÖØ-Þ]['’]?[A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]{2})"
    r"|[A-ZÀ-ÖØ-Þ]\.(?:-[A-Z]\.)? ?[A-ZÀ-ÖØ-Þ]['’]?[A-Za-zÀ-ÖØ-öø-ÿ]{2}"
    r"|[A-ZÀ-ÖØ-Þ]{3}[A-ZÀ-ÖØ-Þ'’-]{1,20} [A-ZÀ-ÖØ-Þ]\.(?![\w]))"
)
LEAST_LETTERS = 3
VERB_ENDS = ("é", "ée", "és", "ées", "ant", "ante", "ent", "ement", "er", "ait", "aient", "ons")
SURE_ENDS = ("é", "ée", "és", "ées", "ement", "ait", "aient")
TOLD_ENDS = tuple(end for end in VERB_ENDS if end != "er")
_MOSTLY = 0.7


def caseless(tokens: list[str]) -> bool:
    """Say whether capitals tell nothing: none at all, or hardly anything else."""
    letters = "".join(token for token in tokens if token[0] != "[")
    return letters.islower() or sum(map(str.isupper, letters)) > _MOSTLY * len(letters)


def like_name(low: str, ends: tuple[str, ...] = VERB_ENDS) -> bool:
    """Say whether a word looks like a name: it is long enough and has no verb's end."""
    return len(low) >= LEAST_LETTERS and not low.endswith(ends)
