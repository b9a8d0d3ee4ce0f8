"""Values for the parameters of a model, by an override or a variant."""

from collections.abc import Mapping

from support.random_specs.chance import Chance
from support.random_specs.roles import DEFAULTS
from support.random_specs.scope import Parameter

OVERRIDES = 3
LAYERS: tuple[object, ...] = (
    "relu",
    "gelu",
    "silu",
    {"op": "dropout", "p": 0.5},
    {"op": "leaky_relu", "negative_slope": 0.2},
)
"""What a layer parameter may be set to."""

Values = dict[str, object]


def overrides(chance: Chance, parameters: Mapping[str, Parameter]) -> tuple[Values, ...]:
    """Draw several sets of values."""
    return tuple(_override(chance, parameters) for _ in range(OVERRIDES))


def variants(chance: Chance, parameters: Mapping[str, Parameter]) -> dict[str, object]:
    """Draw variants, if there are to be some."""
    if not chance.may("variants", 0.15):
        return {}
    drawn = {name: _override(chance, parameters) for name in ("small", "large")}
    known = {name: values for name, values in drawn.items() if values}
    return {"variants": known} if known else {}


def _override(chance: Chance, parameters: Mapping[str, Parameter]) -> Values:
    """Draw values for some of the parameters."""
    known = [item for item in parameters.values() if item.role in DEFAULTS]
    if "layer_override" in chance.constructs:
        known += [item for item in parameters.values() if item.role == "layer"]
    if not known:
        return {}
    some = chance.random.sample(known, chance.number(1, min(3, len(known))))
    return {item.name: chance.pick(DEFAULTS.get(item.role, LAYERS)) for item in some}
