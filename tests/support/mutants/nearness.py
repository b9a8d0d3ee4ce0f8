"""Whether a message leads to the token that was changed."""

import re

from archspec.diagnostics import Problem
from support.mutants.mutations import Mutant

_QUOTED = re.compile(r"`([^`]*)`")
_WORD = re.compile(r"[A-Za-z_]\w*")


def in_order(diagnostics: tuple[Problem, ...]) -> list[Problem]:
    """Sort messages as they are shown: in the order of the text."""
    return sorted(diagnostics, key=lambda item: (item.span is not None, item.span))


def leads_to(diagnostic: Problem, mutant: Mutant) -> bool:
    """Say whether a message stands on the changed line, points to it, or names the token."""
    return stands_there(diagnostic, mutant) or _points(diagnostic, mutant) or _names(
        diagnostic, mutant
    )  # fmt: skip


def stands_there(diagnostic: Problem, mutant: Mutant) -> bool:
    """Say whether a message stands on the changed line, or has a label there."""
    spans = [diagnostic.span, *(label.span for label in diagnostic.related)]
    own = diagnostic.file == mutant.spec
    return own and any(span is not None and span.line in mutant.lines for span in spans)


def _points(diagnostic: Problem, mutant: Mutant) -> bool:
    """Say whether a note has the number of the line: of a call, or of what made an operand."""
    lines = re.findall(r"\bline (\d+)\b(?! of )", " ".join(diagnostic.notes))
    return any(int(line) in mutant.lines for line in lines)


def _names(diagnostic: Problem, mutant: Mutant) -> bool:
    """Say whether the word stands in backticks in the message or its help."""
    told = f"{diagnostic.message} {diagnostic.help or ''}"
    named = {word for quoted in _QUOTED.findall(told) for word in _WORD.findall(quoted)}
    return any(word in named for word in mutant.words if _WORD.fullmatch(word))
