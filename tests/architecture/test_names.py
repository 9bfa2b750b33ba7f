"""Every room has a name that says what is in it."""

from __future__ import annotations

NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "core", "misc"}


def test_no_module_is_named_after_nothing(sources):
    vague = [
        source.name
        for source in sources
        if NAMES_THAT_SAY_NOTHING.intersection(source.path.with_suffix("").parts)
    ]

    assert vague == []


def test_every_folder_of_the_product_is_a_package(product):
    folders = {source.path.parent for source in product}

    assert [str(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_module_says_what_it_is(product):
    """The first line of a module is one sentence."""
    mute = []
    for source in product:
        body = source.tree.body
        first = body[0] if body else None
        text = getattr(getattr(first, "value", None), "value", None)
        if not isinstance(text, str) or not text.strip():
            mute.append(source.name)

    assert mute == []
