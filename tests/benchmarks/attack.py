"""The attackers with their own number of attempts, through the command; the last line is JSON.

python3 run.py bench attack
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time

from vigie.civic.noise import half_width
from vigie.civic.tables import PUBLIC_TABLES


def main() -> None:
    """Run ``vigie attack`` and say how long it took."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "vigie", "attack", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout:
        raise SystemExit(done.stderr)
    figures = {
        "attacks": {one.pop("name"): one for one in json.loads(done.stdout)},
        "half_width": {name: half_width(one.cost) for name, one in PUBLIC_TABLES.items()},
        "seconds": round(time.perf_counter() - started, 1),
        "cores": os.cpu_count(),
        "machine": platform.platform(),
    }
    print(json.dumps({"name": "attack", "figures": figures, "baseline": {}, "ratio": {}}))
    raise SystemExit(done.returncode)


if __name__ == "__main__":
    main()
