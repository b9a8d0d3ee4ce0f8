"""Steps of a body: an operation, a join, a group, a call, or layers that belong together."""

from support.random_specs import chains, idioms, sharing, splitting
from support.random_specs.bodies import Body
from support.random_specs.calls import call, group, wide_group
from support.random_specs.chance import Chance
from support.random_specs.control import control, place
from support.random_specs.free import down_and_up, may_halve
from support.random_specs.joins import as_kind, join, narrowed
from support.random_specs.operations import operation
from support.random_specs.units import Unit
from support.random_specs.values import Value

GROWTH = 3
"""After so many joins a step says the width anew, lest it grow without bound."""


class Steps:
    """Adds steps to bodies; `units` are the blocks that there are, and `called` those in use."""

    def __init__(self, chance: Chance) -> None:
        """Begin with no blocks."""
        self.chance = chance
        self.units: list[Unit] = []
        self.called: list[Unit] = []

    def grow(self, body: Body, steps: int) -> None:
        """Add so many steps to a body."""
        for _ in range(steps):
            self.step(body, steps)

    def step(self, body: Body, steps: int) -> None:
        """Add an operation, a join, a group, a call or an idiom."""
        value = narrowed(body, body.current, GROWTH)
        if value.reference is None or body.chain or value.kind in ("other", "tokens"):
            self.simple(body, value, steps)
            return
        if self.chance.happens(0.3):
            value = self.chance.pick(body.readable())
        if value.kind == "tokens":
            self.one(body, value)
            return
        ways = {"simple": 5.0, "join": 2, "idiom": 2, "kind": 0.3, "wide": 0.8}
        getattr(self, self.chance.weighted(ways))(body, value, steps)

    def simple(self, body: Body, value: Value, steps: int) -> None:
        """Add something that reads one value."""
        fitting = [made for made in self.units if [i.kind for i in made.inputs] == [value.kind]]
        if body.chain:
            fitting = [made for made in fitting if made.single and made.gives[0].kind == value.kind]
        if fitting and self.chance.happens(0.35):
            made = self.chance.pick(fitting)
            self.called.append(made)
            call(body, made, [value])
        elif steps > 1 and value.kind != "tokens" and self.chance.may("group", 0.2):
            grow = self.grow if not body.chain else self.grow_chain
            group(body, value, steps // 2, grow)
        else:
            self.one(body, value)

    def grow_chain(self, body: Body, steps: int) -> None:
        """Add steps to a body within a list, so that it gives one value."""
        body.chain = True
        self.grow(body, steps)

    def one(self, body: Body, value: Value) -> None:
        """Add an operation, with control keys where it may have them."""
        if value.kind == "tokens":
            as_kind(body, value, "sequence")
            return
        chosen = control(body, value)
        scope = body.scope.inner(indexed=True) if chosen.repeated else body.scope
        layer, gives = operation(scope, value)
        place(body, layer, (value,), gives, chosen)

    def join(self, body: Body, value: Value, steps: int) -> None:
        """Join values."""
        others = [v for v in body.values if v.reference and v.kind == value.kind and v != value]
        unread = [v for v in others if v in body.unread]
        some = (unread or others)[: self.chance.number(1, 2)]
        if some:
            join(body, [value, *some])
        else:
            self.simple(body, value, steps)

    def kind(self, body: Body, value: Value, steps: int) -> None:
        """Turn a value into another kind."""
        as_kind(body, value, self.chance.pick(["map", "sequence", "vector"]))

    def idiom(self, body: Body, value: Value, steps: int) -> None:
        """Add layers that belong together."""
        ways = {
            idioms.residual: value.kind == "map",
            idioms.conditional_join: value.kind == "map",
            idioms.squeeze: value.kind == "map",
            idioms.dense: True,
            splitting.halves: "split" in self.chance.constructs,
            splitting.sections: self.chance.constructs >= {"split", "sections"},
            chains.early: self.chance.constructs >= {"repeat", "repetition"},
            chains.twins: self.chance.constructs >= chains.TWINS,
            idioms.scaled: "parameter" in self.chance.constructs,
            idioms.parameter_layer: "layer_parameter" in self.chance.constructs,
            idioms.ladder: idioms.may_ladder(body, value),
            sharing.shared: bool(self.chance.constructs & sharing.SHARING),
            down_and_up: may_halve(body, value),
        }
        self.chance.pick([way for way, fits in ways.items() if fits])(body, value)

    def wide(self, body: Body, value: Value, steps: int) -> None:
        """Add a group or block that reads several values."""
        reads = [value, self.chance.pick(body.readable())]
        if "several_inputs" not in self.chance.constructs or reads[1].kind in ("other", "tokens"):
            self.simple(body, value, steps)
            return
        kinds = [item.kind for item in reads]
        fitting = [made for made in self.units if [i.kind for i in made.inputs] == kinds]
        if fitting and self.chance.happens(0.7):
            made = self.chance.pick(fitting)
            self.called.append(made)
            call(body, made, reads)
        elif steps > 1 and "group" in self.chance.constructs:
            wide_group(body, reads, steps // 2, self.grow)
