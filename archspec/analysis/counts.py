"""Parameters, buffers, multiply-accumulates and activations, per layer, block and stage."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from math import prod
from operator import add, attrgetter
from typing import Literal

from archspec.analysis.depth import depth
from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Tie, Typed
from archspec.operations import Operation
from archspec.sizes import Polynomial, Size, Tensor, symbol


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum; where it is not `exact`, a part is unknown and it is `least` or more.

    It is a polynomial where the network's input has free sizes.

    >>> Amount(12) + Amount(0, exact=False)
    Amount(least=12, exact=False)
    >>> print(Amount(4089184256), f"{Amount(4089184256):,}", Amount(12, exact=False))
    4089184256 4,089,184,256 ≥ 12
    """

    least: Size
    exact: bool = True

    @property
    def value(self) -> Size | None:
        """The sum, or `None` where a part of it is unknown.

        >>> Amount(0, exact=False).value is None
        True
        """
        return self.least if self.exact else None

    def __str__(self) -> str:
        return format(self)

    def __format__(self, form: str) -> str:
        return f"{'' if self.exact else '≥ '}{format(self.least, form)}"

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.least + other.least, self.exact and other.exact)

    def __mul__(self, times: int) -> "Amount":
        return Amount(self.least * times, self.exact)


@dataclass(frozen=True, slots=True)
class Totals:
    """What some operations have together; MACs and activations are per sample.

    `parameters` and `buffers` are elements, `frozen` those of the parameters that stay as they are,
    `activations` the elements that come out of the operations, `weighted_layers` those operations
    that have weights as He et al. count them.

    >>> Totals(parameters=20, operations=1) * 3 + Totals(operations=1)
    Totals(parameters=60, frozen=0, buffers=0, macs=Amount(least=0, exact=True), \
activations=Amount(least=0, exact=True), weighted_layers=0, operations=4)
    """

    parameters: int = 0
    frozen: int = 0
    buffers: int = 0
    macs: Amount = Amount(0)
    activations: Amount = Amount(0)
    weighted_layers: int = 0
    operations: int = 0

    @property
    def trainable(self) -> int:
        """The parameters that training changes."""
        return self.parameters - self.frozen

    def seen_as(self, *, again: bool, frozen: bool, training: bool) -> "Totals":
        """Give what counts of them where they stand.

        What is called `again` has its parameters and buffers elsewhere, what is `frozen` keeps
        them as they are, and what only `training` needs counts in them alone.

        >>> Totals(parameters=20, operations=1).seen_as(again=True, frozen=False, training=False)
        Totals(parameters=0, frozen=0, buffers=0, macs=Amount(least=0, exact=True), \
activations=Amount(least=0, exact=True), weighted_layers=0, operations=1)
        """
        totals = replace(self, parameters=0, frozen=0, buffers=0) if again else self
        if frozen:
            totals = replace(totals, frozen=totals.parameters)
        if training:
            totals = Totals(totals.parameters, totals.frozen, totals.buffers)
        return totals

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*map(add, _figures(self), _figures(other)))

    def __mul__(self, times: int) -> "Totals":
        return Totals(*[figure * times for figure in _figures(self)])


_figures = attrgetter(*Totals.__dataclass_fields__)

Form = Literal["operation", "block", "group", "chain"]

_FORMS: Mapping[Kind, Form] = {
    Kind.MODEL: "block",
    Kind.BLOCK: "block",
    Kind.GROUP: "group",
    Kind.CHAIN: "chain",
}


@dataclass(frozen=True)
class Row:
    """A layer of a body, or `count` equal repetitions of one, with what it holds below it.

    `kind` is the name of the operation or block; for a group or chain, what its layers have in
    common. `outputs` leave the batch out. `each` is of one repetition, and the `children` are
    those of one repetition: equal modules share them.

    `again` is the earlier layer that is called again, and `tied` the one whose weight it has. It is
    `frozen` where its weights stay as they are, and for `training` where nothing else needs it;
    `children` say so of themselves, and not of what holds them.
    """

    name: str
    form: Form
    kind: str
    count: int
    outputs: tuple[Tensor, ...]
    each: Totals
    children: tuple["Row", ...] = ()
    again: str | None = None
    tied: str | None = None
    frozen: bool = False
    training: bool = False

    @cached_property
    def totals(self) -> Totals:
        """What all repetitions have together."""
        return self.each * self.count


@dataclass(frozen=True)
class Count:
    """What a network has in all and, in `rows`, layer by layer; `depth` is of the longest path.

    `labels` are the names of the outputs, if they have some, and `training` the places of those
    that are there in training only.
    """

    name: str
    inputs: Mapping[str, Tensor]
    outputs: tuple[Tensor, ...]
    totals: Totals
    depth: int
    rows: tuple[Row, ...]
    labels: tuple[str, ...] = ()
    training: frozenset[int] = frozenset()

    @property
    def named_inputs(self) -> dict[str, Tensor]:
        """The inputs by name; one that is only called `input` has none."""
        return {"": self.inputs["input"]} if [*self.inputs] == ["input"] else dict(self.inputs)


