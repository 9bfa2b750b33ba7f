"""Finding plugins: one module of a package is one plugin; third parties come by entry point."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Protocol, TypeVar


class Named(Protocol):
    """A plugin: it has a name."""

    @property
    def name(self) -> str:
        """The plugin's name, equal to its module's."""
        ...


Plugin = TypeVar("Plugin", bound=Named)


@cache
def _entry_points(group: str) -> tuple[EntryPoint, ...]:
    """Return what is installed under a group: every package on the path is read for it, once."""
    return tuple(entry_points(group=group))


def discover(package: ModuleType, attribute: str, kind: type[Plugin]) -> dict[str, Plugin]:
    """Return the plugins of a package and of third parties, by name, sorted.

    Third parties register under the entry point group that is the package's full name. A module
    that cannot be imported raises: a plugin that silently is not there would lose data.

    Args:
        package: Package whose modules are plugins.
        attribute: Name of the module's plugin object (``CONNECTOR``, ``ANALYSIS``, ``RULE``).
        kind: Its class; a module without such an object is not a plugin.
    """
    found: dict[str, Plugin] = {}
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        plugin = getattr(module, attribute, None)
        if isinstance(plugin, kind):
            found[plugin.name] = plugin
    for point in _entry_points(package.__name__):
        plugin = point.load()
        found[plugin.name] = plugin
    return dict(sorted(found.items()))
