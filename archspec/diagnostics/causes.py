"""One cause, one error: what follows from a mistake that was told is not told again.

>>> from archspec.diagnostics import ClaimFails, Problem, Span, UnknownName
>>> one = UnknownName("nothing here is called `w`", file="a.yaml", span=Span(2, 1, 2, 2))
>>> two = UnknownName("nothing here is called `w`", file="a.yaml", span=Span(5, 1, 5, 2))
>>> claim = ClaimFails("the network has 3 parameters, not `2`", file="a.yaml")
>>> [(item.span.line, item.related) for item in causes([one, two, claim])]
[(2, (Label(span=Span(line=5, column=1, end_line=5, end_column=2), text='and here'),))]
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from archspec.diagnostics import (
    ClaimFails,
    Edit,
    Label,
    Problem,
    UnknownBlock,
    UnknownName,
    UnknownOperation,
    UnknownParameter,
    UnknownReference,
    WrongType,
)

_UNKNOWN = (UnknownBlock, UnknownName, UnknownOperation, UnknownParameter, UnknownReference)
_NAME = re.compile("`([^`]*)`")


def causes(found: Sequence[Problem]) -> list[Problem]:
    """Keep one error of each cause, of the same name the first, with the places of the others."""
    others = [item for item in found if not isinstance(item, ClaimFails)]
    if any(item.severity == "error" for item in others):
        return together(others)
    return together([*others, *_one_claim(item for item in found if isinstance(item, ClaimFails))])


def together(found: Iterable[Problem]) -> list[Problem]:
    """Tell what is said of one name, or in one sentence, once."""
    groups: dict[object, list[Problem]] = {}
    for item in found:
        groups.setdefault(_key(item), []).append(item)
    return [_with_places(group) for group in groups.values()]


def _key(item: Problem) -> object:
    if isinstance(item, _UNKNOWN) and (names := _NAME.findall(item.message)):
        is_number = names[0].lstrip("-").isdigit()  # which means another layer in each place
        return item.file, item.message if is_number else names[-1]
    if (
        isinstance(item, WrongType) and item.related
    ):  # a declaration, and what does not agree with it
        return item.file, item.related
    return item.file, type(item), item.message, item.severity, _line(item)


def _line(item: Problem) -> object:
    """Tell two lines apart, but for a value that is out of range wherever it is used."""
    return item.span if item.category != "domain" else None


def _with_places(group: list[Problem]) -> Problem:
    first, *others = group
    known = {first.span, *(label.span for label in first.related)}
    spans = (item.span for item in others if item.span is not None and item.span not in known)
    labels = tuple(Label(span, "and here") for span in dict.fromkeys(spans))
    edits = tuple(dict.fromkeys(edit for item in group for edit in item.edits))
    if not others:
        return first
    related, ways = (*first.related, *labels), _ways(group)
    return replace(first, related=related, edits=edits, alternatives=ways)


def _ways(group: list[Problem]) -> tuple[tuple[Edit, ...], ...]:
    """Mend all places in one way, where each of them has the same ways."""
    counts = {len(item.alternatives) for item in group}
    if len(counts) > 1:
        return ()
    pairs = zip(*(item.alternatives for item in group), strict=True)
    return tuple(tuple(dict.fromkeys(edit for way in one for edit in way)) for one in pairs)


def _one_claim(claims: Iterable[Problem]) -> list[Problem]:
    """Tell the first claim that fails: one mistake makes many claims fail, which notes say."""
    every = list(claims)
    others = tuple(map(_also, every[1:]))
    return [replace(item, notes=(*item.notes, *others)) for item in every[:1]]


def _also(claim: Problem) -> str:
    where = "" if claim.span is None else f", line {claim.span.line}"
    return f"{claim.message}{where}"
