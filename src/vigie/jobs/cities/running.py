"""What a process of a city becomes before it opens its home: of its account, in its own group."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping

from vigie.base.errors import SettingsInvalid
from vigie.jobs.cluster import die_with_parent

UMASK = 0o077


def step_apart(user: str, environment: Mapping[str, str]) -> None:
    """Go into a session of its own, under an account and an environment of its own.

    A session is what the kernel shares processor time between, where it groups by session
    (``sched_autogroup_enabled``): a city with ten busy threads then has no more than one with two.

    Args:
        user: The account; empty for the one that started it.
        environment: All that it finds in its environment.

    Raises:
        SettingsInvalid: When the account cannot be taken on.
    """
    os.setsid()
    os.umask(UMASK)
    if user:
        account = pwd.getpwnam(user)
        try:
            os.initgroups(user, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        except PermissionError as error:
            raise SettingsInvalid(key="user", reason=f"{user}: needs root") from error
        environment = {**environment, "HOME": account.pw_dir, "USER": user, "LOGNAME": user}
        die_with_parent()
    os.environ.clear()
    os.environ.update(environment)
