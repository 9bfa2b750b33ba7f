"""What ``pyproject.toml`` cannot say: the built console goes into the package."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

CONSOLE = Path(__file__).resolve().parent / "console" / "dist"


class BuildWithConsole(build_py):
    """Builds the package with the console where ``npm run build`` has made it.

    An editable installation finds it where it stands.
    """

    def run(self) -> None:
        """Build."""
        super().run()
        if not self.editable_mode and (CONSOLE / "index.html").is_file():
            packed = Path(self.build_lib) / "vigie" / "web" / "console"
            shutil.copytree(CONSOLE, packed, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithConsole})
