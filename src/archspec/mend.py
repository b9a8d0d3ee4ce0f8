"""Mend a spec: make the changes of which it is certain that they were meant."""

from dataclasses import dataclass, replace
from pathlib import Path

from archspec.pipeline import Outcome, check
from archspec.source import applied, read

MOST_ROUNDS = 30
"""Behind one mistake another may come to light; so often they are looked for."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A text after all certain changes: how many were made, and what is found in it now."""

    text: str
    changes: int
    outcome: Outcome


def mend(text: str, name: str, folder: Path | None = None) -> Mended:
    r"""Change a text until nothing in it is certain to be mended; the rest of it stays as it is.

    Every change is one that a message proposes; those of one round are made together. Raises
    `SpecError` where the text is no YAML.

    >>> spec = "archspec: 1\nname: N\ninput: [N, 3]\nlayers: [rellu]\n"
    >>> print(mend(spec, "net.yaml").text.splitlines()[-1])
    layers: [relu]
    """
    found = Mended(text, 0, _checked(text, name, folder))
    for _ in range(MOST_ROUNDS):
        own = (item for item in found.outcome.diagnostics if item.file == name)
        edits = tuple(dict.fromkeys(edit for item in own for edit in item.edits))
        changed = applied(found.text, edits)
        if changed == found.text:
            break
        found = replace(found, text=changed, changes=found.changes + len(edits))
        found = replace(found, outcome=_checked(changed, name, folder))
    return found


def _checked(text: str, name: str, folder: Path | None) -> Outcome:
    return check(read(text, name, folder=folder))
