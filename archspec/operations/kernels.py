"""Fixed kernels: matrices of numbers that slide over feature maps and are never trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from archspec.operations.indexed import items, listed_shape

Row = tuple[float, ...]
Matrix = tuple[Row, ...]
Numbers = Matrix | tuple[Matrix, ...]
"""The rows of a kernel k×k, or those of each channel of a kernel C×k×k."""


@dataclass(frozen=True, slots=True)
class Kernel:
    """A fixed kernel by its name: its values, and the factor for all of them.

    `depends` are the parameters with which its numbers were computed.
    """

    name: str
    values: Numbers
    scale: float = 1
    depends: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return self.name or "×".join(map(str, sizes(self.values)))

    @property
    def numbers(self) -> Numbers:
        """Give the values times the factor.

        >>> Kernel("half", ((1, 2),), 0.5).numbers
        ((0.5, 1.0),)
        """
        numbers: Numbers = scaled(self.values, self.scale)
        return numbers


KNOWN: Mapping[str, Kernel] = {
    kernel.name: kernel
    for kernel in (
        Kernel("edge_detection", ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))),
        Kernel("sharpen", ((-1, -1, -1), (-1, 9, -1), (-1, -1, -1))),
        Kernel("gaussian_blur", ((1, 2, 1), (2, 4, 2), (1, 2, 1)), 1 / 16),
    )
}
"""The kernels that every spec may use by name."""


@dataclass(frozen=True, slots=True)
class KernelNames:
    """Marks an argument that names fixed kernels."""


def scaled(values: Any, scale: float) -> Any:
    """Multiply every number by a factor.

    >>> scaled(((1, 2), (3, 4)), 2)
    ((2, 4), (6, 8))
    """
    if isinstance(values, list | tuple):
        return tuple([scaled(item, scale) for item in values])
    return values * scale


def sizes(numbers: Any) -> tuple[int, ...]:
    """Give the sizes of a kernel.

    >>> sizes(((1, 2, 1),)), sizes((((1,), (2,)),))
    ((1, 3), (1, 2, 1))
    """
    shape = listed_shape(numbers)
    if shape is None:
        raise PydanticCustomError("kernel_rows", "a kernel whose rows have one length")
    return shape


def _kernels(value: Any) -> tuple[Numbers, ...]:
    """Read one kernel by name, or several by name or numbers."""
    if isinstance(value, str | Kernel):
        return (_numbers(value),)
    if not isinstance(value, list | tuple) or not value:
        raise PydanticCustomError("kernel", "the name of a kernel or a list of names")
    return tuple([_numbers(item) for item in value])


def _numbers(value: Any) -> Numbers:
    if isinstance(value, str):
        value = KNOWN.get(value)
    numbers = value.numbers if isinstance(value, Kernel) else value
    are_numbers = all(_is_number(number) for _, number in items(numbers))
    if not are_numbers or len(sizes(numbers)) not in (2, 3):
        raise PydanticCustomError("kernel", "the name of a kernel or a list of names")
    read: Numbers = scaled(numbers, 1)
    return read


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < float("inf")


Kernels = Annotated[tuple[Numbers, ...], BeforeValidator(_kernels), KernelNames()]
"""A kernel or several, by name; of each there are its numbers."""
