"""What callers have to know of an emitted class: its name, arguments, rules, and its text."""

from dataclasses import dataclass

from archspec.emit.initial import OwnInit

REQUIRED = object()


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an emitted class: the symbol that it is, its name, type and default."""

    symbol: str
    name: str
    annotation: str
    default: object = REQUIRED


@dataclass(frozen=True, slots=True)
class Tied:
    """A layer that shares a weight: its path in a class, and the path of the one that has it.

    `up` says how many bodies above the class the latter's path begins.
    """

    path: tuple[str, ...]
    source: tuple[str, ...]
    weight: str
    up: int = 0


@dataclass(frozen=True, slots=True)
class Emitted:
    """An emitted class: what callers have to know of it, and its text."""

    name: str
    arguments: tuple[Argument, ...]
    pinned: frozenset[str]
    sequential: bool
    lines: tuple[str, ...]
    helpers: frozenset[str]
    initial: tuple[OwnInit, ...] = ()
    definitions: tuple[str, ...] = ()
    ties: tuple[Tied, ...] = ()
