"""How long `archspec validate resnet50` takes as a process, beside importing its libraries.

The two are run by turns, so that a busy machine slows both; the figure is the median of the
ratios of 20 pairs, and should stay below 1.35. Bytecode is kept, as it is where a package is
installed, also in an environment that is told to write none.
"""

import os
import statistics
import subprocess
import sys
import time

PAIRS = 20
OURS = (sys.executable, "-m", "archspec", "validate", "resnet50")
LIBRARIES = (sys.executable, "-c", "import yaml, click, pydantic, networkx")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: tuple[str, ...]) -> float:
    """Run a process and time it."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    return time.perf_counter() - start


def main() -> None:
    """Print both medians and the median ratio."""
    for command in (OURS, LIBRARIES):
        seconds(command)  # the first run of each reads cold files
    pairs = [(seconds(OURS), seconds(LIBRARIES)) for _ in range(PAIRS)]
    ours, libraries = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    print(f"validate resnet50: {ours * 1000:.0f} ms; imports alone: {libraries * 1000:.0f} ms")
    print(f"ratio, median of {PAIRS} pairs: {ratio:.2f} (at most 1.35)")


if __name__ == "__main__":
    main()
