"""Find an example of an operation by trying arguments that it accepts, and inputs."""

import inspect
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, product
from math import prod
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel, ValidationError

from archspec.diagnostics import Problem
from archspec.document import listed
from archspec.document.arguments import accepts, choices_of, default_of, described
from archspec.operations import FunctionOperation, ModuleOperation, Operation, ValueOperation
from archspec.operations.fields import mapping_of
from archspec.sizes import Size, Tensor, per_sample, symbol

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

        >>> from archspec.operations import load
        >>> example(load("conv2d")).layer
        '{op: conv2d, out_channels: 8, kernel_size: 3}'
        """
        arguments = (f", {name}: {written(value)}" for name, value in self.given.items())
        return f"{{op: {self.operation.op()}{''.join(arguments)}}}"


def example(cls: type[Operation]) -> Example:
    """Find the first arguments and inputs that fit; a class may say its own.

    Raises `NoExample` where none do.

    >>> from archspec.operations import load
    >>> [str(tensor) for tensor in example(load("max_pool2d")).outputs]
    ['N×8×10×10']
    """
    for given in _arguments(cls):
        for inputs in _inputs(cls):
            result = _tried(cls, given, inputs)
            if result is not None:
                return result
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
    is_valid = accepts(field)
    return [value for value in (*likely, *words, *_VALUES) if is_valid(value)]


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


# The pages on operations, all of them read off the classes.

_KINDS: tuple[tuple[str, type[Operation]], ...] = (
    ("modules, each with its own name in the network", ModuleOperation),
    ("functions, which keep nothing", FunctionOperation),
    ("tensors of their own, which read nothing", ValueOperation),
)

Paint = Callable[[str], str]
"""What makes a heading stand out; nothing, where there is no colour."""


def overview(operations: Iterable[type[Operation]], width: int, bold: Paint = str) -> str:
    """List operations by what they are in PyTorch, each with its first line.

    >>> from archspec.operations import load
    >>> print(overview([load("relu")], 60))
    modules, each with its own name in the network
      relu  `max(x, 0)` of each number.
    <BLANKLINE>
    """
    every = tuple(operations)
    column = max(len(item.op()) for item in every) + 2
    sections = []
    for title, kind in _KINDS:
        members = [item for item in every if issubclass(item, kind)]
        if members:
            sections.append(
                "\n".join([bold(title), *(_entry(item, column, width) for item in members)])
            )
    return "\n\n".join(sections) + "\n"


def _entry(operation: type[Operation], column: int, width: int) -> str:
    return _filled(_first_line(operation), width, f"  {operation.op():<{column}}")


def page(operation: type[Operation], width: int, bold: Paint = str) -> str:
    """Say of one operation what it computes, its arguments, shapes, weights and costs."""
    title = f"{bold(operation.op())}, in PyTorch `{_torch(operation)}`"
    parts = [title, *_prose(operation, width), *_argument_list(operation, width, bold)]
    parts += [_facts(operation, width, bold), *_example(operation, bold)]
    return "\n\n".join(part for part in parts if part) + "\n"


def argument_page(
    name: str, owners: Sequence[type[Operation]], width: int, bold: Paint = str
) -> str:
    """Say of an argument what it is, and of which operations.

    >>> from archspec.operations import load
    >>> print(argument_page("negative_slope", [load("leaky_relu")], 60))
    negative_slope, an argument of leaky_relu
    <BLANKLINE>
    The slope below 0.
    <BLANKLINE>
    """
    of = ", ".join(owner.op() for owner in owners)
    (text, _), *_ = Counter(described(owner, name) for owner in owners).most_common()
    parts = [_filled(f"{bold(name)}, an argument of {of}", width, "", 2), _filled(text, width)]
    kind = mapping_of(owners[0].model_fields[name].annotation)
    if kind is not None:
        parts += [*_prose(kind, width), *_listed(kind, kind.described.__getitem__, width, bold)]
    return "\n\n".join(parts) + "\n"


def _torch(operation: type[Operation]) -> str:
    prefix = "torch." if operation.torch.startswith("nn.") else ""
    return f"{prefix}{operation.torch}" if not operation.source else "a class that is written out"


def _prose(operation: type[object], width: int) -> Iterator[str]:
    for paragraph in inspect.cleandoc(operation.__doc__ or "").split("\n\n"):
        yield _filled(paragraph, width)


def _argument_list(operation: type[Operation], width: int, bold: Paint) -> Iterator[str]:
    def text_of(name: str) -> str:
        return described(operation, name) + _words(operation, name)

    yield from _listed(operation, text_of, width, bold)


def _listed(
    kind: type[BaseModel], text_of: Callable[[str], str], width: int, bold: Paint
) -> Iterator[str]:
    fields = kind.model_fields
    if not fields:
        return
    written = {name: _written(name, default_of(field)) for name, field in fields.items()}
    column = min(max(map(len, written.values())) + 2, 34)
    lines = (
        _filled(text_of(name), width, f"  {text:<{column}}", column + 2)
        for name, text in written.items()
    )
    yield "\n".join([bold("arguments"), *lines])


def _words(operation: type[Operation], argument: str) -> str:
    """Name the words that an argument takes, alone or beside numbers."""
    choices = [word for word in choices_of(operation.model_fields[argument]) if word is not None]
    if choices:
        return f" One of {listed(map(written, choices), 'and')}."
    words = sorted(operation.keywords().get(argument, ()))
    return f" Or {listed(words, 'or')}." if words else ""


def _written(name: str, default: dict[str, object]) -> str:
    if "default" not in default:
        return f"{name} (required)"
    return f"{name}: {written(default['default'])}"


def _facts(operation: type[Operation], width: int, bold: Paint) -> str:
    facts = {
        "reads": operation.infer.__doc__ if operation.inferred else None,
        "gives": operation.outputs.__doc__,
        "weights": _own(operation, "filled") or _own(operation, "weights"),
        "buffers": _own(operation, "buffers"),
        "MACs": operation.macs.__doc__ if _own(operation, "macs") else "Not known.",
    }
    column = max(map(len, facts)) + 2
    lines = []
    for name, text in facts.items():
        if text:
            margin = f"{bold(name)}{' ' * (column - len(name))}"
            plain = _filled(" ".join(text.split()), width, " " * column)
            lines.append(margin + plain[column:])
    return "\n".join(lines)


def _own(operation: type[Operation], method: str) -> str | None:
    """Give the words of a method that a class, or one above it, has for itself."""
    own = getattr(operation, method)
    return None if own is getattr(Operation, method) else own.__doc__


def _example(operation: type[Operation], bold: Paint) -> Iterator[str]:
    try:
        shown = example(operation)
    except NoExample:
        return
    yield f"{bold('example')}\n  {shown.layer}\n  {_flow(shown)}{_counts(shown)}"


def _flow(shown: Example) -> str:
    reads, gives = (", ".join(map(_typed, each)) for each in (shown.inputs, shown.outputs))
    return f"{reads} → {gives}" if reads else gives


def _typed(tensor: Tensor) -> str:
    """Write a shape, and what it holds where that is no float32."""
    return str(tensor) if tensor.dtype == "float32" else f"{tensor} of {tensor.dtype}"


def _counts(shown: Example) -> str:
    parameters = sum(map(prod, shown.weights.values()))
    macs = "an unknown number of" if shown.macs is None else f"{shown.macs:,}"
    text = f"; {parameters:,} parameters" if parameters else ""
    return f"{text}; {macs} MACs a sample" if shown.macs != 0 else text


def _first_line(operation: type[Operation]) -> str:
    return inspect.cleandoc(operation.__doc__ or "").split("\n\n")[0]


def _filled(text: str, width: int, margin: str = "", indent: int | None = None) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        width,
        initial_indent=margin,
        subsequent_indent=" " * (len(margin) if indent is None else indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
