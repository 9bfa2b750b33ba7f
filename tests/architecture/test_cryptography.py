"""The inventory of cryptography names what the code loads, no more and no less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PAGE = Path("docs/explanation/cryptography.md")
HASHES = {"new", "pbkdf2_hmac", "scrypt", "file_digest"}
OTHERS = {
    "argon2": {"PasswordHasher"},
    "pyotp": {"TOTP", "HOTP"},
    "joserfc": {"jwt", "jws", "jwe"},
}


def _loaded(node: ast.AST) -> set[str]:
    """Return the algorithms that a statement loads: cryptography, hashlib, hmac, ssl, others."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names} & {"hmac", "ssl"}
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.value.id == "hashlib":
            return {node.attr}
        return {node.attr} & OTHERS["pyotp"] if node.value.id == "pyotp" else set()
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return set()
    names, root = {alias.name for alias in node.names}, node.module.split(".")[0]
    if root == "hashlib":
        return names
    if root == "cryptography":
        return set() if node.module.endswith("exceptions") else names
    return names & OTHERS.get(root, set())


@pytest.fixture(scope="module")
def told(repo_root):
    text = (repo_root / PAGE).read_text("utf-8")
    rows = text.partition("## Algorithms")[2].partition("## Certificates")[0]
    return [line.split(" | ") for line in rows.splitlines() if line.startswith("| ")][2:]


def test_every_algorithm_of_the_code_is_in_the_inventory_and_nothing_else(product, told):
    loaded = {
        name for source in product for node in ast.walk(source.tree) for name in _loaded(node)
    }
    named = {name for row in told for name in re.findall(r"`([A-Za-z0-9]+)`", row[1])}

    assert loaded & HASHES == set()
    assert named == loaded


def test_every_module_that_the_inventory_names_is_there(repo_root, told):
    places = {place for row in told for place in re.findall(r"`([a-z_/]+\.py)`", row[2])}

    assert places
    assert [one for one in places if not (repo_root / "src/vigie" / one).is_file()] == []


def test_every_module_that_loads_cryptography_is_named(repo_root, product, told):
    places = {place for row in told for place in re.findall(r"`([a-z_/]+\.py)`", row[2])}
    text = {
        source.name.removeprefix("src/vigie/")
        for source in product
        if "from cryptography.hazmat" in source.text
    }

    assert text - places == set()
