"""Write layers in a row: items of a list, or pairs under names, some under a condition."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from archspec.emit.code import literal
from archspec.emit.constructing.combinations import checked
from archspec.emit.constructing.notes import Notes
from archspec.emit.constructing.pinning import decide, pin_name, pin_splice
from archspec.emit.constructing.repeats import chain, named_chain
from archspec.emit.constructing.sometimes import condition, in_some
from archspec.emit.constructing.writer import Writer
from archspec.emit.pieces import Bracketed, Code, Operands, Unpacked
from archspec.emit.slots import BodyUse, CannotSay, Slot, bodies_of, parts, slots
from archspec.emit.specialisations import is_class
from archspec.emit.written import Call
from archspec.graph import Kind


@dataclass(frozen=True, slots=True)
class RowWriter:
    """Writes rows of layers, each layer by the `writer`."""

    writer: Writer

    @property
    def notes(self) -> Notes:
        """What is noted for elsewhere in the class."""
        return self.writer.notes

    def row(self, head: str, bodies: tuple[BodyUse, ...]) -> Code:
        """Write layers that follow each other, in a list or under names, behind `head`."""
        definition = bodies[0].module.definition
        assert definition is not None
        if definition.numbered:
            return Bracketed(head, self.items(bodies), exploded=True)
        self.writer.names.helpers.add("OrderedDict")
        pairs = Bracketed("[", tuple(self.pairs(bodies)), "]", exploded=True)
        return Bracketed(head, (Bracketed("OrderedDict(", (pairs,)),))

    def pairs(self, bodies: tuple[BodyUse, ...]) -> Iterator[Code]:
        """Write the layers of a named sequence, each with its name."""
        for slot in slots(bodies):
            yield from checked(slot, self.writer.names, self.slot_pairs)

    def slot_pairs(self, slot: Slot) -> Iterator[Code]:
        """Write one layer of a named sequence, which may be absent in some uses."""
        if slot.mixed:
            yield self.conditional_pair(slot)
            return
        decide(self.writer.names, slot)
        if slot.splices:
            yield from self.spliced_pairs(slot)
        elif slot.uses:
            pin_name(self.writer.names, slot)
            yield _pair(literal(slot.name), self.writer.write(slot.uses))

    def conditional_pair(self, slot: Slot) -> Code:
        """Write a layer of a named sequence that only some uses have."""
        if slot.splices:
            raise CannotSay(f"layer `{slot.key}` is spliced in some uses")
        when = condition(self.writer.names, slot)
        before = len(self.notes.guards)
        pair = _pair(literal(slot.name), in_some(self.writer, slot))
        self.notes.guard_if(when, before)
        return Unpacked(Bracketed("[", (pair,), "]"), (f"if {when}", "else []"))

    def spliced_pairs(self, slot: Slot) -> Iterator[Code]:
        """Write what a spliced layer holds, each with its name: in a loop where that can be."""
        if slot.layer.repeat is not None and "{" in slot.key:
            yield from named_chain(self.writer, slot)
            return
        for part in parts(slot):
            yield _pair(literal(part.name), self.writer.part(part))

    def items(self, bodies: tuple[BodyUse, ...]) -> tuple[Code, ...]:
        """Write the layers of a list, spliced ones in their place."""
        return tuple(_chosen(item for slot in slots(bodies) for item in self.slot_items(slot)))

    def slot_items(self, slot: Slot) -> tuple[Code, ...]:
        """Write one layer of a list, which may be absent in some uses."""
        if slot.mixed:
            return (self.conditional_item(slot),)
        decide(self.writer.names, slot)
        if slot.splices:
            return self.splice(slot)
        guard_number(self.writer, slot)
        return (self.writer.write(slot.uses),) if slot.uses else ()

    def conditional_item(self, slot: Slot) -> Code:
        """Write a layer of a list that only some uses have."""
        if slot.splices:
            raise CannotSay(f"layer `{slot.key}` is spliced in some uses")
        before, guards = self.notes.own, len(self.notes.guards)
        when = condition(self.writer.names, slot)
        present = Bracketed("[", (in_some(self.writer, slot),), "]")
        guard_number(self.writer, slot)
        self.notes.guard_if(when, guards)
        if self.notes.own != before:
            raise CannotSay(f"layer `{slot.key}` has rules of its own and is not always there")
        return Unpacked(present, (f"if {when}", "else []"))

    def splice(self, slot: Slot) -> tuple[Code, ...]:
        """Write what a spliced layer holds among the items of the list around it."""
        node = slot.splices[0].node
        assert isinstance(node, Call)
        if node.module.kind is Kind.CHAIN:
            return self.spliced_chain(slot)
        if is_class(node.module):
            unpacked = self.notes.attempt(lambda: self.writer.unpacked(slot.splices))
            return (unpacked,) if unpacked is not None else self.parts(slot)
        items = self.items(bodies_of(slot.splices))
        if node.trainable:
            return items
        return (Bracketed("*nn.Sequential(", items, ").requires_grad_(False)"),)

    def spliced_chain(self, slot: Slot) -> tuple[Code, ...]:
        """Write spliced repetitions: in a loop where that can be, else one by one."""
        deep = slot.layer.splice == "all"
        found = self.notes.attempt(lambda: chain(self.writer, slot.splices, deep=deep))
        if found is not None:
            return found
        pin_splice(self.writer.names, slot)
        return self.parts(slot)

    def parts(self, slot: Slot) -> tuple[Code, ...]:
        """Write what a splice made, one by one."""
        return tuple(map(self.writer.part, parts(slot)))


def guard_number(writer: Writer, slot: Slot) -> None:
    """Ask for one repetition in a list: of none, the next layer would take its number."""
    if slot.uses and isinstance(slot.layer.repeat, str):
        contexts = [(use.trace, use.context) for use in slot.uses]
        writer.notes.guard(writer.names.raw(slot.layer.repeat, contexts))


def _chosen(items: Iterable[Code]) -> Iterator[Code]:
    """Write two layers of which one is there as a choice between them: `a if wide else b`."""
    before: Code | None = None
    for item in items:
        choice = _choice(before, item)
        if before is not None and choice is None:
            yield before
        before = choice or item
    if before is not None:
        yield before


def _choice(one: Code | None, other: Code) -> Code | None:
    if not isinstance(one, Unpacked) or not isinstance(other, Unpacked):
        return None
    when, *rest = one.clauses
    if rest != ["else []"] or other.clauses != (f"if not {when.removeprefix('if ')}", "else []"):
        return None
    first, second = (item.element for item in (one, other))
    assert isinstance(first, Bracketed)
    assert isinstance(second, Bracketed)
    return Operands(first.items[0], (("if", when.removeprefix("if ")), ("else", second.items[0])))


def _pair(name: str, code: Code) -> Code:
    """Write a layer with its name."""
    return Bracketed("(", (name, code))
