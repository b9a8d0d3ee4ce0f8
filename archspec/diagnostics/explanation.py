"""What the docstring of a problem's class tells: what it is, why it matters, and two examples.

An example is one or more literal blocks of YAML under a line `Wrong::` or `Right::`. The first is
the spec. What a spec alone does not show stands in brackets: `Wrong (--variant large)::` is built
with that option, and `Wrong (wide.yaml)::` is a file of that name, others of which stand beside it.
"""

import inspect
import re
from dataclasses import dataclass

from archspec.diagnostics.problems import Problem

_HEADING = re.compile(r"^(Wrong|Right)(?: \((.+)\))?::$", re.MULTILINE)


class NotExplained(Exception):
    """The docstrings are not there, as under `python -OO`."""


@dataclass(frozen=True, slots=True)
class Part:
    """A text of an example; `note` is its file's name, or the options that it is built with."""

    text: str
    note: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """What the command line says beside it.

        >>> Part("archspec: 1", "--set width=8").options
        ('--set', 'width=8')
        """
        return tuple(self.note.split()) if self.note.startswith("--") else ()

    @property
    def file(self) -> str:
        """The name of its file, `net.yaml` where it has none of its own."""
        return "net.yaml" if not self.note or self.options else self.note


@dataclass(frozen=True, slots=True)
class Explanation:
    """A kind of problem, explained; in both examples the first part is the spec."""

    what: str
    why: str
    wrong: tuple[Part, ...]
    right: tuple[Part, ...]


def explanation(problem: type[Problem]) -> Explanation:
    """Read the explanation of a kind of problem from its docstring.

    Raises `NotExplained` where it has none.

    >>> from archspec.diagnostics.problems import BlockCycle
    >>> explanation(BlockCycle).what
    'Blocks that use each other in a circle would never end.'
    """
    text = inspect.cleandoc(problem.__doc__ or "")
    if not text:
        raise NotExplained(f"`{problem.slug}` has no explanation here")
    summary, *parts = _HEADING.split(text)
    what, _, why = summary.strip().partition("\n\n")
    return Explanation(what, why, _parts("Wrong", parts), _parts("Right", parts))


def problems() -> tuple[type[Problem], ...]:
    """List every kind of problem, errors before warnings, by category and slug."""
    return tuple(sorted(Problem.__subclasses__(), key=_order))


_CATEGORIES = (
    "syntax",
    "feature",
    "duplicate",
    "limit",
    "type",
    "schema",
    "domain",
    "name",
    "reference",
    "expression",
    "shape",
    "claim",
)
"""In the order in which a spec is checked; a category that is not here comes behind them."""


def _order(problem: type[Problem]) -> tuple[bool, int, str, str]:
    category = problem.category
    place = _CATEGORIES.index(category) if category in _CATEGORIES else len(_CATEGORIES)
    return problem.level == "warning", place, category, problem.slug


def _parts(heading: str, parts: list[str]) -> tuple[Part, ...]:
    """Pick the blocks under one heading out of headings, notes and blocks, one after another."""
    each = zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    return tuple(Part(_block(text), note or "") for kind, note, text in each if kind == heading)


def _block(text: str) -> str:
    return inspect.cleandoc(text) + "\n"
