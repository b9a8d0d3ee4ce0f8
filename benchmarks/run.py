"""Run the benchmarks, and keep what they print under `results/`, with the machine it came from.

A figure means something only beside the machine that gave it, and a ratio within one run on it.
The file is named after the processor; a new run takes the place of the old one.
"""

import importlib.metadata
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS = ("startup.py", "counting.py")
LIBRARIES = ("pydantic", "pyyaml", "networkx", "torch", "torchvision", "torchinfo")


def processor() -> str:
    """Name the processor, as exactly as the system does."""
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


def machine() -> list[str]:
    """Say what the figures were measured on."""
    versions = (f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return [
        f"date       {datetime.now(UTC):%Y-%m-%d}",
        f"processor  {processor()}, {os.cpu_count()} of them",
        f"system     {platform.system()} {platform.release()}, Python {platform.python_version()}",
        f"libraries  {', '.join(versions)}",
    ]


def main() -> None:
    """Run each benchmark; print and keep what it says."""
    texts = ["\n".join(machine())]
    for name in BENCHMARKS:
        done = subprocess.run(
            [sys.executable, HERE / name], check=True, stdout=subprocess.PIPE, text=True
        )
        print(done.stdout, end="", flush=True)
        texts.append(f"{name}\n{done.stdout.rstrip()}")
    slug = re.sub(r"[^a-z0-9]+", "-", processor().lower()).strip("-")
    path = HERE / "results" / f"{slug}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n\n".join(texts) + "\n", encoding="utf-8")
    print(f"kept in {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
