"""The page of roles: the charter that ships, cell by cell, as the code reads it."""

from __future__ import annotations

from markdown_pages import both, page, table

from vigie.desk.roles import PERMISSIONS, ROLE_TITLES, ROLES
from vigie.privacy.charter import OWN, PLANES, Charter, Grant, shipped_charter

COLUMNS = (
    *("dataset", "plane", "role", "purpose", "verb", "fields", "precision", "least"),
    *("sources", "zones", "cameras", "reason", "why"),
)


def _names(names: frozenset[str] | None) -> str:
    if names == OWN:
        return "the service's own"
    return "" if names is None else ", ".join(f"`{name}`" for name in sorted(names)) or "none"


def cell_row(key: tuple[str, str, str, str], grant: Grant) -> tuple[str, ...]:
    """Return one cell of the charter as a row of the page."""
    role, purpose, dataset, verb = key
    return (
        *(f"`{dataset}`", PLANES[dataset], f"`{role}`", f"`{purpose}`", f"`{verb}`"),
        *(_names(grant.fields), grant.precision, str(grant.least)),
        *(_names(limit) for limit in grant.limits),
        *("required" if grant.reason else "", grant.why),
    )


def _cells(charter: Charter) -> str:
    order = {dataset: at for at, dataset in enumerate(PLANES)}
    rows = sorted(charter.cells.items(), key=lambda item: (order[item[0][2]], item[0][3]))
    return table(COLUMNS, [cell_row(key, grant) for key, grant in rows])


def roles() -> str:
    """Who may do what with which data, for which purpose."""
    charter = shipped_charter()
    titles = [
        (
            *(f"`{role}`", *both(ROLE_TITLES[role])),
            ", ".join(f"`{one}`" for one in charter.roles[role]),
            ", ".join(f"`{one}`" for one in sorted(held)),
        )
        for role, held in ROLES.items()
    ]
    permissions = [
        (f"`{name}`", f"`{verb}` `{dataset}`") for name, (verb, dataset) in PERMISSIONS.items()
    ]
    partners = [
        (f"`{name}`", *(_names(limit) for limit in limits))
        for name, limits in charter.partners.items()
    ]
    glass = ", ".join(f"`{name}`" for name in sorted(charter.glass_datasets))
    return page(
        "Roles",
        f"The charter that ships, version {charter.version} of {charter.dated_on.isoformat()}. "
        "What is not said here is refused. A home may have its own "
        "([how to write one](../how-to/write-a-charter.md)).",
        "## Roles and purposes\n\nWhere no purpose is named, the first that opens what is asked.",
        table(("role", "français", "English", "purposes", "permissions"), titles),
        "## Cells\n\nFields are classes of sensitivity ([records](records.md)) or single names.",
        _cells(charter),
        "## Partner services",
        table(("service", "sources", "zones", "cameras"), partners),
        f"## Break-glass\n\n{glass}; {charter.glass_min} minutes at most; reviewed within 24 hours "
        "or the account is locked.",
        "## Permissions\n\nThe words by which the console asks; nothing is decided by them.",
        table(("permission", "cell"), permissions),
    )