Rows = dict[int, tuple[Row, ...]]
"""The rows of a module, by its identity."""


@lru_cache(maxsize=4)
def count(network: Network) -> Count:
    """Count a network; the work grows with the number of its different modules.

    The last few counts are kept: claims, facts and tables ask for the same network.
    `count(network).totals.macs.value` is `None` where an operation has no rule.
    """
    batch = symbol(network.batch)
    rows_of: Rows = {}
    counted: dict[int, Row] = {}
    for module in network.modules():
        for node in module.nodes:
            if id(node) not in counted:
                counted[id(node)] = _special(_row(node, rows_of, batch), node, module)
        rows_of[id(module)] = tuple([counted[id(node)] for node in module.nodes])
    model = network.model
    rows = rows_of[id(model)]
    return Count(
        name=model.name,
        inputs={name: _sample(tensor, batch) for name, tensor in model.inputs.items()},
        outputs=tuple(_sample(tensor, batch) for tensor in model.outputs),
        totals=_sum(rows),
        depth=depth(network),
        rows=rows,
        labels=model.labels,
        training=model.training,
    )


def _row(node: Node, rows_of: Rows, batch: Polynomial) -> Row:
    name = _name(node)
    if isinstance(node, Leaf):
        row = _counted(name, type(node.operation), node.typed, node.count, batch)
        return row if node.tie is None else _tied(row, node, node.tie)
    assert isinstance(node, Call)
    own = node.outputs[: len(node.outputs) - node.module.taps]
    outputs = tuple([_sample(tensor, batch) for tensor in own])
    children = rows_of[id(node.module)]
    form, kind = _FORMS[node.module.kind], _kind(node.module, children)
    return Row(name, form, kind, node.count, outputs, _sum(children), children)


@lru_cache(maxsize=4096)
def _counted(
    name: str, operation: type[Operation], typed: Typed, count: int, batch: Polynomial
) -> Row:
    """Count what equal nodes share: the work is done once for all of them."""
    outputs = tuple(_sample(tensor, batch) for tensor in typed.outputs)
    elements = [tensor.elements for tensor in outputs]
    totals = Totals(
        parameters=sum(map(prod, typed.weights.values())),
        buffers=sum(map(prod, typed.buffers.values())),
        macs=Amount(0, exact=False) if typed.macs is None else Amount(typed.macs),
        activations=Amount(sum(elements, start=0)),
        weighted_layers=int(operation.weighted),
        operations=1,
    )
    return Row(name, "operation", operation.op(), count, outputs, totals)


def _tied(row: Row, leaf: Leaf, tie: Tie) -> Row:
    """Count a layer without the weight that another one has already."""
    own = row.each.parameters - prod(leaf.weights[tie.weight])
    return replace(row, each=replace(row.each, parameters=own), tied=".".join(tie.path))


def _special(row: Row, node: Node, module: Module) -> Row:
    """Count a layer that is called again, stays as it is, or is needed in training alone."""
    training = node.name in module.only_training
    if node.again is None and node.trainable and not training:
        return row
    again, frozen = node.again is not None, not node.trainable
    each = row.each.seen_as(again=again, frozen=frozen, training=training)
    return replace(row, each=each, again=node.again, frozen=frozen, training=training)


def _sum(rows: tuple[Row, ...]) -> Totals:
    """Add up rows field by field: one object for the sum, none for its parts."""
    parameters = frozen = buffers = weighted_layers = operations = 0
    for row in rows:
        totals, times = row.each, row.count
        parameters += totals.parameters * times
        frozen += totals.frozen * times
        buffers += totals.buffers * times
        weighted_layers += totals.weighted_layers * times
        operations += totals.operations * times
    return Totals(
        parameters=parameters,
        frozen=frozen,
        buffers=buffers,
        macs=_total([(row.each.macs, row.count) for row in rows]),
        activations=_total([(row.each.activations, row.count) for row in rows]),
        weighted_layers=weighted_layers,
        operations=operations,
    )


def _total(amounts: list[tuple[Amount, int]]) -> Amount:
    least: Size = sum([amount.least * times for amount, times in amounts], start=0)
    return Amount(least, all(amount.exact for amount, _ in amounts))


def _kind(module: Module, children: tuple[Row, ...]) -> str:
    if module.kind is Kind.BLOCK:
        return module.name
    kinds = {row.kind for row in children}
    if module.kind is Kind.CHAIN and len(kinds) == 1:
        return kinds.pop()
    return str(module.kind.value)


def _name(node: Node) -> str:
    """Name a node, `1…2` where it stands for two repetitions."""
    if node.count == 1 or node.again is not None:
        return node.name
    return f"{node.name}…{int(node.name) + node.count - 1}"


def _sample(tensor: Tensor, batch: Polynomial) -> Tensor:
    """Leave the batch out of a shape, where it has one."""
    if tensor.shape and tensor.shape[0] == batch:
        return tensor.reshaped(*tensor.shape[1:])
    return tensor
