"""Write repetitions: a loop, the first by itself where it differs, or each by itself."""

from typing import Protocol

from archspec.elaborate import mentioned
from archspec.emit.code import Bracketed, Code, Unpacked, flat
from archspec.emit.names import CannotSay, Names
from archspec.emit.slots import Use, module_of
from archspec.emit.specialisations import nodes_of


class Writer(Protocol):
    """What writes the constructor of one repetition."""

    names: Names
    guards: list[str]

    def write(self, uses: tuple[Use, ...]) -> Code:
        """Write the constructor of a layer, the same for all its uses."""

    def unpacked(self, uses: tuple[Use, ...]) -> Code:
        """Write the layers of a sequence, to stand among others."""

    def pin_raw(self, use: Use, raw: object) -> None:
        """Pin every name that an expression mentions."""


def chain(writer: Writer, uses: tuple[Use, ...], *, deep: bool) -> tuple[Code, ...]:
    """Write repetitions as a loop, the first by itself where it differs."""
    every = tuple(item for use in uses for item in _repetitions(use))
    first = tuple(item for item in every if item.path[-1] == "0")
    rest = tuple(item for item in every if item.path[-1] != "0")
    layer = uses[0].node.origin.layer
    assert layer is not None
    if not layer.first:
        loop = writer.names.attempt(lambda: _loop(writer, uses, every, 0, deep=deep))
        if loop is not None:
            return (loop,)
    split = writer.names.attempt(lambda: _split(writer, uses, first, rest, deep=deep))
    return split or _unrolled(writer, uses, every, deep=deep)


def _split(
    writer: Writer,
    uses: tuple[Use, ...],
    first: tuple[Use, ...],
    rest: tuple[Use, ...],
    *,
    deep: bool,
) -> tuple[Code, ...]:
    """Write the first repetition, then a loop over the others."""
    alone = writer.unpacked(first) if deep else writer.write(first)
    if not rest:
        _pin_count(writer, uses)
        return (alone,)
    loop = _loop(writer, uses, rest, 1, deep=deep)
    layer = uses[0].node.origin.layer
    if layer is not None and isinstance(layer.repeat, str):
        writer.guards.append(_count(writer, uses))
    return (alone, loop)


def _loop(
    writer: Writer, uses: tuple[Use, ...], repetitions: tuple[Use, ...], start: int, *, deep: bool
) -> Code:
    """Write `*(Bottleneck(256, 64) for _ in range(2))`."""
    layer = uses[0].node.origin.layer
    varies = layer is not None and "index" in mentioned(layer)
    kept = writer.names.locals
    writer.names.locals = {**kept, **({"index": "index"} if varies else {})}
    code = writer.write(repetitions)
    writer.names.locals = kept
    assert isinstance(code, Bracketed)
    span = _range(writer, uses, start, varies=varies)
    clause = f"for {'index' if varies else '_'} in {span}"
    if not deep:
        return Unpacked(code, (clause,))
    writer.unpacked(repetitions)
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
        writer.pin_raw(use, layer.repeat if layer else None)


def _unrolled(
    writer: Writer, uses: tuple[Use, ...], every: tuple[Use, ...], *, deep: bool
) -> tuple[Code, ...]:
    """Write every repetition by itself."""
    if len(uses) != 1:
        raise CannotSay("repetitions differ between uses")
    _pin_count(writer, uses)
    write = writer.unpacked if deep else writer.write
    kept = [use for use in every if use.node is not module_of(uses[0]).further]
    return tuple(write((use,)) for use in kept for _ in range(use.node.count))


def _repetitions(use: Use) -> tuple[Use, ...]:
    module = module_of(use)
    return tuple(Use(use.trace, (*use.path, node.name), node) for node in nodes_of(module))
