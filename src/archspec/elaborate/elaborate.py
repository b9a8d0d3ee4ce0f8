"""Elaborate a document into a network: the one entry to this step."""

from collections.abc import Mapping
from dataclasses import dataclass

from archspec.diagnostics import (
    MissingKey,
    OutOfRange,
    Place,
    Problem,
    UnknownVariant,
    WrongType,
)
from archspec.dimensions import Polynomial, Size
from archspec.elaborate.elaborator import Elaborator
from archspec.elaborate.frames import Frame
from archspec.elaborate.initial import Initial, check_weights
from archspec.elaborate.names import Values
from archspec.elaborate.parameters import bind
from archspec.elaborate.report import Finding, Report
from archspec.elaborate.targets import Written
from archspec.elaborate.values import size
from archspec.expressions import POISON, Poisoned, Scope
from archspec.graph import Kind, Network
from archspec.spec import Spec, close_match, listed
from archspec.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Choice:
    """For which parameters a spec is elaborated: a variant, values laid over it, input sizes."""

    variant: str | None
    parameters: Mapping[str, object]
    inputs: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Elaboration:
    """A network where there were no errors, and everything that was found."""

    network: Network | None
    findings: tuple[Finding, ...]


def elaborate(spec: Spec, choice: Choice) -> Elaboration:
    """Build the graph of graphs of a spec and check every shape in it."""
    report = Report()
    elaborator = Elaborator(spec, report, initial=Initial(spec.init or {}))
    check_weights(report, spec.init or {})
    parameters = _parameters(report, spec, choice)
    scope = _scope(elaborator, parameters)
    elaborator.model_scope = scope
    tensor = _input(report, spec, choice, scope)
    if tensor is not None:
        elaborator.batch = str(tensor.batch)
    model = elaborator.module(
        Kind.MODEL, spec.name, spec, (), scope, {"input": tensor}, (), 0, parameters
    )
    _check_uncalled(elaborator)
    if model is None or report.failed:
        return Elaboration(None, report.findings)
    network = Network(model, parameters, tuple(elaborator.conditions.kept), elaborator.batch, spec)
    return Elaboration(network, report.findings)


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
        known = f"its variants are {listed(spec.variants)}" if spec.variants else None
        help = close_match(name, spec.variants) or known
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
    return written


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


def _scope(elaborator: Elaborator, parameters: Mapping[str, object]) -> Scope:
    """Give the model's parameters and `let` names, which blocks see too."""
    scope = Scope(parameters)
    frame = Frame(elaborator.spec, (), scope, Values({}, False), (), 0)
    return elaborator.let(frame)


def _input(report: Report, spec: Spec, choice: Choice, scope: Scope) -> Tensor | None:
    shape: list[Size] = []
    for index, raw in enumerate(spec.input.shape):
        try:
            shape.append(_checked(size(raw, scope), index))
        except Problem as problem:
            report.add(problem, Place(("input", "shape", str(index))))
        except Poisoned:
            pass
    if len(shape) < len(spec.input.shape):
        return None
    return _overridden(report, Tensor(tuple(shape), spec.input.dtype), choice)


def _checked(value: Size, index: int) -> Size:
    if index == 0 and isinstance(value, int):
        raise WrongType(
            "the batch is always a symbol, so that it may be of any size",
            help="write `N`: `[N, 3, 224, 224]`",
        )
    if index > 0 and isinstance(value, Polynomial):
        raise WrongType(
            f"`{value}` is a free size, and only the batch may be free in this version",
            help="write a number, or a parameter for it",
        )
    if isinstance(value, int) and value < 1:
        raise OutOfRange(f"every size of a shape is at least 1, not {value}")
    return value


def _overridden(report: Report, tensor: Tensor, choice: Choice) -> Tensor | None:
    """Lay the sizes of `--input` over the spec's."""
    for name, sizes in choice.inputs.items():
        place = Place(("--input",))
        if name != "input":
            report.add(OutOfRange(f"the spec has no input `{name}`"), place)
        elif len(sizes) != tensor.rank - 1:
            report.add(
                OutOfRange(
                    f"`--input` gives {len(sizes)} sizes, and {tensor} has {tensor.rank - 1} "
                    "without the batch"
                ),
                place,
            )
        elif any(number < 1 for number in sizes):
            report.add(OutOfRange("every size of `--input` is at least 1"), place)
        else:
            tensor = tensor.reshaped(tensor.batch, *sizes)
    return None if report.failed else tensor


def _check_uncalled(elaborator: Elaborator) -> None:
    """Look into the blocks that nothing calls, as far as that goes without knowing the inputs."""
    frame = Frame(elaborator.spec, (), elaborator.model_scope, Values({}, False), (), 0)
    for name, block in elaborator.spec.blocks.items():
        if name in elaborator.called:
            continue
        given = {
            key: Written(POISON, Scope(), ("blocks", name, "params", key))
            for key, parameter in block.params.items()
            if parameter.required
        }
        try:
            path = ("blocks", name)
            arguments = bind(elaborator.report, block.params, given, frame.scope, path)
            with elaborator.report.call(path, name):
                elaborator.specialised(frame, name, arguments, {"input": None})
        except Problem as problem:
            elaborator.report.add(problem, Place(("blocks", name), key=True))
