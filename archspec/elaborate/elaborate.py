"""Elaborate a document into a network: the one entry to this step."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import starmap
from types import MappingProxyType

from archspec.diagnostics import MissingKey, Place, Problem, UnknownVariant
from archspec.document import Spec, close_match, listed
from archspec.elaborate.calls import specialised
from archspec.elaborate.elaborator import Elaborator
from archspec.elaborate.fixed_kernels import kernels_of
from archspec.elaborate.frames import Around, Frame, Library, Specialisation
from archspec.elaborate.initial_weights import Initial, check_weights
from archspec.elaborate.inputs import inputs
from archspec.elaborate.leaves import check_left_out
from archspec.elaborate.namespace import Values
from archspec.elaborate.parameters import bind, without_misspelled
from archspec.elaborate.report import Report, Standing
from archspec.elaborate.targets import Written
from archspec.expressions import POISON, Scope
from archspec.graph import Kind, Needed, Network
from archspec.sizes.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Choice:
    """For which parameters a spec is elaborated: a variant, values laid over it, input sizes."""

    variant: str | None
    parameters: Mapping[str, object]
    inputs: Mapping[str, tuple[int | str, ...]]


@dataclass(frozen=True, slots=True)
class Elaboration:
    """A network where there were no errors, everything that was found, and which layers stand.

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
    elaborator = Elaborator(spec, report, initial=Initial(spec.init or {}), included=included)
    check_weights(report, spec)
    parameters = _parameters(report, spec, choice)
    scope = _scope(elaborator, parameters)
    elaborator.model_scope = scope
    elaborator.kernels = kernels_of(report, spec, scope)
    received = inputs(report, spec, choice.inputs, scope)
    elaborator.batch, elaborator.symbols = received.batch, Scope(received.symbols)
    wanted = Specialisation(
        kind=Kind.MODEL, name=spec.name, body=spec, path=(), scope=scope, arguments=parameters
    )
    model = elaborator.module(wanted, received.tensors)
    _check_uncalled(elaborator)
    check_left_out(elaborator.left_out)
    conditions = tuple(starmap(Needed, elaborator.conditions.needed.items()))
    if model is None or report.failed:
        return Elaboration(None, report.problems, received.tensors, conditions, report.standing)
    variant = spec.variants[choice.variant].parameters if choice.variant in spec.variants else {}
    chosen = frozenset((*variant, *choice.parameters))
    network = Network(
        model, parameters, conditions, elaborator.batch, spec, received.symbols, chosen
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


def _scope(elaborator: Elaborator, parameters: Mapping[str, object]) -> Scope:
    """Give the model's parameters and `let` names, which blocks see too."""
    return elaborator.let(elaborator.spec, (), Scope(parameters))


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
                inputs = dict.fromkeys(block.received)
                specialised(elaborator, Around(frame), name, arguments, inputs)
        except Problem as problem:
            elaborator.report.add(problem, Place(("blocks", name), key=True))
