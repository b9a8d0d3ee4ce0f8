"""A whole spec from a seed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from random_specs import idioms
from random_specs.bodies import Body
from random_specs.chance import CONSTRUCTS, Chance
from random_specs.control import control, place
from random_specs.joins import as_kind, join
from random_specs.operations import Layer, operation
from random_specs.scope import DEFAULTS, Parameter, Scope
from random_specs.text import yaml
from random_specs.units import Unit, call, finished, group, unit, wide_group
from random_specs.values import Kind, Value

OVERRIDES = 3
BLOCKS = ("unit", "bottleneck", "double_conv", "mixer")


@dataclass(frozen=True, slots=True)
class RandomSpec:
    """A spec, and values for its parameters that are laid over it one after another."""

    seed: int
    data: Layer
    overrides: tuple[dict[str, object], ...]

    @property
    def text(self) -> str:
        """The spec as YAML."""
        return yaml(self.data) + "\n"


def random_spec(seed: int, size: int = 6, constructs: frozenset[str] = CONSTRUCTS) -> RandomSpec:
    """Draw a spec of about `size` steps in each body.

    >>> random_spec(1).text == random_spec(1).text
    True
    """
    return Drawing(Chance(seed, constructs), size).spec(seed)


class Drawing:
    """A spec that is being drawn."""

    def __init__(self, chance: Chance, size: int) -> None:
        """Begin with no blocks."""
        self.chance = chance
        self.size = size
        self.units: list[Unit] = []
        self.called: list[Unit] = []
        self.parameters: dict[str, Parameter] = {}

    def spec(self, seed: int) -> RandomSpec:
        """Draw the blocks, then the model."""
        count = self.chance.number(0, 3) if "block" in self.chance.constructs else 0
        for name in self.chance.random.sample(BLOCKS, count):
            self.units.append(self.block(name))
        scope = Scope(self.chance, self.parameters)
        data = self.model(scope)
        return RandomSpec(seed, data, tuple(self.override() for _ in range(OVERRIDES)))

    # --- blocks -----------------------------------------------------------------------------------

    def block(self, name: str) -> Unit:
        """Draw a block."""
        own: dict[str, Parameter] = {}
        scope = Scope(self.chance, own, self.parameters, is_block=True)
        kinds: list[Kind] = [self.chance.weighted({"map": 5, "sequence": 1, "vector": 0.5})]
        if self.chance.may("several_inputs", 0.25):
            kinds.append(kinds[0])
        made = unit(scope, kinds, self.chance.number(1, max(1, self.size // 2)), self.grow)
        return replace(made, name=name, parameters=own)

    def written_block(self, made: Unit) -> Layer:
        """Write a block."""
        required = sorted(made.parameters.values(), key=lambda item: not item.required)
        params = {item.name: item.written for item in required}
        return ({"params": params} if params else {}) | made.written()

    # --- bodies -----------------------------------------------------------------------------------

    def grow(self, body: Body, steps: int) -> None:
        """Add so many steps to a body."""
        for _ in range(steps):
            self.step(body, steps)

    def step(self, body: Body, steps: int) -> None:
        """Add an operation, a join, a group, a call or an idiom."""
        value = body.current
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
            idioms.halves: "split" in self.chance.constructs,
            idioms.scaled: "parameter" in self.chance.constructs,
            idioms.parameter_layer: "layer_parameter" in self.chance.constructs,
            idioms.ladder: value.kind == "map" and self.chance.constructs >= idioms.LADDER,
            idioms.shared: bool(self.chance.constructs & {"share", "tied"}),
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

    # --- the model --------------------------------------------------------------------------------

    def model(self, scope: Scope) -> Layer:
        """Draw the model, and write all of it."""
        data: Layer = {"archspec": 1, "name": "Net"}
        inputs, written = self.inputs()
        numbered = len(inputs) == 1 and self.chance.may("list", 0.15)
        body = Body(scope, inputs, numbered, numbered and self.chance.happens(0.6))
        self.grow(body, self.size)
        self.use_all(body)
        if not body.layers:
            self.one(body, body.current)
        outputs = self.outputs(body)
        params = {item.name: item.written for item in self.parameters.values()}
        data |= {"params": params} if params else {}
        data |= written
        blocks = {made.name: self.written_block(made) for made in self.units}
        data |= {"blocks": blocks} if blocks else {}
        data |= {"init": INIT} if self.chance.may("init", 0.2) else {}
        return data | outputs | {"layers": body.written()}

    def use_all(self, body: Body) -> None:
        """Call the blocks that nothing has called."""
        for made in self.units:
            if made in self.called or body.chain:
                continue
            if body.current.reference is None:
                self.one(body, body.current)
            value = body.current
            reads = [as_kind(body, value, item.kind) for item in made.inputs]
            self.called.append(made)
            call(body, made, reads)

    def inputs(self) -> tuple[tuple[Value, ...], Layer]:
        """Draw what the model reads."""
        if self.chance.may("model_inputs", 0.2):
            shapes = {"image": self.shape("map"), "other": self.shape("map")}
            if self.chance.happens(0.5):
                shapes["other"] = {"shape": ["N", 4], "dtype": "int64"}
            values = tuple(
                self.value(name, shape, n) for n, (name, shape) in enumerate(shapes.items())
            )
            return values, {"inputs": shapes}
        kind: Kind = self.chance.weighted({"map": 6, "sequence": 1, "tokens": 0.7, "vector": 0.4})
        shape = self.shape(kind)
        return (self.value("input", shape, 0),), {"input": shape}

    def shape(self, kind: Kind) -> object:
        """Draw the shape of an input."""
        size = self.chance.pick([8, 9, 12, 16])
        if kind == "map":
            return ["N", self.chance.number(2, 4), size, self.chance.pick([size, 10])]
        if kind == "tokens":
            return {"shape": ["N", self.chance.number(2, 6)], "dtype": "int64"}
        return ["N", *([5] if kind == "sequence" else []), self.chance.number(2, 6)]

    def value(self, name: str, shape: object, number: int) -> Value:
        """Give an input as a value."""
        if isinstance(shape, dict):
            return Value("tokens", None, ("in", number), name, name)
        assert isinstance(shape, list)
        kind: Kind = {4: "map", 3: "sequence", 2: "vector"}[len(shape)]  # type: ignore[assignment]
        width = str(shape[1] if kind == "map" else shape[-1])
        return Value(kind, width, ("in", number), name, name)

    def outputs(self, body: Body) -> Layer:
        """End the model."""
        chance = self.chance
        several = len(set(body.unread)) > 1 and all(v.reference and v.certain for v in body.unread)
        if not several or not chance.may("model_outputs", 0.6):
            constructs = chance.constructs
            chance.constructs = constructs - {"several_outputs"}
            keys = finished(body, body.current.kind)[2]
            chance.constructs = constructs
            return keys
        return {"outputs": self.written_outputs(list(dict.fromkeys(body.unread)))}

    def written_outputs(self, values: Sequence[Value]) -> object:
        """Write several outputs: a list or names, some there only sometimes."""
        items = [self.output(value, index) for index, value in enumerate(values)]
        if self.chance.happens(0.5):
            return items
        return {f"out{index}": item for index, item in enumerate(items)}

    def output(self, value: Value, index: int) -> object:
        """Write one output."""
        assert value.reference is not None
        name: object = int(value.reference) if value.reference.isdigit() else value.reference
        keys: Layer = {"from": name}
        if index and self.chance.may("when", 0.15):
            keys["when"] = Scope(self.chance, self.parameters).parameter("flag")
        if index and self.chance.may("training", 0.25):
            keys["training"] = True
        return keys if len(keys) > 1 else name

    # --- overrides --------------------------------------------------------------------------------

    def override(self) -> dict[str, object]:
        """Draw values for some of the model's parameters."""
        names = [item for item in self.parameters.values() if item.role in DEFAULTS]
        if not names:
            return {}
        some = self.chance.random.sample(names, self.chance.number(1, min(2, len(names))))
        return {item.name: self.chance.pick(DEFAULTS[item.role]) for item in some}


INIT = {
    "conv2d": {
        "weight": {"kaiming_normal": {"mode": "fan_out", "nonlinearity": "relu"}},
        "bias": 0,
    },
    "linear": {"weight": {"normal": {"std": 0.01}}},
    "batch_norm2d": {"weight": 1, "bias": 0},
}
