"""Elaborate a document into a network: the one entry to this step."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import starmap
from types import MappingProxyType
from typing import NamedTuple

from archspec.diagnostics import (
    MissingKey,
    OutOfRange,
    Path,
    Place,
    Problem,
    Remedy,
    UnknownVariant,
    Value,
    WrongType,
)
from archspec.document import Input, Library, Spec, close_match, listed
from archspec.elaborate.bodies import check_left_out, module, specialised_block
from archspec.elaborate.namespace import Values
from archspec.elaborate.report import Report, Standing
from archspec.elaborate.state import Around, Frame, Specialisation, State
from archspec.elaborate.targets import Written
from archspec.elaborate.values import bind, size, without_misspelled
from archspec.expressions import POISON, Poisoned, Scope
from archspec.graph import Kind, Needed, Network
from archspec.sizes import Polynomial, Size, Tensor, substitute, symbol


@dataclass(frozen=True, slots=True)
class Choice:
    """For which parameters a spec is elaborated: a variant, values laid over it, input sizes."""

    variant: str | None
    parameters: Mapping[str, object]
    inputs: Mapping[str, tuple[int | str, ...]]


@dataclass(frozen=True, slots=True)
class Elaboration:
    """A network where there were no errors, every problem, and which layers stand.

    `inputs` are what it receives, and `conditions` what its layers need of them, as far as they
    could be built. `standing` says which layers were.
    """

    network: Network | None
    problems: tuple[Problem, ...]
    inputs: Mapping[str, Tensor | None]
    conditions: tuple[Needed, ...]
    standing: Standing


def elaborate(spec: Spec, choice: Choice, included: Library = MappingProxyType({})) -> Elaboration:
    """Build the graph of graphs of a spec and check every shape in it.

    `included` are the specs that it uses, by the names by which its layers call them.
    """
    report = Report()
    state = State(spec, report, included=included)
    parameters = _parameters(report, spec, choice)
    state.open(parameters)
    received = inputs(report, spec, choice.inputs, state.model_scope)
    state.batch, state.symbols = received.batch, Scope(received.symbols)
    wanted = Specialisation(
        kind=Kind.MODEL,
        name=spec.name,
        body=spec,
        path=(),
        scope=state.model_scope,
        arguments=parameters,
    )
    model = module(state, wanted, received.tensors)
    _check_uncalled(state)
    check_left_out(state.left_out)
    conditions = tuple(starmap(Needed, state.conditions.needed.items()))
    network = None
    if model is not None and not report.failed:
        variant = spec.variants[choice.variant].parameters if choice.variant else {}
        chosen = frozenset((*variant, *choice.parameters))
        network = Network(
            model,
            parameters,
            conditions,
            state.batch,
            spec,
            received.symbols,
            chosen,
            state.provenance,
        )
    return Elaboration(network, report.problems, received.tensors, conditions, report.standing)


def _parameters(report: Report, spec: Spec, choice: Choice) -> dict[str, object]:
    given: dict[str, Written] = {}
    if choice.variant is not None:
        given |= _variant(report, spec, choice.variant)
    for name, raw in choice.parameters.items():
        if name in spec.params:
            given[name] = Written(raw, Scope(), ("--set", name))
        else:
            report.add(spec.unknown_parameter(name), Place(("--set", name)))
    _check_required(report, spec, given)
    return bind(report, spec.params, given, Scope(), ())


def _variant(report: Report, spec: Spec, name: str) -> dict[str, Written]:
    if name not in spec.variants:
        variants = f"its variants are {listed(spec.variants)}" if spec.variants else None
        help = close_match(name, spec.variants) or variants
        problem = UnknownVariant(f"the spec has no variant `{name}`", help=help)
        report.add(problem, Place(("--variant",)))
        return {}
    path = ("variants", name, "parameters")
    written = {}
    for key, raw in spec.variants[name].parameters.items():
        if key in spec.params:
            written[key] = Written(raw, Scope(), (*path, key))
        else:
            report.add(spec.unknown_parameter(key), Place((*path, key), key=True))
    sound = len(written) == len(spec.variants[name].parameters)
    return written if sound else dict(without_misspelled(spec.params, written))


def _check_required(report: Report, spec: Spec, given: Mapping[str, Written]) -> None:
    for name, parameter in spec.params.items():
        if parameter.required and name not in given:
            report.add(
                MissingKey(
                    f"the parameter `{name}` has no value",
                    help=f"give it a default, or a value by `--set {name}=…` or a variant",
                ),
                Place(("params", name), key=True),
            )


def _check_uncalled(state: State) -> None:
    """Look into the blocks that nothing calls, as far as that goes without their inputs."""
    frame = Frame(state.spec, (), state.model_scope, Values({}, False), (), 0)
    for name, block in state.spec.blocks.items():
        if name in state.called:
            continue
        path = ("blocks", name)
        given = {
            key: Written(POISON, Scope(), (*path, "params", key))
            for key, parameter in block.params.items()
            if parameter.required
        }
        with suppress(Poisoned), state.report.at(Place(path, key=True)):
            arguments = bind(state.report, block.params, given, frame.scope, path)
            received = dict.fromkeys(block.received)
            with state.report.call(path, name):
                specialised_block(state, Around(frame), name, arguments, received)


# --- what the network receives ------------------------------------------------------------------

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
        with suppress(Poisoned), report.at(Place((*path, "shape", str(index)))):
            shape.append(_checked(size(raw, scope), index))
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
    given_sizes: dict[str, Size] = {}
    sound: dict[str, Sizes] = {}
    for name, written in given.items():
        sizes = tuple(symbol(size) if isinstance(size, str) else size for size in written)
        if name not in declared:
            report.add(_unknown(name, declared), Place(("--input",)))
            continue
        tensor = declared[name]
        problems = [] if tensor is None else list(_problems(tensor, sizes, given_sizes))
        for problem in problems:
            report.add(problem, Place(("--input",)))
        if not problems:
            sound[name] = sizes
    return given_sizes, sound


def _unknown(name: str, declared: Mapping[str, object]) -> OutOfRange:
    help = close_match(name, declared) or f"its inputs are {listed(declared)}"
    return OutOfRange(f"the spec has no input `{name}`", help=help)


def _problems(tensor: Tensor, sizes: Sizes, given: dict[str, Size]) -> Iterator[Problem]:
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
        if free and given.setdefault(name, number) != number:
            yield OutOfRange(f"`--input` gives `{name}` both {given[name]} and {number}")


def _overridden(tensor: Tensor, sizes: Sizes | None, symbols: Mapping[str, Size]) -> Tensor:
    if sizes is not None:
        return tensor.reshaped(tensor.batch, *sizes)
    batch, *others = tensor.shape
    return tensor.reshaped(batch, *(substitute(size, symbols) for size in others))
