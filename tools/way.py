"""Count the files on the way of `kernel_size` from YAML to the network of a one-convolution spec.

A file of archspec is on the way if one of its functions is called between the reading of the text
and the network; what happens at import is not counted. `--names` lists the functions.
"""

import sys
from collections import defaultdict
from pathlib import Path
from types import FrameType

import archspec
from archspec.pipeline import compile
from archspec.source import read

PACKAGE = Path(archspec.__file__).parent
TEXT = b"""\
archspec: 1
name: One
params: {size: 3}
input: [N, 3, 32, 32]
layers:
  conv: {op: conv2d, out_channels: 8, kernel_size: size}
"""


def forget() -> None:
    """Empty every cache, so that a second run calls what the first one called."""
    for name, module in list(sys.modules.items()):
        for value in vars(module).values() if name.startswith("archspec") else ():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


def functions_called() -> dict[str, set[str]]:
    """Compile the spec under the profiler; give the functions that are called, by file."""
    called: dict[str, set[str]] = defaultdict(set)

    def note(frame: FrameType, event: str, _: object) -> None:
        path, code = Path(frame.f_code.co_filename), frame.f_code
        if event == "call" and PACKAGE in path.parents and code.co_name != "<module>":
            called[path.relative_to(PACKAGE).as_posix()].add(code.co_qualname)

    sys.setprofile(note)
    outcome = compile(read(TEXT, "one.yaml"))
    sys.setprofile(None)
    assert outcome.network is not None, outcome.diagnostics
    return called


def main() -> None:
    """Compile once for what is imported on the way, then once more to count."""
    compile(read(TEXT, "one.yaml"))
    forget()
    called = functions_called()
    print(f"{len(called)} files, {sum(map(len, called.values()))} functions")
    for name, functions in sorted(called.items()):
        listed = ", ".join(sorted(functions)) if "--names" in sys.argv else len(functions)
        print(f"  {name}: {listed}")


if __name__ == "__main__":
    main()
