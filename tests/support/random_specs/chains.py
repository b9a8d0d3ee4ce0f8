"""What the repetitions of a chain give, each by its number."""

from dataclasses import replace

from support.random_specs.bodies import Body
from support.random_specs.joins import one
from support.random_specs.operations import WORDS, Layer, plain
from support.random_specs.values import Value

TWINS = frozenset(["twins", "repeat", "group", "several_inputs", "several_outputs", "repetition"])
"""What a chain of several values is made of."""


def early(body: Body, value: Value) -> None:
    """Join what a chain gives with what one of its first repetitions gives."""
    scope = body.scope
    made, gives = plain(value, scope.width(), scope)
    begun = one(body, made, value, gives)
    width = "in_channels" if value.kind == "map" else "in_features"
    layer, _ = plain(value, width, scope)
    assert isinstance(layer, dict)
    (done,) = body.add(layer | {"repeat": scope.chance.number(2, 3)}, (begun,), (begun,))
    number = scope.chance.number(0, 1)
    first = replace(done, reference=f"{done.reference}.{number}", name=None)
    body.add(scope.chance.pick(["add", "mul"]), (done, first), (done,))


def twins(body: Body, value: Value) -> None:
    """Repeat a group that takes two values and gives two, and read some of them."""
    scope = body.scope
    (other,) = body.add(scope.chance.pick(WORDS), (value,), (value,))
    width = "in_channels" if value.kind == "map" else "in_features"
    layer, _ = plain(value, width, scope)
    assert isinstance(layer, dict)
    inside: Layer = {
        "mix": {"op": "add", "from": ["a", "b"]},
        "side": {"from": scope.chance.pick(["a", "b"])} | layer,
    }
    order = scope.chance.pick([["mix", "side"], ["side", "mix"]])
    named = scope.chance.number(0, 1) == 1
    outputs = dict(zip(order, order, strict=True)) if named else order
    times = scope.chance.number(2, 3)
    keys: Layer = {"repeat": times, "inputs": ["a", "b"], "outputs": outputs, "layers": inside}
    (done,) = body.add({"from": [value.reference, other.reference]} | keys, (), (value,))
    body.forget(done)
    body.read((value, other, done))
    numbers = [f".{scope.chance.number(0, times - 1)}" for _ in range(2)]
    if named:  # a value of the last repetition is called by its name alone
        numbers[0] = ""
    parts = [scope.chance.pick(order if named else ["0", "1"]) for _ in numbers]
    reads = [
        replace(done, reference=f"{done.reference}{number}.{part}", name=None)
        for number, part in zip(numbers, parts, strict=True)
    ]
    if named and scope.chance.number(0, 1):  # nothing is read of single repetitions
        reads[1] = replace(done, reference=f"{done.reference}.{parts[1]}", name=None)
    body.add("add", reads, (value,))
