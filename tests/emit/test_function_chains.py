"""Random networks of functions: however their calls are written inside each other, they agree."""

import json
from collections.abc import Callable
from random import Random

import pytest
import torch
from support.emitting import architecture, emitted_class

from archspec.emit.interpret import interpret

Layer = dict[str, object]

COMPARISONS = ("eq", "ne", "gt", "ge", "lt", "le")
LOGICAL = ("logical_and", "logical_or", "logical_xor")
NUMBERS = (0, 1, -1, 0.5, "k - 1", "-k", "1 / k")
INPUTS = {"x": ["N", 2, 3], "y": ["N", 2, 3], "mask": {"shape": ["N", 2, 3], "dtype": "bool"}}


class Drawn:
    """The layers of a network so far, by what they give: numbers or truth values."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.numbers, self.truths = ["x", "y"], ["mask"]
        self.layers: dict[str, Layer] = {}
        self.last = "x"

    def pick(self, names: list[str]) -> str:
        """Choose a value, mostly the last one: calls are written inside each other then."""
        return self.last if self.last in names and self.random.random() < 0.6 else self._any(names)

    def _any(self, names: list[str]) -> str:
        return self.random.choice(names)

    def add(self) -> None:
        """Draw one more layer."""
        made, gives = self.random.choice(MAKERS)
        name = f"l{len(self.layers)}"
        self.layers[name] = made(self)
        gives(self).append(name)
        self.last = name

    def number(self) -> object:
        return self.random.choice(NUMBERS)


def each(drawn: Drawn) -> Layer:
    word = drawn.random.choice(("neg", "abs", "sin", "cos", "sign"))
    return {"op": word, "from": drawn.pick(drawn.numbers)}


def with_number(drawn: Drawn) -> Layer:
    word = drawn.random.choice(("add", "sub", "mul", "maximum"))
    return {"op": word, "from": drawn.pick(drawn.numbers), "other": drawn.number()}


def of_two(drawn: Drawn) -> Layer:
    word = drawn.random.choice(("add", "sub", "mul", "div"))
    return {"op": word, "from": [drawn.pick(drawn.numbers), drawn.pick(drawn.numbers)]}


def compared_with_number(drawn: Drawn) -> Layer:
    read = drawn.pick(drawn.numbers + drawn.truths)
    return {"op": drawn.random.choice(COMPARISONS), "from": read, "other": drawn.number()}


def compared(drawn: Drawn) -> Layer:
    names = drawn.random.choice((drawn.numbers, drawn.truths))
    read = [drawn.pick(names), drawn.pick(names)]
    return {"op": drawn.random.choice(COMPARISONS), "from": read}


def logical(drawn: Drawn) -> Layer:
    every = drawn.numbers + drawn.truths
    return {"op": drawn.random.choice(LOGICAL), "from": [drawn.pick(every), drawn.pick(every)]}


def logical_not(drawn: Drawn) -> Layer:
    return {"op": "logical_not", "from": drawn.pick(drawn.numbers + drawn.truths)}


def chosen(drawn: Drawn) -> Layer:
    read = [drawn.pick(names) for names in (drawn.truths, drawn.numbers, drawn.numbers)]
    return {"op": "where", "from": read}


def masked(drawn: Drawn) -> Layer:
    read = [drawn.pick(drawn.numbers), drawn.pick(drawn.truths)]
    return {"op": "masked_fill", "from": read, "value": drawn.random.choice((0, "inf", -1.5))}


Gives = Callable[[Drawn], list[str]]
NUMBER_MAKERS = (each, with_number, of_two, chosen, masked)
TRUTH_MAKERS = (compared_with_number, compared, logical, logical_not)
MAKERS: tuple[tuple[Callable[[Drawn], Layer], Gives], ...] = (
    *((maker, lambda drawn: drawn.numbers) for maker in NUMBER_MAKERS),
    *((maker, lambda drawn: drawn.truths) for maker in TRUTH_MAKERS),
)


def spec(seed: int) -> str:
    """Draw a network of up to fourteen functions."""
    drawn = Drawn(seed)
    for _ in range(drawn.random.randint(3, 14)):
        drawn.add()
    outputs = list(dict.fromkeys([drawn.last, drawn.random.choice(list(drawn.layers))]))
    head = {"archspec": 1, "name": "Net", "params": {"k": 3}, "inputs": INPUTS}
    return json.dumps({**head, "layers": drawn.layers, "outputs": outputs})


@pytest.mark.parametrize("part", range(4))
def test_functions_inside_each_other_compute_what_the_graph_says(part: int) -> None:
    for seed in range(part * 30, part * 30 + 30):
        built = architecture(spec(seed))
        model = emitted_class(built.to_source(), "Net")()
        torch.manual_seed(seed)
        numbers = torch.randn(2, 2, 3), torch.randint(-1, 2, (2, 2, 3)).float()
        inputs = (*numbers, torch.rand(2, 2, 3) < 0.5)
        given = model(*inputs)
        exact = interpret(built.network, model.state_dict(), inputs)
        for one, other in zip(given, exact, strict=True):
            assert torch.equal(one.nan_to_num(), other.nan_to_num()), built.to_source()
