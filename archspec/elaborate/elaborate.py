"""Elaborate a document into a network: the one entry to this step."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import starmap
from types import MappingProxyType

from archspec.diagnostics import MissingKey, Place, Problem, UnknownVariant
from archspec.document import Spec, close_match, listed
from archspec.elaborate.bodies import check_left_out, module, specialised_block
from archspec.elaborate.inputs import inputs
from archspec.elaborate.namespace import Values
from archspec.elaborate.parameters import bind, without_misspelled
from archspec.elaborate.report import Report, Standing
from archspec.elaborate.state import Around, Frame, Library, Specialisation, State
from archspec.elaborate.targets import Written
from archspec.expressions import POISON, Scope
from archspec.graph import Kind, Needed, Network
from archspec.sizes import Tensor


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
            model, parameters, conditions, state.batch, spec, received.symbols, chosen
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
        try:
            arguments = bind(state.report, block.params, given, frame.scope, path)
            with state.report.call(path, name):
                received = dict.fromkeys(block.received)
                specialised_block(state, Around(frame), name, arguments, received)
        except Problem as problem:
            state.report.add(problem, Place(path, key=True))
