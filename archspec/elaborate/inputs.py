"""What the network receives: the shapes of the spec, with the sizes of `--input` laid over them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archspec.diagnostics import OutOfRange, Path, Place, Problem, Remedy, Value, WrongType
from archspec.document import Input, Spec, close_match, listed
from archspec.elaborate.report import Report
from archspec.elaborate.values import size
from archspec.expressions import Poisoned, Scope
from archspec.sizes import Polynomial, Size, Tensor, substitute, symbol

Given = tuple[int | str, ...]
Sizes = tuple[Size, ...]


class Received(NamedTuple):
    """The inputs by name, `None` where one failed; the batch; the sizes given to symbols."""

    tensors: dict[str, Tensor | None]
    batch: str
    symbols: dict[str, Size]


def inputs(report: Report, spec: Spec, given: Mapping[str, Given], scope: Scope) -> Received:
    """Read the shapes of the inputs; a symbol to which `--input` gives a size has it everywhere.

    Of what is `given` a text is a symbol: that size is free.
    """
    declared = {
        name: _tensor(report, item, path, scope) for name, (item, path) in spec.tensors.items()
    }
    symbols, sound = _symbols(report, declared, given)
    tensors = {
        name: None if tensor is None else _overridden(tensor, sound.get(name), symbols)
        for name, tensor in declared.items()
    }
    batches = [str(tensor.batch) for tensor in tensors.values() if tensor is not None]
    _check_batch(report, spec, batches)
    return Received(tensors, batches[0] if batches else "N", symbols)


def _tensor(report: Report, item: Input, path: Path, scope: Scope) -> Tensor | None:
    shape: list[Size] = []
    for index, raw in enumerate(item.shape):
        try:
            shape.append(_checked(size(raw, scope), index))
        except Problem as problem:
            report.add(problem, Place((*path, "shape", str(index))))
        except Poisoned:
            pass
    return Tensor(tuple(shape), item.dtype) if len(shape) == len(item.shape) else None


def _checked(value: Size, index: int) -> Size:
    if index == 0 and not (isinstance(value, Polynomial) and value == symbol(str(value))):
        raise WrongType(
            "the batch is always a symbol, so that it may be of any size",
            help=Remedy("write `N`: `[N, 3, 224, 224]`", Value("N")),
        )
    if isinstance(value, int) and value < 1:
        raise OutOfRange(f"every size of a shape is at least 1, not {value}")
    return value


def _check_batch(report: Report, spec: Spec, batches: list[str]) -> None:
    if len(set(batches)) > 1:
        text = f"all inputs have the same batch, and here are {listed(dict.fromkeys(batches))}"
        last = list(spec.tensors.values())[-1][1]
        report.add(WrongType(text), Place((*last, "shape", "0")))


def _symbols(
    report: Report, declared: Mapping[str, Tensor | None], given: Mapping[str, Given]
) -> tuple[dict[str, Size], dict[str, Sizes]]:
    """Find what `--input` says of each symbol, and the sizes that fit; report the others."""
    found: dict[str, Size] = {}
    sound: dict[str, Sizes] = {}
    for name, written in given.items():
        sizes = tuple(symbol(size) if isinstance(size, str) else size for size in written)
        if name not in declared:
            report.add(_unknown(name, declared), Place(("--input",)))
            continue
        tensor = declared[name]
        problems = [] if tensor is None else list(_problems(tensor, sizes, found))
        for problem in problems:
            report.add(problem, Place(("--input",)))
        if not problems:
            sound[name] = sizes
    return found, sound


def _unknown(name: str, declared: Mapping[str, object]) -> OutOfRange:
    help = close_match(name, declared) or f"its inputs are {listed(declared)}"
    return OutOfRange(f"the spec has no input `{name}`", help=help)


def _problems(tensor: Tensor, sizes: Sizes, found: dict[str, Size]) -> Iterator[Problem]:
    """Learn what sizes say of symbols; give what is wrong about them."""
    if len(sizes) != tensor.rank - 1:
        yield OutOfRange(
            f"`--input` gives {len(sizes)} sizes, and {tensor} has {tensor.rank - 1} "
            "without the batch"
        )
        return
    if any(isinstance(number, int) and number < 1 for number in sizes):
        yield OutOfRange("every size of `--input` is at least 1")
        return
    if any(number == tensor.batch for number in sizes):
        yield OutOfRange(f"`{tensor.batch}` is the batch, and no size of `--input`")
        return
    for declared, number in zip(tensor.shape[1:], sizes, strict=True):
        name = str(declared)
        free = isinstance(declared, Polynomial) and declared == symbol(name)
        if free and found.setdefault(name, number) != number:
            yield OutOfRange(f"`--input` gives `{name}` both {found[name]} and {number}")


def _overridden(tensor: Tensor, sizes: Sizes | None, symbols: Mapping[str, Size]) -> Tensor:
    if sizes is not None:
        return tensor.reshaped(tensor.batch, *sizes)
    batch, *others = tensor.shape
    return tensor.reshaped(batch, *(substitute(size, symbols) for size in others))
