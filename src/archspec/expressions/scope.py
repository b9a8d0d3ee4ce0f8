"""What the names in an expression stand for, and what stands for a value that failed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees: values by name, and the tensors whose sizes it may ask for.

    The two are apart: a layer may have the name of a parameter.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    tensors: Mapping[str, object] = field(default_factory=dict)

    def extended(self, values: Mapping[str, object]) -> "Scope":
        """Give a scope in which these values are nearer."""
        return Scope({**self.values, **values}, self.tensors)


class Poisoned(Exception):
    """A value that an expression needs failed elsewhere, where it is reported."""


class _Poison:
    """Stands in a scope for a value that failed."""


POISON = _Poison()
