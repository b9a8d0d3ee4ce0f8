"""What the conditions of a class say of its sizes in one use: 1 where `stride != 1` is false."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from archspec.emit.lift import NotPolynomial, lift
from archspec.emit.tracing.trace import Context, Trace
from archspec.expressions import Expression, parse
from archspec.sizes import Polynomial, Size, substitute, symbol, symbols_of

Fact = tuple[str, Size]
"""A symbol, and what it is equal to."""


def equal_under(trace: Trace, one: Size, other: Size) -> bool:
    """Say whether two sizes are equal wherever the conditions are as they are in this use."""
    difference = _expanded(trace, one) - _expanded(trace, other)
    for name, size in facts(trace):
        if difference == 0:
            break
        if name in symbols_of(difference):
            difference = substitute(difference, {name: size})
    return difference == 0


def _expanded(trace: Trace, size: Size) -> Size:
    """Put what `let` names are made of in their place."""
    for _ in range(len(trace.definitions) + 1):
        known = {n: trace.definitions[n] for n in symbols_of(size) if n in trace.definitions}
        if not known:
            break
        size = substitute(size, known)
    return size


@lru_cache(maxsize=256)
def facts(trace: Trace) -> tuple[Fact, ...]:
    """Give the equalities that conditions imply in one use."""
    found: list[Fact] = []
    for context in trace.bodies.values():
        definition = context.module.definition
        for key, layer in definition.layers.items() if definition else ():
            if isinstance(layer.when, str):
                holds = key not in context.module.absent
                found += _of(trace, parse(layer.when).tree, holds, context)
    return tuple(found)


def constants(trace: Trace, when: str, holds: bool, context: Context) -> dict[str, int]:
    """Give the symbols that a condition, true or false, makes equal to a number."""
    known = dict(_of(trace, parse(when).tree, holds, context))
    return {name: size for name, size in known.items() if isinstance(size, int)}


def _of(trace: Trace, node: ast.expr, holds: bool, context: Context) -> Iterator[Fact]:
    if isinstance(node, ast.BoolOp) and holds is isinstance(node.op, ast.And):
        for value in node.values:
            yield from _of(trace, value, holds, context)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _of(trace, node.operand, not holds, context)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        same = isinstance(node.ops[0], ast.Eq) if holds else isinstance(node.ops[0], ast.NotEq)
        if same:
            yield from _equality(trace, node.left, node.comparators[0], context)


def _equality(trace: Trace, left: ast.expr, right: ast.expr, context: Context) -> Iterator[Fact]:
    def find(name: str) -> Size | None:
        value = context.module.scope.get(name)
        return symbol(context.symbol_of(name)) if type(value) is int else None

    try:
        sides = [
            _expanded(trace, lift(Expression("", side, frozenset()), find, context.tensors))
            for side in (left, right)
        ]
    except NotPolynomial:
        return
    for one, other in (sides, sides[::-1]):
        name = _alone(one)
        if name is not None and name not in symbols_of(other):
            yield name, other
            return


def _alone(size: Size) -> str | None:
    """Name the symbol that a size is."""
    if not isinstance(size, Polynomial) or len(symbols_of(size)) != 1:
        return None
    (name,) = symbols_of(size)
    return name if size == symbol(name) else None


# --- what comes out of a block, whatever its conditions are ---------------------------------------


def compare_outputs(traces: Sequence[Trace]) -> None:
    """Say the sizes that come out alike in all uses of a block, or mark those that differ.

    They depend on what the conditions in it mention.
    """
    for place, tensor in enumerate(traces[0].outputs):
        for axis in range(tensor.rank):
            _compare(traces, place, axis)


def _compare(traces: Sequence[Trace], place: int, axis: int) -> None:
    sizes = [_size_of(trace, place, axis) for trace in traces]
    if len({re.sub(r"#[0-9]+", "#", str(size)) for size in sizes}) == 1:
        return
    for common in dict.fromkeys(sizes):
        if common is not None and all(map(_agrees, traces, sizes, [common] * len(sizes))):
            for trace in traces:
                _put(trace, place, axis, common)
            return
    for trace in traces:
        trace.unsure[place, axis] = conditions_in(trace)


def _agrees(trace: Trace, own: Size | None, common: Size) -> bool:
    if own is None or any(name[0] in "#=" for name in symbols_of(common) | symbols_of(own)):
        return False
    return trace.actual(common) == trace.actual(own) and equal_under(trace, own, common)


def _size_of(trace: Trace, place: int, axis: int) -> Size | None:
    known = place < len(trace.outputs) and axis < trace.outputs[place].rank
    return trace.outputs[place].shape[axis] if known else None


def _put(trace: Trace, place: int, axis: int, size: Size) -> None:
    outputs = list(trace.outputs)
    shape = list(outputs[place].shape)
    shape[axis] = size
    outputs[place] = outputs[place].reshaped(*shape)
    trace.outputs = tuple(outputs)


def conditions_in(trace: Trace) -> frozenset[str]:
    """Name the symbols that the conditions and numbers of repetitions in a class mention."""
    found: frozenset[str] = frozenset()
    for context in trace.bodies.values():
        layers = context.module.definition.layers.values() if context.module.definition else ()
        for layer in layers:
            for raw in (layer.when, layer.repeat):
                if isinstance(raw, str):
                    found |= trace.mentioned(parse(raw), context)
    return found
