"""Write the assignments of the layers of a class, in the order of the `state_dict`."""

from collections.abc import Iterable
from dataclasses import dataclass

from archspec.emit.classes.assigned import Assigned, assigned, assignment, reordered
from archspec.emit.code import variable
from archspec.emit.constructing.combinations import checked
from archspec.emit.constructing.constructor import Constructor
from archspec.emit.constructing.notes import Notes
from archspec.emit.constructing.pinning import decide, pin_name, pin_splice
from archspec.emit.constructing.rows import guard_number
from archspec.emit.constructing.sometimes import condition, in_some
from archspec.emit.layer_kinds import (
    is_again,
    is_function,
    is_function_node,
    is_value,
    is_value_node,
)
from archspec.emit.naming.names import Names
from archspec.emit.pieces import Bracketed, Code, Unpacked
from archspec.emit.slots import BodyUse, CannotSay, Slot, bodies_of, parts, slots, spliced_in_place
from archspec.emit.specialisations import is_module
from archspec.emit.written import Call


@dataclass(frozen=True, slots=True)
class StatementWriter:
    """Writes the layers of one class as statements."""

    construct: Constructor

    @property
    def names(self) -> Names:
        """What the class calls the symbols of its traces."""
        return self.construct.names

    @property
    def notes(self) -> Notes:
        """What is noted for elsewhere in the class."""
        return self.construct.notes

    def statements(self, bodies: tuple[BodyUse, ...]) -> list[Assigned]:
        """Write an assignment for each layer, in the order of the `state_dict`."""
        made = [(slot.key, checked(slot, self.names, self.statement)) for slot in slots(bodies)]
        definition = self.names.module.definition
        order = definition.order if definition else None
        if order and bodies[0].path == ():
            made = reordered(made, order)
        return [item for _, items in made for item in items]

    def statement(self, slot: Slot) -> list[Assigned]:
        """Write the assignment of a layer, under its condition where uses differ."""
        if slot.splices:
            return self.spliced(slot)
        pin_name(self.names, slot)
        if slot.mixed and not slot.counted:
            return [Assigned(tuple(self.conditional(slot)), sometimes=not is_function(slot))]
        decide(self.names, slot)
        definition = slot.bodies[0].module.definition
        if definition is not None and definition.numbered:
            guard_number(self.construct, slot)
        if not slot.uses or is_function(slot) or is_again(slot):
            return []
        code = self.counted(slot) if slot.counted else self.construct.write(slot.uses)
        return [assigned(slot.name, code, value=is_value(slot))]

    def counted(self, slot: Slot) -> Code:
        """Write repetitions of which some uses have none: a loop that may as well be empty."""
        guards = len(self.notes.guards)
        code = in_some(self.construct, slot)
        if not is_loop(code) or len(self.notes.guards) != guards:
            raise CannotSay(f"layer `{slot.key}` is repeated 0 times in some uses")
        return code

    def spliced(self, slot: Slot) -> list[Assigned]:
        """Write the layers of a group, or of repetitions, that left its name out."""
        node = slot.splices[0].node
        assert isinstance(node, Call)
        if slot.mixed:
            raise CannotSay(f"layer `{slot.key}` is spliced in some uses")
        decide(self.names, slot)
        if spliced_in_place(slot, slot.bodies):
            return self.statements(bodies_of(slot.splices))
        pin_splice(self.names, slot)
        return [
            assigned(part.name, self.construct.part(part), value=is_value_node(part.node))
            for part in parts(slot)
            if not is_function_node(part.node)
        ]

    def conditional(self, slot: Slot) -> list[str]:
        """Write a layer that only some uses have: an identity stands in for it."""
        when = condition(self.names, slot)
        if is_function(slot):
            return [f"        self.has_{variable(slot.name)} = {when}"]
        if any(not is_module(use.node) for use in slot.uses):
            raise CannotSay(f"layer `{slot.key}` is called in a way of its own in some uses")
        before, guards = self.notes.own, len(self.notes.guards)
        code = in_some(self.construct, slot)
        self.notes.guard_if(when, guards)
        if not slot.name.isidentifier():
            raise CannotSay(f"layer `{slot.key}` is not always there")
        if self.notes.own != before:
            raise CannotSay(f"layer `{slot.key}` has rules of its own and is not always there")
        return [
            f"        self.{slot.name}: nn.Module = nn.Identity()",
            f"        if {when}:",
            *assignment(slot.name, code, 3),
        ]


def is_loop(code: Code) -> bool:
    """Say whether all that is constructed is a loop, which may as well be empty."""
    whole = code.items if isinstance(code, Bracketed) else (code,)
    return len(whole) == 1 and isinstance(whole[0], Unpacked)


def lines_of(made: Iterable[Assigned]) -> list[str]:
    """Give the lines of assignments."""
    return [line for item in made for line in item.lines]
