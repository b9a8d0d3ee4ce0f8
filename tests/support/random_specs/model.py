"""A whole spec from a seed."""

from dataclasses import replace

from support.random_specs.bodies import Body
from support.random_specs.calls import call
from support.random_specs.chance import CONSTRUCTS, Chance
from support.random_specs.drawn import RandomSpec
from support.random_specs.extending import extended
from support.random_specs.inputs import model_inputs
from support.random_specs.joins import as_kind, one
from support.random_specs.operations import Layer
from support.random_specs.outputs import model_outputs
from support.random_specs.overrides import overrides, variants
from support.random_specs.scope import Parameter, Scope
from support.random_specs.steps import Steps
from support.random_specs.taps import tapped
from support.random_specs.units import Unit, unit
from support.random_specs.values import Kind

OTHER, THIRD = "other.yaml", "third.yaml"
BLOCKS = ("unit", "bottleneck", "double_conv", "mixer")


def random_spec(seed: int, size: int = 5, constructs: frozenset[str] = CONSTRUCTS) -> RandomSpec:
    """Draw a spec of about `size` steps in each body.

    >>> random_spec(1).text == random_spec(1).text
    True
    """
    return Drawing(Chance(seed, constructs), size).spec(seed)


class Drawing(Steps):
    """A spec that is being drawn; its maps may have `free` sizes."""

    def __init__(self, chance: Chance, size: int, *, free: bool | None = None) -> None:
        """Begin with no blocks."""
        super().__init__(chance)
        self.size = size
        self.parameters: dict[str, Parameter] = {}
        self.free = chance.may("free", 0.15) if free is None else free
        self.files: dict[str, Layer] = {}
        self.lets: dict[str, object] = {}

    def spec(self, seed: int) -> RandomSpec:
        """Draw the blocks, then the model."""
        if self.chance.may("spec", 0.15):
            self.include()
        if self.chance.may("top_let", 0.12):
            self.lets = {"half": self.scope().composed([])}
        self.blocks(self.chance.number(0, 3) if "block" in self.chance.constructs else 0)
        data = self.model() | variants(self.chance, self.parameters)
        if self.chance.may("extends", 0.12):
            data, files = extended(self.chance, data, self.parameters)
            self.files |= files
        return RandomSpec(seed, data, overrides(self.chance, self.parameters), self.files)

    def scope(self) -> Scope:
        """Give what the model sees."""
        numbers = list(self.lets)
        return Scope(self.chance, self.parameters, numbers=numbers, free_sizes=self.free)

    # --- blocks -----------------------------------------------------------------------------------

    def blocks(self, count: int) -> None:
        """Draw so many blocks."""
        for name in self.chance.random.sample(BLOCKS, count):
            self.units.append(self.block(name))

    def block(self, name: str) -> Unit:
        """Draw a block."""
        own: dict[str, Parameter] = {}
        scope = replace(self.scope(), owner=own, outer=self.parameters, is_block=True)
        kinds: list[Kind] = [self.chance.weighted({"map": 5, "sequence": 1, "vector": 0.5})]
        if self.chance.may("several_inputs", 0.25):
            kinds.append(kinds[0])
        made = unit(scope, kinds, self.chance.number(1, max(1, self.size // 2)), self.grow)
        return replace(made, name=name, parameters=own)

    # --- further files ----------------------------------------------------------------------------

    def include(self, name: str = OTHER) -> None:
        """Draw another spec, which is called as a block is, or for some of its layers."""
        chance = self.chance.without("spec", "taps", "free", "model_inputs")
        inner = Drawing(chance, max(2, self.size // 2), free=self.free)
        if name == OTHER and self.chance.may("spec", 0.2):
            inner.include(THIRD)
        inner.blocks(chance.number(0, 1) if "block" in chance.constructs else 0)
        made, self.files[name] = inner.included(name)
        self.files |= inner.files
        self.units.append(made)
        taps = tapped(self.chance, made) if self.chance.may("taps", 0.6) else None
        if taps is not None:
            self.units.append(taps)

    def included(self, name: str) -> tuple[Unit, Layer]:
        """Draw a model that others call: it knows nothing of the shape that it receives."""
        chance = self.chance.without("let")  # at the top it does not see the input
        scope = replace(self.scope(), chance=chance)
        made = unit(scope, ["map"], self.size, self.fill)
        title = name.removesuffix(".yaml").capitalize()
        data = self.whole(title, {"input": ["N", 3, 12, 12]}) | made.written()
        known = self.parameters
        return replace(made, name=name, parameters=known, is_file=True), data

    # --- the model --------------------------------------------------------------------------------

    def model(self) -> Layer:
        """Draw the model, and write all of it."""
        scope = self.scope()
        inputs, written = model_inputs(scope)
        numbered = len(inputs) == 1 and self.chance.may("list", 0.15)
        body = Body(scope, inputs, numbered, numbered and self.chance.happens(0.6), top=True)
        self.fill(body, self.size)
        outputs = model_outputs(body)
        return self.whole("Net", written) | outputs | {"layers": body.written()}

    def fill(self, body: Body, steps: int) -> None:
        """Draw the layers of a model."""
        self.grow(body, steps)
        self.use_all(body)
        if not body.layers:
            self.one(body, body.current)

    def use_all(self, body: Body) -> None:
        """Call the blocks that nothing has called."""
        for made in self.units:
            if made in self.called or body.chain:
                continue
            value = body.current
            if value.reference is None:
                value = one(body, "identity", value, value)
            reads = [as_kind(body, value, item.kind) for item in made.inputs]
            self.called.append(made)
            call(body, made, reads)

    def whole(self, name: str, inputs: Layer) -> Layer:
        """Write all but the layers and what they give."""
        data: Layer = {"archspec": 1, "name": name}
        params = {item.name: item.written for item in self.parameters.values()}
        data |= {"params": params} if params else {}
        data |= {"let": self.lets} if self.lets else {}
        data |= inputs
        blocks = {made.name: made.as_block() for made in self.units if not made.is_file}
        data |= {"blocks": blocks} if blocks else {}
        return data | ({"init": INIT} if self.chance.may("init", 0.2) else {})


INIT = {
    "conv2d": {
        "weight": {"kaiming_normal": {"mode": "fan_out", "nonlinearity": "relu"}},
        "bias": 0,
    },
    "linear": {"weight": {"normal": {"std": 0.01}}},
    "batch_norm2d": {"weight": 1, "bias": 0},
}
