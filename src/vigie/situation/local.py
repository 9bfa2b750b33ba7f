"""The person at this machine, for the command line and the Python door.

Whoever reads the files of a home directly is bound by the permissions of the files, not by the
charter: the role here is what somebody says of himself, and the line in the audit names the account
of the machine beside it.
"""

from __future__ import annotations

import getpass

from vigie.base.errors import PurposeRefused, WrongUsage
from vigie.privacy.charter import ROLES
from vigie.situation.caller import Caller
from vigie.situation.home import Home


def local_caller(
    home: Home, *, role: str = "", purpose: str = "", reason: str = "", case: str = ""
) -> Caller:
    """Return the person at this machine as a caller named ``os:LOGIN``.

    Args:
        home: The home asked.
        role: Role to act with; empty takes the setting ``rights.local_role``.
        purpose: What for; empty takes the first purpose of the role that opens what is asked.
        reason: Why, where one is required.
        case: Reference of the case, where there is one.

    Raises:
        WrongUsage: When there is no such role.
        PurposeRefused: When the purpose is none of the role's.
    """
    acts_as = role or home.settings.rights.local_role
    if acts_as not in ROLES:
        raise WrongUsage(reason=f"role {acts_as[:40]}: {', '.join(ROLES)}", field="role")
    if purpose and purpose not in home.rights.charter.roles.get(acts_as, ()):
        raise PurposeRefused(purpose=purpose[:40])
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        login = "unknown"
    return Caller(f"os:{login}", acts_as, purpose=purpose, reason=reason, case=case)
