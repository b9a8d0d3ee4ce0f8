"""What a body gives: its `outputs`, the values that are tapped, else those of its last layer."""

import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from archspec.diagnostics import (
    BadName,
    ClaimFails,
    MisplacedKey,
    Place,
    UnknownName,
    UnknownReference,
)
from archspec.document import Body, Output, Outputs, Packing, Spec, close_match, listed, texts
from archspec.elaborate.advice.sources import absences, origins
from archspec.elaborate.advice.unknown import choice
from archspec.elaborate.namespace import Values
from archspec.elaborate.report import Report
from archspec.elaborate.state import Frame, Site, State
from archspec.elaborate.values import size, truth
from archspec.expressions import Poisoned, filled
from archspec.graph import Call, Kind, Leaf, Module, Node, Port
from archspec.sizes import Condition, Polynomial, Size, Tensor, equal, substitute, symbols_of


class Results(NamedTuple):
    """What comes out: ports with their tensors, how they are packed, and which are for training.

    `partial` says that not all is given that the body names.
    """

    ports: tuple[Port, ...]
    tensors: tuple[Tensor, ...]
    packing: Packing
    labels: tuple[str, ...] = ()
    training: frozenset[int] = frozenset()
    requested: tuple[Port, ...] = ()
    partial: bool = False


class _Given(NamedTuple):
    """A value that a body gives: the name of the output, and whether it is for training alone."""

    name: str
    port: Port
    training: bool


def results_of(
    report: Report, frame: Frame, kind: Kind, taps: tuple[str, ...] = ()
) -> Results | None:
    """Find what a body gives; `None` where a part of it failed."""
    outputs = frame.body.given
    if taps:
        return _packed(frame, frame.values.requested(taps), _packing(len(taps)), taps)
    if outputs is None:
        ports = frame.values.requested(None)
        return _packed(frame, ports, _packing(len(ports)))
    every = _given(report, frame, kind, outputs)
    if every is None:
        return None
    given = [item for item in every if not (item.training and _is_included(frame, kind))]
    packing = outputs.packing if outputs.packing != "one" else _packing(len(given))
    labels = tuple(item.name for item in given) if packing == "names" else ()
    training = frozenset(index for index, item in enumerate(given) if item.training)
    results = _packed(frame, tuple(item.port for item in given), packing, labels, training)
    return results and results._replace(partial=len(given) < len(every))


def _packing(count: int) -> Packing:
    return "one" if count == 1 else "list"


def _given(report: Report, frame: Frame, kind: Kind, outputs: Outputs) -> list[_Given] | None:
    """Find the ports of all outputs; `None` where one failed, or nothing is left in evaluation."""
    given: list[_Given] = []
    failed = False
    for name, output in outputs.items.items():
        ports = _output(report, frame, kind, name, output)
        failed = failed or ports is None
        given += [_Given(name, port, output.training) for port in ports or ()]
    if failed:
        return None
    if all(item.training for item in given):
        report.add(_nothing(any_left=bool(given)), Place((*frame.path, "outputs")))
        return None
    return given


def _is_included(frame: Frame, kind: Kind) -> bool:
    """Say whether a body is another spec, used as a block: it gives nothing for training alone."""
    return kind is Kind.BLOCK and isinstance(frame.body, Spec)


def _packed(
    frame: Frame,
    ports: tuple[Port, ...],
    packing: Packing,
    labels: tuple[str, ...] = (),
    training: frozenset[int] = frozenset(),
) -> Results | None:
    given = [frame.values.read(port) for port in ports]
    tensors = tuple(item.tensor for item in given if item.tensor is not None)
    if len(tensors) < len(given) or not given:
        return None
    names = labels if len(labels) == len(ports) else ()
    seen = tuple(item.port for item in given)
    return Results(seen, tensors, packing, names, training, ports)


def _output(
    report: Report, frame: Frame, kind: Kind, name: str, output: Output
) -> tuple[Port, ...] | None:
    """Find the ports of one output: empty where its condition is false, `None` where it fails."""
    path = (*frame.path, "outputs", name)
    with suppress(Poisoned), report.at(Place(path)):
        if output.training and kind is not Kind.MODEL and not _is_included(frame, kind):
            raise MisplacedKey("`training` is for outputs of the model, not of a block or group")
        with report.at(Place((*path, "when"))):
            if output.when is not None and not truth(output.when, frame.keys):
                return ()
        reference = filled(output.reads, frame.keys)
        ports = frame.values.requested((reference,))
        if frame.values.gives[reference.partition(".")[0]].absent:
            raise UnknownReference(
                f"`{output.reads}` is absent, and an output may not be",
                help="give the output the same `when`",
            )
        if len(ports) > 1 and frame.body.given is not None and frame.body.given.packing == "names":
            raise UnknownReference(f"`{output.reads}` gives {len(ports)} values, and a name is one")
        return ports
    return None


def _nothing(*, any_left: bool) -> UnknownReference:
    """Say that a body gives nothing, or nothing in evaluation."""
    if any_left:
        return UnknownReference("every output is there in training only, and none in evaluation")
    return UnknownReference("no output is there, as the `when` of each is false")


# --- the order of keys -----------------------------------------------------------------------


def order_of(report: Report, frame: Frame) -> tuple[str, ...]:
    """Check `order`, and name the children that are there."""
    order = frame.body.order or []
    present = {node.name for node in frame.values.nodes if node.again is None}
    again = {node.name: node.again for node in frame.values.nodes}
    idle = frame.body.layers.keys() - set(frame.values.later)
    names = {*present, *frame.values.names.values(), *idle}
    for index, name in enumerate(order):
        place = Place((*frame.path, "order", index))
        if name not in names:
            listing = f"its layers are {listed(sorted(names))}"
            layers = choice(listing, name, sorted(names - set(order)))
            help = close_match(name, names) or layers
            report.add(UnknownReference(f"there is no layer `{name}`", help=help), place)
        elif order.index(name) != index:
            report.add(BadName(f"`{name}` stands twice in `order`"), place)
        elif again.get(name) is not None:
            text = f"`{name}` is `{again[name]}`, called again, and has no place of its own"
            report.add(UnknownReference(text), place)
    return tuple(name for name in order if name in present)


