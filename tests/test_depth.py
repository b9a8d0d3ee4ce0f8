"""Depth: published depths, and longest paths of the flattened graph found by enumeration."""

import random

import networkx as nx
import pytest
from hand_built import Body, bottleneck, image, network, resnet

from archspec.analysis import depth
from archspec.graph import Kind, Module, Network

X = image(8, 4, 4)


@pytest.mark.parametrize(
    ("depths", "published"),
    [((3, 4, 6, 3), 50), ((3, 4, 23, 3), 101), ((3, 8, 36, 3), 152)],
)
def test_resnets_are_as_deep_as_their_names_say(depths, published: int) -> None:
    assert depth(resnet(depths)) == published


def test_a_million_repetitions_are_exact_and_instant() -> None:
    assert depth(resnet((3, 4, 1_000_000, 3))) == 2 + 3 * (3 + 4 + 1_000_000 + 3)


def test_the_shorter_branch_does_not_count() -> None:
    assert depth(network(bottleneck(X, 8))) == 3


def test_a_network_without_weights_has_depth_0() -> None:
    body = Body(input=X)
    body.op("relu", "relu")
    assert depth(network(body.module(Kind.MODEL, "Plain"))) == 0


def test_a_path_through_one_input_is_not_taken_for_one_through_another() -> None:
    """Two towers of different depth pass through one block side by side."""
    side = Body(a=X, b=X)
    side.op("a1", "conv2d", ("a",), out_channels=8, kernel_size=1)
    pair = side.module(Kind.BLOCK, "pair", results=("a1", "b"))
    body = Body(input=X)
    for index in range(5):
        body.op(f"deep{index}", "conv2d", out_channels=8, kernel_size=1)
    body.call("pair", pair, reads=("input", "deep4"))
    body.op("add", "add", reads=("pair:0", "pair:1"))
    assert depth(network(body.module(Kind.MODEL, "Towers"))) == 5


def test_repetitions_may_swap_their_inputs() -> None:
    """Only every second repetition of `a, b = b, conv(a)` deepens a given path."""
    swap = Body(a=X, b=X)
    swap.op("conv", "conv2d", ("a",), out_channels=8, kernel_size=1)
    module = swap.module(Kind.BLOCK, "swap", results=("b", "conv"))
    for count in (2, 3, 7, 8):
        assert depth(_called(module, count)) == (count + 1) // 2


def test_an_input_that_is_not_replaced_reaches_every_repetition() -> None:
    step = Body(state=X, extra=X)
    step.op("side", "conv2d", ("extra",), out_channels=8, kernel_size=1)
    step.op("side2", "conv2d", out_channels=8, kernel_size=1)
    step.op("main", "conv2d", ("state",), out_channels=8, kernel_size=1)
    step.op("add", "add", ("main", "side2"))
    assert depth(_called(step.module(Kind.BLOCK, "step"), 10)) == 11


@pytest.mark.parametrize("seed", range(60))
def test_random_networks_agree_with_the_longest_path_of_the_flattened_graph(seed: int) -> None:
    made = network(_random_module(random.Random(seed), level=3, inputs=1))
    assert depth(made) == _enumerated(made)


def _called(module: Module, count: int) -> Network:
    body = Body(**module.inputs)
    body.call("0", module, count=count)
    return network(body.module(Kind.MODEL, "Model"))


def _random_module(random: random.Random, level: int, inputs: int) -> Module:
    """Make a body whose every value has the shape of `X`, with calls of bodies below it."""
    body = Body(**{f"in{index}": X for index in range(inputs)})
    known = [f"in{index}" for index in range(inputs)]
    for index in range(0, 10 * random.randint(1, 5), 10):  # repetitions are numbered on
        known += _random_layer(random, body, str(index), known, level)
    results = tuple(random.choices(known, k=random.randint(1, 2)))
    return body.module(Kind.BLOCK, f"body{level}", results if level < 3 else (known[-1],))


def _random_layer(
    random: random.Random, body: Body, name: str, known: list[str], level: int
) -> list[str]:
    kind = random.choice(["conv", "add", "call", "chain"] if level else ["conv", "add"])
    if kind == "conv":
        body.op(name, "conv2d", (random.choice(known),), out_channels=8, kernel_size=1)
        return [name]
    if kind == "add":
        body.op(name, "add", tuple(random.choices(known, k=2)))
        return [name]
    inputs = random.randint(2, 3)
    module = _random_module(random, level - 1, inputs)
    times = random.randint(2, 5) if kind == "chain" else 1
    body.call(name, module, tuple(random.choices(known, k=inputs)), count=times)
    return [f"{name}:{index}" for index in range(len(module.outputs))]


def _enumerated(made: Network) -> int:
    """Find the longest path in the graph of all instances, with one more layer at its end."""
    body = Body(**made.model.inputs)
    body.call("model", made.model)
    body.op("end", "identity", reads=("model",))
    graph = network(body.module(Kind.MODEL, "End")).flatten()
    best: dict[str, int] = {}
    for name in nx.topological_sort(graph):
        before = [best[other] for other in graph.predecessors(name)]
        best[name] = _weight(graph.nodes[name]) + max(before, default=0)
    return best["end"]


def _weight(data: dict) -> int:
    return int("node" in data and data["node"].operation.weighted)
