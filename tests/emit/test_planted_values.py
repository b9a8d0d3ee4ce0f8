"""`--verify` finds what is planted in an emitted source, names the layer, and finds nothing else.

`make plant` does the same in more networks and places.
"""

import re
from itertools import islice

import pytest
from support.emitting import architecture, minimal
from support.faults import FAULTS, planted, reached

import archspec
from archspec.api import Architecture
from archspec.emit import VerificationError, verify

IN = {
    "an overwritten operand": "resnet_cifar",
    "a shared layer that is not shared": "siamese",
    "two branches exchanged in cat": "squeezenet",
    "a shortcut left out": "resnet_cifar",
    "another eps": "resnet_cifar",
    "another momentum": "resnet_cifar",
    "a frozen layer": "resnet_cifar",
    "no bias": "resnet_cifar",
    "a dilated kernel": "resnet_cifar",
    "another border": "resnet_cifar",
    "ceil_mode": "squeezenet",
    "another activation": "lenet5",
    "an average for a maximum": "squeezenet",
    "another dropout": "squeezenet",
    "channels shuffled otherwise": "shufflenet_v2",
    "other numbers of a constant": "lenet5",
}
"""Kinds of faults that a small network can have."""


def small(name: str) -> Architecture:
    if name == "resnet_cifar":
        return archspec.load(name, depth=8)
    at_its_own_size = name in ("lenet5", "siamese")
    return archspec.load(name) if at_its_own_size else archspec.load(name, input=(3, 66, 66))


def found(built: Architecture, source: str) -> str:
    """Give what `--verify` finds in a source."""
    with pytest.raises(VerificationError) as caught:
        verify(built.network, source)
    return str(caught.value)


def named(error: str) -> set[str]:
    """Give the names that an error has between backticks, step by step."""
    return {step for path in re.findall(r"`([^`]*)`", error) for step in path.split(".")}


@pytest.mark.parametrize("fault", IN)
def test_a_planted_fault_is_found_and_its_layer_named(fault: str) -> None:
    built = small(IN[fault])
    for item in islice(planted(built.to_source(), fault), 1):
        reached()
        error = found(built, item.source)
        assert reached()
        assert named(error) and (item.layer is None or item.layer in named(error)), error


def test_every_kind_can_be_planted_in_something() -> None:
    assert FAULTS.keys() >= IN.keys()
    assert len(FAULTS) >= 20


CHAIN = minimal(
    "  first: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
    "  second: {op: conv2d, out_channels: 4, kernel_size: 1, from: input}\n"
    "  twice: {op: mul, from: first, other: 2}\n"
    "  less: {op: sub, from: [twice, second]}\n"
    "  both: {op: cat, from: [less, twice], dim: 1}\n"
    "  turned: {op: permute, dims: [0, 1, 3, 2]}\n"
    "  last: {op: conv2d, out_channels: 4, kernel_size: 1}\n",
    shape="[N, 3, 8, 8]",
)
CHANGES = (
    ("twice - second", "second - twice", "less"),
    ("(less, twice)", "(twice, less)", "both"),
    ("permute(0, 1, 3, 2)", "permute(0, 1, 2, 3)", "turned"),
    ("* 2", "* 2.001", "twice"),
    ("self.first(input)", "self.first(input + 1e-6)", "first"),
    ("nn.Conv2d(3, 4, 1)", "nn.Conv2d(3, 4, 1, padding_mode='circular')", None),
)


@pytest.mark.parametrize(("before", "after", "layer"), CHANGES)
def test_a_function_between_modules_is_named(before: str, after: str, layer: str | None) -> None:
    built = architecture(CHAIN)
    source = built.to_source()
    assert before in source
    changed = source.replace(before, after)
    if layer is None:  # nothing is padded, so that nothing differs
        verify(built.network, changed)
        return
    assert f"`{layer}`" in found(built, changed)


CONV = "  conv: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
OVERWRITING = {
    "before a skip": f"{CONV}  act: leaky_relu\n  add: {{op: add, from: [act, conv]}}\n",
    "on the input": "  act: leaky_relu\n  neg: neg\n",
    "through a view": f"{CONV}  halves: {{op: chunk, chunks: 2, dim: 1}}\n"
    "  act: {op: leaky_relu, from: halves.0}\n  cat: {op: cat, from: [act, conv], dim: 1}\n",
    "on a weight": "  weight: {op: parameter, shape: [4, 8, 8]}\n  act: leaky_relu\n"
    "  add: {op: add, from: [act, input]}\n",
}


@pytest.mark.parametrize("name", OVERWRITING)
def test_what_is_overwritten_is_found_and_who_does_it_named(name: str) -> None:
    built = architecture(minimal(OVERWRITING[name], shape="[N, 4, 8, 8]"))
    source = built.to_source()
    verify(built.network, source)
    error = found(built, source.replace("nn.LeakyReLU()", "nn.LeakyReLU(inplace=True)"))
    assert "`act`" in error and "over" in error


TIED = minimal(
    "  table: {op: linear, out_features: 8}\n  norm: layer_norm\n"
    "  out: {op: linear, share: table, bias: false}\n",
    shape="[N, 8]",
)


def test_a_weight_that_is_not_shared_is_found() -> None:
    built = architecture(TIED)
    source = built.to_source()
    line = "        self.out.weight = self.table.weight\n"
    assert line in source
    assert found(built, source.replace(line, "")) == (
        "`out.weight` is a weight of its own, and the graph says that of `table.weight`"
    )


def test_what_training_alone_shows_is_found() -> None:
    built = architecture(minimal("  drop: dropout\n", shape="[N, 8]"))
    error = found(built, built.to_source().replace("nn.Dropout()", "nn.Dropout(0.4)"))
    assert error.startswith("what `drop` gives is not what the graph says in training")


def test_a_network_that_cannot_be_trained_on_two_samples_says_so() -> None:
    layers = "  pool: {op: adaptive_avg_pool2d, output_size: 1}\n  norm: instance_norm2d\n"
    text = minimal(
        layers.replace("norm2d", "norm2d, track_running_stats: true")
        .replace("norm: instance", "norm: {op: instance")
        .replace("true\n", "true}\n")
    )
    report = architecture(text).verify().report()
    assert "in evaluation; it cannot be trained on 2 samples: Expected more than 1" in report
