"""Specs that others call for the values of some of their layers."""

from dataclasses import replace

from support.random_specs.chance import Chance
from support.random_specs.units import Unit, conditional, spliced
from support.random_specs.values import Value

MOST_TAPS = 3


def tapped(chance: Chance, made: Unit) -> Unit | None:
    """Give a spec that is called for the values of some of its layers."""
    known = _taps(made)
    if not known:
        return None
    names = chance.random.sample(sorted(known), min(len(known), chance.number(1, MOST_TAPS)))
    labels = tuple(names) if chance.happens(0.5) else ()
    gives = tuple(known[name].blurred() for name in names)
    return replace(made, gives=gives, labels=labels, taps=tuple(names))


def _taps(made: Unit) -> dict[str, Value]:
    """Give the layers that surely give one value each, and whose names are no numbers."""
    layers = dict(made.body.layers)
    values = {str(value.reference): value for value in made.body.values}
    return {
        name: values[name]
        for name, layer in layers.items()
        if name in values and values[name].kind != "other" and not name.isdigit()
        if not (conditional(layer) or spliced(layer))
    }
