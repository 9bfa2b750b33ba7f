"""The tensor benchmark under the name that the issue gives; see ``tests/benchmarks``."""  # noqa: INP001

import runpy
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "tests" / "benchmarks" / "forecast_tensor.py"

if __name__ == "__main__":
    runpy.run_path(str(SCRIPT), run_name="__main__")
