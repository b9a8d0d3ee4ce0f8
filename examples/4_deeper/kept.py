"""The results of each network, one file each, and the machine that they come from."""

import json
import os
import platform
from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from learn import Errors, Settings

MACHINE = "machine.json"
CURVES = "training and test error, %"


class Run(NamedTuple):
    """One network that is trained once."""

    seed: int
    depth: int
    kind: str

    @property
    def variant(self) -> str:
        """The variant of the spec."""
        return f"{self.kind}{self.depth}"

    def file(self, folder: Path) -> Path:
        """Where its errors are kept."""
        return folder / f"{self.variant}-{self.seed}.json"


Curves = dict[Run, list[Errors]]


def keep(run: Run, folder: Path, errors: Sequence[Errors], seconds: float) -> None:
    """Write the errors of a network, all of them or none."""
    rounded = [[round(value, 3) for value in pair] for pair in errors]
    write(run.file(folder), {**run._asdict(), "seconds": round(seconds, 1), CURVES: rounded})


def read(folder: Path) -> Curves:
    """Read what is kept: the errors after each epoch."""
    found: Curves = {}
    for file in sorted(folder.glob("*-*.json")):
        data = json.loads(file.read_text())
        run = Run(*(data[name] for name in Run._fields))
        found[run] = [Errors(*pair) for pair in data[CURVES]]
    if not found:
        raise SystemExit(f"nothing is kept in {folder}: train first")
    return found


def machine(folder: Path, settings: Settings) -> None:
    """Write what the results come from; refuse to mix them with those of other settings."""
    file = folder / MACHINE
    if file.exists() and json.loads(file.read_text())["settings"] != settings._asdict():
        raise SystemExit(f"{folder} was made with other settings: name another one by --results")
    packages = {name: version(name) for name in ("archspec-nn", "torch", "scikit-learn")}
    about = {
        "date": date.today().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **packages,
        "threads of torch in each process": 1,
        "settings": settings._asdict(),
    }
    write(file, about)


def processor() -> str:
    """Name the processor, as far as the system tells it."""
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def write(path: Path, data: object) -> None:
    """Replace a file at once, so that an interrupted run leaves no half of one."""
    half = path.with_suffix(".part")
    half.write_text(json.dumps(data) + "\n")
    half.replace(path)
