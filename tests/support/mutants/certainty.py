"""Whether what `archspec fix` writes is certain: the original, a step towards it, or nothing."""

from difflib import unified_diff
from typing import NamedTuple

from archspec.diagnostics import SpecError
from archspec.fix.mend import mend
from support.mutants.corpus import original
from support.mutants.mishaps import Mishap

GOOD = ("silent", "original", "equal", "step")


class Judgement(NamedTuple):
    """What was written for a spec with mistakes in it.

    `legal`: nothing is wrong with the text, so nothing was asked. `unreadable`: it is no YAML.
    `silent`: nothing was written. `original`: the text without the mistakes. `equal`: another text,
    that builds the same networks. `step`: one of two mistakes is gone, and nothing else changed.
    `wrong`: anything else.
    """

    kind: str
    text: str

    @property
    def counts(self) -> bool:
        """Whether there was something to mend."""
        return self.kind not in ("legal", "unreadable")


def judgement(item: Mishap) -> Judgement:
    """Let a text be mended, and compare what is written with the original."""
    text = item.text
    try:
        found = mend(text, item.written.name, item.written.folder)
    except SpecError:
        return Judgement("unreadable", text)
    if not found.changes:
        return Judgement("silent" if found.outcome.failed else "legal", text)
    return Judgement(_of(item, found.text), found.text)


def _of(item: Mishap, text: str) -> str:
    if text == item.written.text:
        return "original"
    if any(_says(item, text) == _says(item, step) for step in item.steps):
        return "step"
    return "equal" if item.written.networks(text) == original(item.written) else "wrong"


def _says(item: Mishap, text: str) -> str:
    """Write the data of a text, in its order; a text that is no YAML says itself."""
    try:
        return repr(item.written.source(text).data)
    except SpecError:
        return text


def shown(item: Mishap, text: str) -> str:
    """Show what was wrong in a text, and what was written."""
    return "\n".join(
        (
            f"{item.written.name}, {item.kind}:",
            *_lines(item.written.text, item.text),
            "written:",
            *_lines(item.text, text),
        )
    )


def _lines(one: str, other: str) -> list[str]:
    found = unified_diff(one.splitlines(), other.splitlines(), n=0, lineterm="")
    return [line for line in found if not line.startswith(("---", "+++"))]
