"""Write repetitions: a loop, the first by itself where it differs, or each by itself."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from archspec.document import Layer
from archspec.emit.code import mentioned_in
from archspec.emit.constructing.pinning import pin_raw
from archspec.emit.constructing.writer import Writer
from archspec.emit.naming.sizes import bare
from archspec.emit.pieces import Bracketed, Code, Unpacked, flat
from archspec.emit.slots import CannotSay, Slot, Use, module_of
from archspec.emit.specialisations import nodes_of
from archspec.emit.tracing.splices import nearest
from archspec.emit.tracing.trace import Trace
from archspec.graph import repetitions
from archspec.sizes import Tensor

Named = Callable[[Use], str] | None
"""Writes the name under which a repetition stands in the body around, where it has one."""


def chain(writer: Writer, uses: tuple[Use, ...], *, deep: bool) -> tuple[Code, ...]:
    """Write repetitions as a loop, the first by itself where it differs."""
    return _chain(writer, uses, deep=deep, name=None)


def named_chain(writer: Writer, slot: Slot) -> tuple[Code, ...]:
    """Write repetitions that stand under names of their own, as pairs of a name and a layer."""
    level = slot.splices[0].context.level + 1

    def name(use: Use) -> str:
        around = slot.splices[0].context
        context = replace(around, indices=(*around.indices, int(use.path[-1])))
        if level in writer.names.loops:
            context = use.context
        return writer.names.template(slot.key, use.trace, context)

    return _chain(writer, slot.splices, deep=False, name=name)


def _chain(writer: Writer, uses: tuple[Use, ...], *, deep: bool, name: Named) -> tuple[Code, ...]:
    every = tuple(item for use in uses for item in _repetitions(use))
    first = tuple(item for item in every if item.path[-1] == "0")
    rest = tuple(item for item in every if item.path[-1] != "0")
    layer = uses[0].node.origin.layer
    assert layer is not None
    outer = writer.names.strict
    for strict in (True, False):
        writer.names.strict = strict or writer.names.strict
        if not layer.first:
            loop = writer.notes.attempt(lambda: _whole(writer, uses, every, deep=deep, name=name))
            if loop is not None:
                writer.names.strict = outer
                return (loop,)
        split = writer.notes.attempt(
            lambda: _split(writer, uses, first, rest, deep=deep, name=name)
        )
        writer.names.strict = outer
        if split is not None:
            return split
    return _unrolled(writer, uses, deep=deep, name=name)


def _one(writer: Writer, uses: tuple[Use, ...], *, deep: bool, name: Named) -> Code:
    """Write one repetition, with its name where it has one."""
    code = writer.unpacked(uses) if deep else writer.write(uses)
    return code if name is None else Bracketed("(", (name(uses[0]), code))


def _whole(
    writer: Writer, uses: tuple[Use, ...], every: tuple[Use, ...], *, deep: bool, name: Named
) -> Code:
    """Write a loop over all repetitions; where none would give another shape, ask for one."""
    _check_steady(uses, 3)
    loop = _loop(writer, uses, every, 0, deep=deep, name=name)
    layer = uses[0].node.origin.layer
    free = all(use.path in use.trace.growing or _keeps(use) for use in uses)
    if layer is not None and isinstance(layer.repeat, str) and not free:
        writer.notes.guard(_count(writer, uses))
    return loop


def _check_steady(uses: tuple[Use, ...], enough: int) -> None:
    """Refuse a loop of which no use shows that further repetitions are like those at hand."""
    layers = [use.node.origin.layer for use in uses]
    if all(layer is None or not isinstance(layer.repeat, str) for layer in layers):
        return
    if not any(_is_steady(use, enough) for use in uses) or any(map(_is_counted, layers)):
        raise CannotSay("further repetitions may be others")


def _is_steady(use: Use, enough: int) -> bool:
    """Say whether one use shows what further repetitions are."""
    last = use.trace.nodes[_repetitions(use)[-1].path]
    kept = _same(use.trace, last.inputs, last.outputs)
    return kept or use.path in use.trace.regular or len(_repetitions(use)) >= enough


def _is_counted(layer: Layer | None) -> bool:
    return layer is not None and counted_in(layer)


def counted_in(layer: Layer) -> bool:
    """Say whether a condition or number of repetitions within a layer depends on `index`."""
    inner = layer.body.layers.values() if layer.body is not None else ()
    return any(
        any(
            isinstance(raw, str) and "index" in mentioned_in(raw)
            for raw in (item.when, item.repeat)
        )
        or counted_in(item)
        for item in inner
    )


def _keeps(use: Use) -> bool:
    """Say whether repetitions give what they take, whatever the class is called with."""
    return _same(use.trace, use.traced.inputs, use.traced.outputs)


def _same(trace: Trace, before: tuple[Tensor, ...], after: tuple[Tensor, ...]) -> bool:
    """Say whether what comes out has the sizes of what goes in; bare numbers may just be equal."""
    for one, other in zip(before, after, strict=False):
        if one.rank != other.rank:
            return False
        for a, b in zip(one.shape, other.shape, strict=True):
            loose = (bare(a) or bare(b)) and trace.actual(a) == trace.actual(b)
            if a != b and not loose:
                return False
    return True


def _split(
    writer: Writer,
    uses: tuple[Use, ...],
    first: tuple[Use, ...],
    rest: tuple[Use, ...],
    *,
    deep: bool,
    name: Named,
) -> tuple[Code, ...]:
    """Write the first repetition, then a loop over the others."""
    alone = _one(writer, first, deep=deep, name=name)
    if not rest:
        _pin_count(writer, uses)
        return (alone,)
    _check_steady(uses, 3)
    loop = _loop(writer, uses, rest, 1, deep=deep, name=name)
    layer = uses[0].node.origin.layer
    if layer is not None and isinstance(layer.repeat, str):
        writer.notes.guard(_count(writer, uses))
    return (alone, loop)


def _loop(
    writer: Writer,
    uses: tuple[Use, ...],
    every: tuple[Use, ...],
    start: int,
    *,
    deep: bool,
    name: Named,
) -> Code:
    """Write `*(Bottleneck(256, 64) for _ in range(2))`."""
    level = uses[0].context.level + 1
    around = "index" in uses[0].trace.module.scope  # the class has an argument of that name
    variable = "index" if level == 1 and not around else f"index{level + around}"
    kept = writer.names.loops
    layer, open_before = uses[0].node.origin.layer, writer.names.open
    writer.names.loops = {**kept, level: variable}
    if layer is not None and isinstance(layer.repeat, str):
        writer.names.open = open_before | {level}
    code = _one(writer, every, deep=False, name=name)
    if deep:
        writer.unpacked(every)
    writer.names.loops, writer.names.open = kept, open_before
    varies = variable in mentioned_in(flat(code))
    span = _range(writer, uses, start, varies=varies)
    clause = f"for {variable if varies else '_'} in {span}"
    if span == "range(1)" and not varies and not deep:
        return code
    if not deep:
        return Unpacked(code, (clause,))
    return Unpacked("layer", (clause, f"for layer in {flat(code)}"))


def _range(writer: Writer, uses: tuple[Use, ...], start: int, *, varies: bool) -> str:
    """Write over how many repetitions a loop goes."""
    count = _count(writer, uses)
    if start == 0:
        return f"range({count})"
    if varies:
        return f"range({start}, {count})"
    return f"range({int(count) - start if count.isdigit() else f'{count} - {start}'})"


def _count(writer: Writer, uses: tuple[Use, ...]) -> str:
    """Write how often a layer is repeated."""
    layer = uses[0].node.origin.layer
    assert layer is not None
    return writer.names.raw(layer.repeat, [(use.trace, use.context) for use in uses])


def _pin_count(writer: Writer, uses: tuple[Use, ...]) -> None:
    """Pin what the number of repetitions depends on."""
    for use in uses:
        layer = use.node.origin.layer
        pin_raw(writer.names, use, layer.repeat if layer else None)


def _unrolled(
    writer: Writer, uses: tuple[Use, ...], *, deep: bool, name: Named
) -> tuple[Code, ...]:
    """Write every repetition by itself: there are as many in every use."""
    rows = [tuple(_copies(use)) for use in uses]
    if len({len(row) for row in rows}) != 1:
        raise CannotSay("repetitions differ between uses")
    _pin_count(writer, uses)
    return tuple(_copy(writer, column, deep=deep, name=name) for column in zip(*rows, strict=True))


def _copies(use: Use) -> Iterator[tuple[Use, Use]]:
    """Give each repetition as it is traced and as it is called: equal ones are traced once."""
    for node in module_of(use).nodes:
        for final in repetitions(node):
            path = nearest(use.path, node, final, use.trace.nodes)
            yield Use(use.trace, path, node), Use(use.trace, (*use.path, final), node)


def _copy(writer: Writer, column: tuple[tuple[Use, Use], ...], *, deep: bool, name: Named) -> Code:
    """Write one repetition in all uses, with its name where it has one."""
    here = tuple(traced for traced, _ in column)
    code = writer.unpacked(here) if deep else writer.write(here)
    return code if name is None else Bracketed("(", (name(column[0][1]), code))


def _repetitions(use: Use) -> tuple[Use, ...]:
    known = []
    for node in nodes_of(module_of(use)):
        known.append(Use(use.trace, (*use.path, node.name), node))
        later = range(int(node.name) + 1, int(node.name) + node.count)
        paths = ((*use.path, str(index)) for index in later)  # they differ in symbols alone
        known += [Use(use.trace, path, node) for path in paths if path in use.trace.nodes]
    return tuple(known)
