"""What the names in an expression stand for, and what stands for a value that failed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Hidden(NamedTuple):
    """What a name is that an expression does not see, and how it may be passed."""

    note: str
    help: str


def _nothing(name: str, is_value: bool) -> Hidden | None:
    """Know of no other names."""
    return None


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees: values by name, and the tensors whose sizes it may ask for.

    The two are apart: a layer may have the name of a parameter. `hidden` tells, for messages, what
    a name is further out, where it asks for a number or for sizes of a value.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    tensors: Mapping[str, object] = field(default_factory=dict)
    hidden: Callable[[str, bool], Hidden | None] = field(default=_nothing, compare=False)

    def extended(self, values: Mapping[str, object]) -> "Scope":
        """Give a scope in which these values are nearer."""
        return Scope({**self.values, **values}, self.tensors, self.hidden)


class Poisoned(Exception):
    """A value that an expression needs failed elsewhere, where it is reported."""


class _Poison:
    """Stands in a scope for a value that failed."""


POISON = _Poison()
