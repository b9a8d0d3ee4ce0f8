"""A grown network gives what the shallow one gave, and goes on learning with all it has.

What PyTorch computes decides: both modules are built, loaded, run and trained here, whatever
`grow` itself has checked. Results are compared in double precision: what is left of a difference is
that the weights themselves, shares among them, are rounded to single, whatever the processor.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from support.paths import DATA
from support.sampling import sampled
from torch import nn

import archspec
from archspec.graph import instances, key_of
from archspec.source.library import shipped
from archspec.weights import CannotGrow
from archspec.weights.plan import plan_growth

SPEC = DATA / "growth" / "residual.yaml"
FOUND = sorted((DATA / "emission").glob("*.yaml"))
BATCH = 8

Settings = dict[str, Any]

# A name, or arguments of `residual.yaml` or another spec; of the deep one those that differ.
PAIRS: dict[str, tuple[str | Settings, str | Settings]] = {
    "basic, deeper": ({}, {"depths": [3, 2]}),
    "basic, deeper, padded": ({"shortcut": "padding"}, {"depths": [2, 4]}),
    "basic, twice as wide": ({}, {"width": 16}),
    "basic, half as wide again": ({}, {"width": 12}),
    "basic, wider, padded": ({"shortcut": "padding"}, {"width": 24}),
    "basic, both": ({}, {"depths": [2, 3], "width": 20}),
    "basic, in groups, both": ({"groups": 4}, {"depths": [2, 1], "width": 16}),
    "bottleneck, deeper": ({"variant": "bottleneck"}, {"depths": [2, 3]}),
    "bottleneck, wider": ({"variant": "bottleneck"}, {"width": 13}),
    "bottleneck, both": ({"variant": "bottleneck"}, {"depths": [3, 3], "width": 16}),
    "bottleneck, in groups, wider": (
        {"variant": "bottleneck", "groups": 8},
        {"width": 32, "depths": [1, 2]},
    ),
    "norms first, both": ({"variant": "preactivated"}, {"depths": [2, 3], "width": 16}),
    "resnet18 to 34": ("resnet18", "resnet34"),
    "ResNet for CIFAR, 20 to 56": ("resnet20", "resnet56"),
    "MobileNet v2, wider": ("mobilenet_v2", {"width_mult": 1.4}),
    "U-Net, wider": ({"spec": "unet", "width": 16}, {"width": 24}),
}


def load(given: str | Settings, more: Settings | None = None) -> archspec.Architecture:
    if isinstance(given, str):
        return archspec.load(given, input=(3, 64, 64), **(more or {}))
    arguments = {"spec": SPEC, **given, **(more or {})}
    return archspec.load(arguments.pop("spec"), **arguments)


def pair(name: str) -> tuple[archspec.Architecture, archspec.Architecture]:
    shallow, deep = PAIRS[name]
    return load(shallow), load(deep) if isinstance(deep, str) else load(shallow, deep)


def learned(arch: archspec.Architecture) -> nn.Module:
    """Build a module with weights and statistics as if it had learned something."""
    torch.manual_seed(11)
    module = arch.to_torch()
    with torch.no_grad():
        for weight in module.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
        for name, buffer in module.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(0, 0.1)
            if name.endswith("running_var"):
                buffer.uniform_(0.5, 1.5)
    return module


def grown(
    shallow: archspec.Architecture, deep: archspec.Architecture, module: nn.Module
) -> tuple[nn.Module, archspec.weights.Grown]:
    found = shallow.grow(deep, module.state_dict())
    larger = deep.to_torch()
    larger.load_state_dict(found.state)
    return larger, found


def picture(arch: archspec.Architecture, batch: int) -> torch.Tensor:
    (tensor,) = arch.network.model.inputs.values()
    sizes = [size if isinstance(size, int) else 32 for size in tensor.shape[1:]]
    return torch.randn(batch, *sizes)


def still(module: nn.Module) -> None:
    for part in module.modules():
        if isinstance(part, nn.Dropout):
            part.eval()


EACH_KIND = [name for name in PAIRS if "basic" in name or "U-Net" in name or "20 to 56" in name]


@pytest.mark.parametrize("name", sampled(PAIRS, EACH_KIND))
def test_results_are_the_same(name: str) -> None:
    shallow, deep = pair(name)
    module = learned(shallow)
    larger, _ = grown(shallow, deep, module)
    x = picture(shallow, BATCH).double()
    for training in (False, True):
        results = []
        for network in (module, larger):
            network.double().train(training)
            still(network)
            with torch.no_grad():
                results.append(network(x))
        expected, found = results
        assert float((found - expected).abs().max() / expected.abs().max()) <= 1e-5


@pytest.mark.parametrize("name", [name for name in PAIRS if "deeper" in name or "both" in name])
def test_all_that_was_inserted_learns(name: str) -> None:
    shallow, deep = pair(name)
    larger, found = grown(shallow, deep, learned(shallow))
    inserted = {
        key: value.clone()
        for key, value in larger.state_dict().items()
        if key.startswith(tuple(f"{path}." for path in found.added))
    }
    assert inserted
    train(larger, deep, steps=5)
    now = larger.state_dict()
    assert [key for key, value in inserted.items() if torch.equal(now[key], value)] == []


def train(module: nn.Module, arch: archspec.Architecture, steps: int) -> None:
    torch.manual_seed(3)
    x, wanted = picture(arch, BATCH), torch.randint(5, (BATCH,))
    optimiser = torch.optim.SGD(module.parameters(), lr=0.05, momentum=0.9)
    module.train()
    for _ in range(steps):
        optimiser.zero_grad()
        nn.functional.cross_entropy(module(x), wanted).backward()
        optimiser.step()


def test_copies_learn_different_things() -> None:
    shallow, deep = load({}), load({}, {"width": 16})
    larger, _ = grown(shallow, deep, learned(shallow))
    weight = larger.get_parameter("layer1.0.conv2.weight")
    before = weight.detach().clone()
    train(larger, deep, steps=2)
    learned_now = weight.detach() - before
    apart = (learned_now[::2] - learned_now[1::2]).abs().amax((1, 2, 3))
    assert bool((apart > 1e-3 * learned_now.abs().max()).all())


def test_what_was_learned_is_taken_as_it_is_where_nothing_grows() -> None:
    shallow, deep = load({}), load({}, {"depths": [2, 3]})
    module = learned(shallow)
    larger, found = grown(shallow, deep, module)
    state = larger.state_dict()
    assert all(torch.equal(state[key], value) for key, value in module.state_dict().items())
    assert found.added == ("layer1.1", "layer2.1", "layer2.2")
    assert (found.copied, found.widened) == (len(module.state_dict()), 0)


@pytest.mark.parametrize(
    "spec", [*(spec.path for spec in shipped()), *FOUND], ids=lambda path: path.stem
)
def test_every_network_grows_into_itself(spec: Path) -> None:
    network = archspec.load(spec).network
    found = plan_growth(network, network)
    keys = {key_of(path, name) for path, leaf in instances(network.model) for name in leaf.state}
    assert found.taken.keys() == keys
    assert all(source.key == key and not source.grows for key, source in found.taken.items())
    assert found.added == []


def test_seeds_decide_and_the_generator_stays() -> None:
    shallow, deep = load({}), load({}, {"depths": [2, 2], "width": 16})
    weights = learned(shallow).state_dict()
    torch.manual_seed(5)
    before = torch.random.get_rng_state()
    first, again, other = (shallow.grow(deep, weights, seed).state for seed in (0, 0, 1))
    assert torch.equal(before, torch.random.get_rng_state())
    assert all(torch.equal(first[key], again[key]) for key in first)
    assert not torch.equal(first["layer1.1.conv1.weight"], other["layer1.1.conv1.weight"])
    assert not torch.equal(first["layer1.0.conv1.weight"], other["layer1.0.conv1.weight"])


def test_weights_of_half_precision_grow_into_single() -> None:
    shallow, deep = load({}), load({}, {"width": 16})
    halved = {
        key: value.half() if value.is_floating_point() else value
        for key, value in learned(shallow).state_dict().items()
    }
    found = shallow.grow(deep, halved)
    assert found.state["conv.weight"].dtype == torch.float32
    assert torch.equal(found.state["conv.weight"][::2].half(), halved["conv.weight"])


HEAD = "archspec: 1\nname: Net\ninput: [N, 3, 8, 8]\nlayers:\n"
CONV = "  conv: {op: conv2d, out_channels: 4, kernel_size: 3, padding: 1}\n"
END = "  pool: {op: adaptive_avg_pool2d, output_size: 1}\n  flatten: flatten\n"
FC = "  fc: {op: linear, out_features: 2}\n"

# Two bodies, and what is said of them.
REFUSED = {
    "no shortcut": (
        CONV + END + FC,
        CONV + "  more: {op: conv2d, out_channels: 4, kernel_size: 1}\n" + END + FC,
        "`more` is new and has no shortcut around it: it cannot begin as the identity",
    ),
    "twice what it receives": (
        CONV + END + FC,
        CONV + "  more: {op: add, from: [conv, conv]}\n" + END + FC,
        "`more` is new and has no shortcut around it: it cannot begin as the identity",
    ),
    "another shape": (
        CONV + END + FC,
        CONV + "  more: {op: max_pool2d, kernel_size: 2}\n" + END + FC,
        "`more` is new and gives N×4×4×4 of N×4×8×8: it cannot begin as the identity",
    ),
    "a layer that went": (
        CONV + "  relu: relu\n" + END + FC,
        CONV + END + FC,
        "`relu` is in the shallow network only",
    ),
    "another argument": (
        CONV + END + FC,
        CONV.replace("padding: 1", "padding: 1, padding_mode: reflect") + END + FC,
        "`conv` has `padding_mode: reflect`, and zeros in the shallow network",
    ),
    "another kernel": (
        CONV + END + FC,
        CONV.replace("kernel_size: 3, padding: 1", "kernel_size: 5, padding: 2") + END + FC,
        "`conv` has `kernel_size: 5`, and 3 in the shallow network",
    ),
    "another operation": (
        CONV + "  act: relu\n" + END + FC,
        CONV + "  act: gelu\n" + END + FC,
        "`act` is `gelu`, and `relu` in the shallow network",
    ),
    "no bias": (
        CONV + END + FC,
        CONV.replace("padding: 1", "padding: 1, bias: false") + END + FC,
        "`conv` has `weight`, and in the shallow network `weight`, `bias`",
    ),
    "narrower": (
        CONV + END + FC,
        CONV.replace("4", "3") + END + FC,
        "`conv` has a `weight` of 3×3×3×3 for 4×3×3×3: a network can only become wider",
    ),
    "other results": (
        CONV + END + FC,
        CONV + END + FC.replace("2", "9"),
        "the deep network gives N×9, and the shallow network N×2",
    ),
    "another flow": (
        CONV + "  a: relu\n  b: {op: gelu, from: conv}\n  c: {op: add, from: [a, b]}\n" + END + FC,
        CONV + "  a: relu\n  b: gelu\n  c: {op: add, from: [a, b]}\n" + END + FC,
        "`b` reads `a`, and `conv` in the shallow network",
    ),
    "a body for an operation": (
        CONV + "  act: relu\n" + END + FC,
        CONV + "  act: {layers: [relu]}\n" + END + FC,
        "`act` is a body of layers, and `relu` in the shallow network",
    ),
    "a mean over copies that are not as many": (
        CONV + "  norm: {op: layer_norm, dim: 1}\n" + END + FC,
        CONV.replace("4", "6") + "  norm: {op: layer_norm, dim: 1}\n" + END + FC,
        "`norm` gives other values in evaluation than in the shallow network: of 4 channels, now "
        "6, not all have as many copies",
    ),
    "shares that depend on how many there are": (
        CONV + "  share: {op: softmax, dim: 1}\n" + END + FC,
        CONV.replace("4", "8") + "  share: {op: softmax, dim: 1}\n" + END + FC,
        "`share` gives other values in evaluation than in the shallow network",
    ),
    "attention": (
        "  tokens: {op: flatten, start_dim: 2}\n"
        "  project: {op: linear, out_features: 4}\n"
        "  heads: {op: multihead_attention, num_heads: 2}\n"
        "  last: {op: linear, out_features: 2}\n",
        "  tokens: {op: flatten, start_dim: 2}\n"
        "  project: {op: linear, out_features: 8}\n"
        "  heads: {op: multihead_attention, num_heads: 2}\n"
        "  last: {op: linear, out_features: 2}\n",
        "`heads` has a `in_proj_weight` of 24×8 for 12×4: what becomes of copies in it is not "
        "known",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_grown_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    before, after, reason = REFUSED[name]
    networks = []
    for file, body in (("shallow.yaml", before), ("deep.yaml", after)):
        (tmp_path / file).write_text(HEAD + body, encoding="utf-8")
        networks.append(archspec.load(tmp_path / file))
    shallow, deep = networks
    with pytest.raises(CannotGrow, match=f"^{re.escape(reason)}$"):
        shallow.grow(deep, shallow.to_torch().state_dict())


Change = Callable[[dict[str, torch.Tensor]], object]

WRONG: dict[str, tuple[Change, str]] = {
    "one that is missing": (
        lambda state: state.pop("fc.bias"),
        "the weights are not the shallow network's: `fc.bias` is not there, and there 5",
    ),
    "one too many": (
        lambda state: state.update(extra=torch.zeros(2, 3)),
        "the weights are not the shallow network's: `extra` is 2×3, and there not there",
    ),
    "one of another shape": (
        lambda state: state.update({"fc.bias": torch.zeros(7)}),
        "the weights are not the shallow network's: `fc.bias` is 7, and there 5",
    ),
    "one that is sparse": (
        lambda state: state.update({"fc.bias": torch.zeros(5).to_sparse()}),
        "the weights hold `fc.bias` as sparse_coo float32, which the network does not compute with",
    ),
    "one that is complex": (
        lambda state: state.update({"fc.bias": torch.zeros(5, dtype=torch.complex64)}),
        "the weights hold `fc.bias` as complex64, which the network does not compute with",
    ),
    "one that is no number": (
        lambda state: state.update({"fc.bias": torch.tensor([0, 1, float("nan"), 3, 4])}),
        "the weights hold infinity, or what is no number, in `fc.bias`",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_weights_of_another_network_are_refused(name: str) -> None:
    change, reason = WRONG[name]
    shallow = load({})
    state = dict(learned(shallow).state_dict())
    change(state)
    with pytest.raises(CannotGrow, match=f"^{re.escape(reason)}$"):
        shallow.grow(load({}, {"width": 16}), state)
