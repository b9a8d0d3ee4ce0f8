"""Find an example of an operation by trying arguments that it accepts, and inputs."""

from collections.abc import Iterator, Mapping
from itertools import chain, product
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import ValidationError

from archspec.diagnostics import Problem
from archspec.dimensions import Size, symbol
from archspec.graph import per_sample
from archspec.ops import Operation
from archspec.schema.probing import accepts
from archspec.tensors import Tensor

_BATCH = symbol("N")
_SHAPES = ((8, 32, 32), (8, 32), (8,), (8, 16, 16, 16))
_DTYPES = ("float32", "int64", "bool")
_VALUES = (8, 3, 2, 1, 0, 0.5, [1, 1], [1, -1], [2, 4], [0, 2, 3, 1], "a")
_LIKELY: Mapping[str, object] = {
    "kernel_size": 3,
    "dim": 1,
    "dim0": 1,
    "dim1": 2,
    "chunks": 2,
    "num_groups": 2,
    "num_heads": 4,
    "groups": 2,
    "p": 0.5,
    "start": 0,
    "index": 0,
    "end": 4,
}
"""What reads well, by the name of the argument."""


class NoExample(Exception):
    """No arguments and inputs were found that fit: the class must say some in `example`."""


class Example(NamedTuple):
    """An operation with arguments as a spec writes them, what it reads, and what it gives."""

    operation: Operation
    given: Mapping[str, Any]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    weights: Mapping[str, tuple[int, ...]]
    macs: Size | None

    @property
    def layer(self) -> str:
        """Write the layer of a spec.

        >>> from archspec.ops import load
        >>> example(load("conv2d")).layer
        '{op: conv2d, out_channels: 8, kernel_size: 3}'
        """
        arguments = (f", {name}: {written(value)}" for name, value in self.given.items())
        return f"{{op: {self.operation.op()}{''.join(arguments)}}}"


def example(cls: type[Operation]) -> Example:
    """Find the first arguments and inputs that fit; a class may say its own.

    Raises `NoExample` where none do.

    >>> from archspec.ops import load
    >>> [str(tensor) for tensor in example(load("max_pool2d")).outputs]
    ['N×8×10×10']
    """
    for given in _arguments(cls):
        for inputs in _inputs(cls):
            found = _tried(cls, given, inputs)
            if found is not None:
                return found
    raise NoExample(f"no example of `{cls.op()}` was found")


def _tried(
    cls: type[Operation], given: Mapping[str, Any], inputs: tuple[Tensor, ...]
) -> Example | None:
    try:
        operation = cls(**given)
        inferred = operation.read_off(*inputs)
        outputs = operation.outputs(lambda truth: truth is True, *inputs)
    except (Problem, ValidationError):
        return None
    numbers = {name: value for name, value in inferred.items() if isinstance(value, int)}
    weights = operation.weights(numbers) if len(numbers) == len(inferred) else {}
    macs = operation.macs(inputs, outputs)
    each = None if macs is None else per_sample(macs, "N")
    return Example(operation, given, inputs, outputs, weights, each)


def _arguments(cls: type[Operation]) -> Iterator[dict[str, Any]]:
    """Give what the class says, then arguments that are accepted each by itself."""
    if cls.example:
        yield dict(cls.example)
        return
    names = cls.required()
    choices = [_accepted(cls, name) for name in names]
    for values in product(*choices):
        yield dict(zip(names, values, strict=True))


def _accepted(cls: type[Operation], name: str) -> list[Any]:
    field = cls.model_fields[name]
    words = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    likely = (_LIKELY[name],) if name in _LIKELY else ()
    asked = accepts(field)
    return [value for value in (*likely, *words, *_VALUES) if asked(value)]


def _inputs(cls: type[Operation]) -> Iterator[tuple[Tensor, ...]]:
    """Give as few inputs as it takes, of one shape; first those that the class says."""
    if cls.example_inputs:
        yield tuple(Tensor((_BATCH, *shape), dtype) for shape, dtype in cls.example_inputs)
        return
    fewest, most = cls.arity
    counts = chain((2,) if most is None and fewest < 2 else (), range(fewest, (most or 4) + 1))
    for count, dtype, shape in product(counts, _DTYPES, _SHAPES):
        yield (Tensor((_BATCH, *shape), dtype),) * count


def written(value: object) -> str:
    """Write a value as a spec does.

    >>> written([True, None, "a,b"])
    '[true, null, "a,b"]'
    """
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if value == _BATCH:
        return "input.batch"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    text = str(value)
    return f'"{text}"' if "," in text else text