# --- taps ------------------------------------------------------------------------------------


def tapped_names(body: Body) -> frozenset[str]:
    """Name the layers of which a repetition is read, as `m.*` and `m.3` do."""
    return frozenset(
        name
        for name, _, rest in (reference.partition(".") for reference in _references(body))
        if rest[:1].isdigit() or (rest[:1] in ("*", "{") and rest)
    )


def _references(body: Body) -> Iterator[str]:
    for layer in body.layers.values():
        yield from layer.references or ()
    if body.given is not None:
        yield from (output.reads for output in body.given.items.values())


def looked_at(body: Body, taps: tuple[str, ...]) -> Collection[str]:
    """Name the layers that these values may need; where names are made, that may be any."""
    wanted = {tap.partition(".")[0] for tap in taps}
    keys = list(body.layers)
    for above, key in zip(["", *keys[:-1]][::-1], keys[::-1], strict=True):
        if key in wanted:
            wanted |= _mentioned(body, key, above)
    made = wanted - body.layers.keys() - {"", *body.received}
    return keys if body.numbered or made else wanted


def _mentioned(body: Body, key: str, above: str) -> set[str]:
    """Name the layers that a layer reads, shares, or asks for a size."""
    layer = body.layers[key]
    read = (above,) if layer.references is None else layer.references
    words = re.findall(r"[\w-]+", " ".join(texts(layer)))
    return {name.partition(".")[0] for name in read} | (set(words) & body.layers.keys())


def _needs(values: Values, node: Node) -> Iterator[str]:
    """Name the layers of which a node asks a size, and those whose weights it has inside."""
    for text in texts(node.origin.arguments):
        for name in re.findall(r"([\w-]+)\.(?:shape|batch|channels|features)\b", text):
            port = Port(name)
            while port.name in values.skipped:
                port = values.skipped[port.name]
            yield port.name
    yield from _tied(node, 0)


def _tied(node: Node, level: int) -> Iterator[str]:
    """Name the layers, so many bodies further up, whose weights a node has inside."""
    if isinstance(node, Leaf):
        if node.tie is not None and node.tie.up == level:
            yield node.tie.path[0]
    elif isinstance(node, Call) and node.module.kind is not Kind.BLOCK:
        inner = level + (node.module.kind is Kind.GROUP)
        for item in node.module.nodes:
            yield from _tied(item, inner)


def without_idle(module: Module, values: Values) -> tuple[Module, frozenset[str]]:
    """Leave out the layers on which nothing depends that the module gives, and name them."""
    needed = module.needed_by([True] * len(module.results), partial(_needs, values))
    left = replace(
        module,
        nodes=tuple(node for node in module.nodes if node.name in needed),
        splices=tuple(item for item in module.splices if needed.intersection(item.nodes)),
        order=tuple(name for name in module.order if name in needed),
    )
    return left, frozenset(module.by_name.keys() - needed)


# --- what a layer claims to give, `expect` ------------------------------------------------------


def check_claim(state: State, site: Site, node: Node) -> None:
    """Report a layer whose output is not what its `expect` says.

    A claim that holds for some sizes only is a condition.
    """
    report, frame, path = state.report, site.frame, site.path
    claimed = _claimed(state, site)
    if claimed is None:
        return
    shape, place = node.outputs[0].shape, (*path, "expect")
    truths = [equal(a, b) for a, b in zip(claimed, shape, strict=False)]
    state.conditions.need((truth for truth in truths if isinstance(truth, Condition)), place)
    if len(claimed) == len(shape) and all(truth is not False for truth in truths):
        return
    wanted = Tensor(tuple(claimed))
    text = f"the layer gives {node.outputs[0]}, not {wanted}"
    notes = absences(frame, node.origin.asks)
    failing = ClaimFails(text, label=f"claims {wanted}", notes=notes)
    report.add(failing, Place(place), origins(report, frame, node.reads))


def _symbols(frame: Frame) -> frozenset[str]:
    """Name the symbols in what the body, and those around it, receive."""
    tensors = [tensor for tensor in frame.values.inputs.values() if tensor is not None]
    own = frozenset().union(*(symbols_of(size) for item in tensors for size in item.shape))
    return own if frame.outer is None else own | _symbols(frame.outer)


def _checked(value: Size, symbols: frozenset[str]) -> Size:
    """Give the size back, or raise where it holds a symbol that no input has."""
    for name in sorted(symbols_of(value) - symbols):
        help = close_match(name, symbols) or f"the symbols here are {listed(sorted(symbols))}"
        raise UnknownName(f"no input has the symbol `{name}`", help=help)
    return value


def _claimed(state: State, site: Site) -> list[Size] | None:
    """Evaluate what is claimed, with the sizes that `--input` gives to symbols."""
    frame, given = site.frame, state.symbols.values
    sizes = {name: value for name, value in given.items() if isinstance(value, int | Polynomial)}
    claimed, symbols = [], _symbols(frame)
    for index, raw in enumerate(site.layer.expect or ()):
        with suppress(Poisoned), state.report.at(Place((*site.path, "expect", index))):
            claimed.append(_checked(substitute(size(raw, frame.keys), sizes), symbols))
        if len(claimed) == index:
            return None
    return claimed
