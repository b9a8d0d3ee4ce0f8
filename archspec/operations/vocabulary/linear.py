"""Layers and functions that multiply by a matrix, and sums of products by Einstein's notation."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import RankMismatch, ShapeMismatch, WrongArity, WrongDtype
from archspec.operations.checks import check_one_dtype
from archspec.operations.fields import Count, refused
from archspec.operations.operation import (
    ElementwiseOperation,
    FunctionOperation,
    Sizes,
    check_has_dimensions,
    check_numbers,
)
from archspec.operations.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.operations.vocabulary.reduction import summed
from archspec.sizes import Require, Size, Tensor, broadcast, equal, promoted


class Identity(ElementwiseOperation):
    """Gives what it receives."""

    torch: ClassVar = "nn.Identity"
    memory: ClassVar = "input"
    passes_on: ClassVar = True


class _Matrix(ParametrizedOperation):
    """A layer that makes `out_features` of what stands along the last dimension."""

    memory: ClassVar = "own"
    takes: ClassVar = "floating"
    weighted: ClassVar = True
    bias_dim: ClassVar = -1

    out_features: Count
    bias: bool = True
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of features that come out."""
        return {"out_features": weight[0]}


class Linear(_Matrix):
    """Multiplies the last dimension with a matrix: each feature sees all that go in."""

    torch: ClassVar = "nn.Linear"
    inferred: ClassVar = ("in_features",)

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_features` is the last dimension."""
        super().infer(*inputs)
        check_has_dimensions(cls, inputs[0])
        return {"in_features": inputs[0].features}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's shape with `out_features` as its last dimension."""
        (x,) = inputs
        return (x.reshaped(*x.shape[:-1], self.out_features),)

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_features, in_features]`."""
        matrix = {"weight": (self.out_features, inferred["in_features"])}
        return matrix | ({"bias": (self.out_features,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over `in_features`."""
        return outputs[0].elements * inputs[0].features


