"""Depth: published depths, and longest paths of the flattened graph found by enumeration."""

import random
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from support.constructs import ALL, built
from support.hand_built import Body, bottleneck, image, network, resnet
from support.random_specs import random_spec

from archspec.analysis import depth
from archspec.graph import Kind, Module, Network
from archspec.pipeline import compile
from archspec.source import read

X = image(8, 4, 4)


@pytest.mark.parametrize(
    ("depths", "published"),
    [((3, 4, 6, 3), 50), ((3, 4, 23, 3), 101), ((3, 8, 36, 3), 152)],
)
def test_resnets_are_as_deep_as_their_names_say(
    depths: tuple[int, int, int, int], published: int
) -> None:
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


WORKED = {
    "siamese": 2 + 1,  # either tower, then `fc`
    "again": 1 + 3 + 2 + 2 * 2,
    "tapped": 1 + 3 + 1,
    "tapped_again": 3 + 2 * 3,  # three repetitions, which are called twice again
    "unet": 1 + 1 + 1 + 2 + 2,  # all the way down, and up again by two layers each
    "training": 2,  # not by the auxiliary head, whose path has 3
    "swapped": 5,  # a and b, 3 and 4 deep, become b and a + 1, three times: 5 and 5
    "values": 3,
    "included": 1 + 4 + 4 + 1,  # the stem, two stages of the ResNet-18, and `deep`
    "free": 1,
}


@pytest.mark.parametrize("name", ALL)
def test_depths_worked_out_by_hand(name: str) -> None:
    assert depth(built(ALL[name])) == WORKED[name]


@pytest.mark.parametrize("name", ALL)
def test_constructs_agree_with_the_longest_path_of_the_flattened_graph(name: str) -> None:
    made = built(ALL[name])
    assert depth(made) == _enumerated(made)


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_random_specs_agree_with_the_longest_path_of_the_flattened_graph(
    first: int, tmp_path: Path
) -> None:
    agreed = []
    for seed in range(first, first + 10):
        spec = random_spec(seed)
        spec.write(tmp_path)
        network = compile(read(spec.text, "net.yaml", folder=tmp_path)).network
        if network is not None:
            agreed.append(depth(network) == _enumerated(network))
    assert all(agreed)
    assert len(agreed) >= 7  # now and then one is drawn that is not valid


def test_what_reads_only_what_is_for_training_is_not_on_the_path() -> None:
    """Where `deep` is no output it is idle: it runs in training at most."""
    text = """
params: {flag: false}
input: [N, 3, 8, 8]
layers:
  head: {op: conv2d, out_channels: 4, kernel_size: 1}
  aux: {op: conv2d, from: input, out_channels: 4, kernel_size: 1}
  deep: {op: conv2d, out_channels: 4, kernel_size: 1}
outputs: [head, {from: aux, training: true}, {from: deep, when: flag, training: true}]
"""
    made = built(text)
    assert made.model.only_training == {"aux", "deep"}
    assert depth(made) == 1


def test_what_is_called_again_stands_under_its_own_path() -> None:
    nodes = built(ALL["again"]).flatten().nodes
    calls = [f"more.{index}" for index in range(3)]
    calls += [f"blocks.{index}.{name}" for index in range(2) for name in "ab"]
    assert list(nodes) == ["input", "conv", *calls[:3], "block.a", "block.b", *calls[3:]]


def test_a_reader_of_repetitions_reads_each_in_the_flattened_graph() -> None:
    graph = built(ALL["tapped"]).flatten()
    tails = {key: tail for tail, _, key in graph.in_edges("cat", keys=True)}
    assert [tails[slot] for slot in range(5)] == ["split", "split", "m.0.add", "m.1.add", "m.2.add"]


def test_a_repetition_may_give_more_than_it_takes() -> None:
    """Of `a, b` only `a` goes on, and both are given at the end."""
    step = Body(x=X)
    step.op("a", "conv2d", out_channels=8, kernel_size=1)
    step.op("b", "conv2d", out_channels=8, kernel_size=1)
    made = _called(step.module(Kind.BLOCK, "step", results=("a", "b")), 4)
    assert depth(made) == 5 == _enumerated(made)


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
    given = set(range(len(made.model.outputs))) - made.model.training
    for place in given:
        body.op(f"end{place}", "identity", reads=(f"model:{place}",))
    graph = network(body.module(Kind.MODEL, "End")).flatten()
    best: dict[str, int] = {}
    for name in nx.topological_sort(graph):
        before = [best[other] for other in graph.predecessors(name)]
        best[name] = _weight(graph.nodes[name]) + max(before, default=0)
    return max(best[f"end{place}"] for place in given)


def _weight(data: dict[str, Any]) -> int:
    return int("node" in data and data["node"].operation.weighted)