class Bilinear(_Matrix):
    """Multiplies the features of two values with each other: `y_k = aᵀ W_k b + bias_k`.

    It reads …×A and …×B, and gives …×`out_features`.
    """

    torch: ClassVar = "nn.Bilinear"
    arity: ClassVar = (2, 2)
    inferred: ClassVar = ("in1_features", "in2_features")

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Give the last dimensions of both."""
        first, second = inputs
        super().infer(first)
        super().infer(second)
        check_has_dimensions(cls, first, second)
        return {"in1_features": first.features, "in2_features": second.features}

    @property
    def weight_rank(self) -> int:
        """A matrix for each feature that comes out."""
        return 3

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape of both with `out_features` as its last dimension."""
        first, second = inputs
        check_one_dtype(self, inputs)
        if first.rank != second.rank:
            raise RankMismatch(
                f"`bilinear` takes two values of as many dimensions, not of {first.rank} and "
                f"{second.rank}"
            )
        for index, (a, b) in enumerate(zip(first.shape[:-1], second.shape[:-1], strict=True)):
            if not require(equal(a, b)):
                raise ShapeMismatch(
                    f"`bilinear` cannot join its inputs: dimension {index} differs, {a} and {b}",
                    help="only the last dimensions may differ",
                )
        return (first.reshaped(*first.shape[:-1], self.out_features),)

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_features, in1_features, in2_features]`."""
        cube = {"weight": (self.out_features, inferred["in1_features"], inferred["in2_features"])}
        return cube | ({"bias": (self.out_features,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is `aᵀ W`, a sum over A for each of B, and then a sum over B.

        That is how PyTorch computes it.
        """
        first, second = inputs
        return outputs[0].elements * second.features * (first.features + 1)


class Matmul(FunctionOperation):
    """The product of matrices, the last two dimensions; those before them broadcast.

    A tensor of one dimension is a row on the left, and a column on the right.
    """

    torch: ClassVar = "torch.matmul"
    memory: ClassVar = "own"
    arity: ClassVar = (2, 2)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `…×n×p` for `…×n×m` and `…×m×p`."""
        a, b = inputs
        check_one_dtype(self, inputs)
        check_numbers(type(self), *inputs)
        check_has_dimensions(type(self), a, b)
        self._check_inner(require, a, b)
        batch = broadcast(require, self.op(), (_batch(a), _batch(b)))
        columns = b.shape[-1:] if b.rank > 1 else ()
        shape = (*batch.shape, *a.shape[-2:-1], *columns)
        return (a.reshaped(*shape),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over the columns of the first input."""
        return outputs[0].elements * inputs[0].features

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a @ b`."""
        return " @ ".join(inputs)

    def _check_inner(self, require: Require, a: Tensor, b: Tensor) -> None:
        columns, rows = a.features, b.shape[-2] if b.rank > 1 else b.shape[0]
        if not require(equal(columns, rows)):
            raise ShapeMismatch(
                f"`matmul` needs as many columns in the first input as rows in the second: "
                f"{columns} are not {rows}",
                label=f"reads {a} and {b}",
            )


def _batch(tensor: Tensor) -> Tensor:
    return tensor.reshaped(*tensor.shape[:-2])


Letters = tuple[str, ...]

_WRITTEN = re.compile(r"[a-zA-Z]*(\.\.\.)?[a-zA-Z]*")

_LETTERS = re.compile(r"[a-zA-Z]|\.\.\.")


class BadEquation(ValueError):
    """An equation that says nothing, for one reason."""


@dataclass(frozen=True, slots=True)
class Equation:
    """The letters of each value that goes in, and of the one that comes out.

    `...` is a letter for all dimensions that no other one names.
    """

    inputs: tuple[Letters, ...]
    output: Letters


def read_equation(text: str) -> Equation:
    """Read `bij,bjk->bik`; without an arrow the letters that come once come out, sorted.

    >>> read_equation("ij,jk->ik").output, read_equation("b a").output
    (('i', 'k'), ('a', 'b'))
    """
    left, arrow, right = text.replace(" ", "").partition("->")
    inputs = tuple(_letters(part) for part in left.split(","))
    every = [letter for letters in inputs for letter in letters]
    if not arrow:
        return Equation(inputs, _implied(every))
    output = _letters(right)
    for letter in output:
        if letter not in every and letter != "...":
            raise BadEquation(f"`{letter}` comes out, and is in no input")
        if output.count(letter) > 1:
            raise BadEquation(f"`{letter}` comes out twice")
    return Equation(inputs, output)


def _letters(text: str) -> Letters:
    if not _WRITTEN.fullmatch(text):
        raise BadEquation(f"`{text}` holds more than letters and `...`")
    return tuple(_LETTERS.findall(text))


def _implied(every: list[str]) -> Letters:
    rest = ("...",) if "..." in every else ()
    once = sorted(letter for letter in every if letter != "..." and every.count(letter) == 1)
    return (*rest, *once)


class Operand(NamedTuple):
    """A value of which every dimension has a letter; those of size 1 are left out."""

    sizes: Mapping[str, Size]
    dtype: str


class Contracted(NamedTuple):
    """What comes out, and the multiply-accumulates that it took."""

    output: Tensor
    macs: Size


def contracted(
    operation: str, equation: Equation, require: Require, inputs: tuple[Tensor, ...]
) -> Contracted:
    """Multiply from left to right as PyTorch does, and sum each letter as soon as it can.

    A product in which nothing is summed is counted as 0: it is no matrix product.
    """
    hidden = max((_unnamed(operation, *pair) for pair in _pairs(equation, inputs)), default=0)
    named = [_named(operation, require, *pair, hidden) for pair in _pairs(equation, inputs)]
    output = _spread(equation.output, hidden)
    sizes = _joined(operation, require, named)
    shape = tuple(sizes.get(letter, 1) for letter in output)
    first, *others = (
        Operand(_several(item), x.dtype) for item, x in zip(named, inputs, strict=True)
    )
    if not others:
        dtype = first.dtype if set(named[0]) <= set(output) else summed(first.dtype)
        return Contracted(Tensor(shape, dtype), 0)
    return _multiplied(operation, first, others, output, shape)


def _multiplied(
    operation: str, first: Operand, others: list[Operand], output: Letters, shape: tuple[Size, ...]
) -> Contracted:
    macs: Size = 0
    left = first
    for index, right in enumerate(others):
        later = {letter for item in others[index + 1 :] for letter in item.sizes}
        left, cost = _product(operation, left, right, later | set(output))
        macs = macs + cost
    return Contracted(Tensor(shape, left.dtype), macs)


def _product(operation: str, left: Operand, right: Operand, kept: set[str]) -> tuple[Operand, Size]:
    """Sum what only one of two has, then multiply both, and sum what both have."""
    shared = {letter for letter in left.sizes if letter in right.sizes} - kept
    left, right = (_alone(item, kept | shared) for item in (left, right))
    sizes = {**left.sizes, **right.sizes}
    given = {letter: size for letter, size in sizes.items() if letter in kept}
    if not shared:
        both = tuple(Tensor((1,), item.dtype) for item in (left, right))
        return Operand(given, promoted(both)), 0
    _check_product(operation, left.dtype, right.dtype)
    return Operand(given, left.dtype), prod(sizes.values(), start=1)


def _alone(operand: Operand, kept: set[str]) -> Operand:
    """Sum the letters that nothing else needs."""
    sizes = {letter: size for letter, size in operand.sizes.items() if letter in kept}
    if len(sizes) == len(operand.sizes):
        return operand
    return Operand(sizes, summed(operand.dtype))


def _check_product(operation: str, first: str, second: str) -> None:
    if first != second:
        raise WrongDtype(f"`{operation}` multiplies numbers of one dtype, not {first} and {second}")
    if first == "bool":
        raise WrongDtype(f"`{operation}` adds up products of numbers, not of truth values")


def _pairs(equation: Equation, inputs: tuple[Tensor, ...]) -> list[tuple[Letters, Tensor]]:
    return list(zip(equation.inputs, inputs, strict=True))


def _unnamed(operation: str, letters: Letters, x: Tensor) -> int:
    """Count the dimensions for which `...` stands."""
    unnamed = x.rank - sum(letter != "..." for letter in letters)
    if unnamed < 0 or (unnamed and "..." not in letters):
        raise RankMismatch(
            f"`{operation}` names {x.rank - unnamed} dimensions, `{''.join(letters)}`, of an input "
            f"that has {x.rank}",
            label=f"reads {x}",
        )
    return unnamed


def _spread(letters: Letters, count: int) -> Letters:
    """Write so many letters for `...`, numbered from the last."""
    unnamed = tuple(f".{index}" for index in range(count, 0, -1))
    return tuple(item for letter in letters for item in (unnamed if letter == "..." else (letter,)))


def _named(
    operation: str, require: Require, letters: Letters, x: Tensor, hidden: int
) -> dict[str, Size]:
    """Give the size of each letter; one that comes twice takes the diagonal."""
    sizes: dict[str, Size] = {}
    spread = _spread(letters, _unnamed(operation, letters, x))
    for letter, size in zip(spread, x.shape, strict=True):
        if letter in sizes and not require(equal(sizes[letter], size)):
            raise ShapeMismatch(
                f"`{operation}` takes the diagonal of `{letter}`: {sizes[letter]} is not {size}"
            )
        sizes.setdefault(letter, size)
    return sizes


def _several(sizes: Mapping[str, Size]) -> dict[str, Size]:
    return {letter: size for letter, size in sizes.items() if size != 1}


def _joined(operation: str, require: Require, named: list[dict[str, Size]]) -> dict[str, Size]:
    """Give each letter one size; sizes of 1 expand."""
    joined: dict[str, Size] = {}
    for letter, size in (pair for sizes in named for pair in sizes.items() if pair[1] != 1):
        if letter in joined and not require(equal(joined[letter], size)):
            raise ShapeMismatch(
                f"`{operation}` needs one size for `{letter}`: {joined[letter]} is not {size}"
            )
        joined.setdefault(letter, size)
    return joined


def _checked(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a text")
    try:
        read_equation(value)
    except BadEquation as error:
        raise refused(f"`equation` of `einsum`: {error}") from None
    return value


class Einsum(FunctionOperation):
    """Multiplies its inputs and adds up, with a letter for each dimension: `nij,njk->nik`.

    A letter that does not come out is summed over, and one that comes twice in an input takes the
    diagonal. `...` stands for all dimensions that are not named; sizes of 1 expand.
    """

    torch: ClassVar = "torch.einsum"
    arity: ClassVar = (1, None)
    example: ClassVar = {"equation": "nij,njk->nik"}
    example_inputs: ClassVar = (((4, 8), "float32"), ((8, 5), "float32"))
    arguments: ClassVar = {
        "equation": "The letters of each input's dimensions, and of those that come out."
    }

    equation: Annotated[str, BeforeValidator(_checked)]

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the sizes of the letters that come out."""
        (given, _) = self._contracted(require, inputs)
        return (given,)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each product in which letters are summed: the sizes of all its letters, multiplied."""
        return self._contracted(lambda _: True, inputs).macs

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.einsum("nij,njk->nik", x, y)`."""
        return f"torch.einsum({', '.join([arguments['equation'], *inputs])})"

    def _contracted(self, require: Require, inputs: tuple[Tensor, ...]) -> Contracted:
        equation = read_equation(self.equation)
        if len(equation.inputs) != len(inputs):
            plural = "value" if len(equation.inputs) == 1 else "values"
            raise WrongArity(
                f"`equation` of `einsum` has letters for {len(equation.inputs)} {plural}, and "
                f"receives {len(inputs)}: `{self.equation}`",
                help="the letters of each value stand between commas",
            )
        return contracted(self.op(), equation, require, inputs)
