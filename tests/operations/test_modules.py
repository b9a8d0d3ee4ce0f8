"""What modules of the vocabulary do that the contract does not ask: torchvision is the measure."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from support.operations.in_torch import constructed
from support.operations.named import layer
from support.vision import import_torchvision

from archspec.diagnostics import Problem, SymbolicValue, WrongArity
from archspec.operations import load
from archspec.sizes import Size, Tensor, symbol

CHECKS = (
    ("ruff", "format", "--isolated", "--check", "--line-length", "100"),
    ("ruff", "check", "--isolated", "--line-length", "100"),
)


@pytest.mark.parametrize("mode", ["row", "batch"])
@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("training", [True, False])
def test_stochastic_depth_is_that_of_torchvision(mode: str, p: float, training: bool) -> None:
    arguments = {"p": p, "mode": mode}
    ours = constructed(layer("stochastic_depth", **arguments), arguments).train(training)
    theirs = import_torchvision().ops.StochasticDepth(p, mode).train(training)
    for shape in ((8, 3, 4, 4), (5, 7), (6,)):
        x = torch.rand(shape)
        results = []
        for module in (ours, theirs):
            torch.manual_seed(7)
            results.append((module(x), torch.rand(1)))
        assert torch.equal(results[0][0], results[1][0])
        assert torch.equal(results[0][1], results[1][1])  # as many random numbers were drawn


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
def test_layer_norm_over_channels_is_that_of_torchvision(bias: bool, affine: bool) -> None:
    arguments = {"eps": 1e-6, "elementwise_affine": affine, "bias": bias}
    norm = layer("layer_norm", dim=1, **arguments)
    inferred = norm.read_off(Tensor((2, 6, 5, 4)))
    assert inferred == {"normalized_shape": 6}
    ours = constructed(norm, {**arguments, **inferred})
    theirs = import_torchvision().models.convnext.LayerNorm2d(6, **arguments)
    weights = {name: torch.rand_like(value) for name, value in theirs.state_dict().items()}
    ours.load_state_dict(weights)
    theirs.load_state_dict(weights)
    x = torch.randn(2, 6, 5, 4)
    assert torch.equal(ours(x), theirs(x))


@pytest.mark.parametrize("size", [(16, 197, 768), (2, 197, 768)])
def test_layers_of_vit_b_16_sum_to_the_published_macs(size: tuple[int, ...]) -> None:
    image, tokens = Tensor((size[0], 3, 224, 224)), Tensor(size)
    wide, first = tokens.reshaped(*size[:-1], 3072), tokens.reshaped(size[0], 768)
    layers = (
        (1, layer("conv2d", out_channels=768, kernel_size=16, stride=16), image),
        (12, layer("multihead_attention", num_heads=12), tokens),
        (12, layer("linear", out_features=3072), tokens),
        (12, layer("linear", out_features=768), wide),
        (1, layer("linear", out_features=1000), first),
    )
    total = 0
    for count, each, x in layers:
        macs = each.macs((x,), each.outputs(bool, x))
        assert isinstance(macs, int)
        total += count * macs
    published = import_torchvision().models.ViT_B_16_Weights.IMAGENET1K_V1.meta["_ops"]
    assert round(total / size[0] / 1e9, 3) == published


def test_texts_that_define_a_class_read_as_if_written_by_hand(tmp_path: Path) -> None:
    texts = [
        layer("stochastic_depth", p=0.1, mode="row").definition(),
        layer("layer_norm", dim=1).definition(),
    ]
    file = tmp_path / "defined.py"
    file.write_text("\n\n".join(['"""Classes."""\n\nimport torch\nfrom torch import nn\n', *texts]))
    for command in CHECKS:
        done = subprocess.run(
            [sys.executable, "-m", *command, file.name],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_attention_takes_one_value_or_three() -> None:
    x = Tensor((2, 5, 8))
    with pytest.raises(WrongArity, match="query, key and value, and receives 2"):
        layer("multihead_attention", num_heads=2).read_off(x, x)


def test_attention_names_the_features_of_key_and_value_where_they_differ() -> None:
    query, key = Tensor((2, 5, 8)), Tensor((2, 7, 6))
    infer = load("multihead_attention").infer
    assert infer(query) == infer(query, query, query) == {"embed_dim": 8}
    assert infer(query, key, key) == {"embed_dim": 8, "kdim": 6, "vdim": 6}
    assert infer(query, query, key) == {"embed_dim": 8, "vdim": 6}


def test_upsampling_by_a_factor_agrees_with_pytorch_for_every_size() -> None:
    for factor in (2.0, 0.5, 1.25, 3.0, 0.375):
        resize = layer("upsample", scale_factor=factor)
        (symbolic,) = resize.outputs(lambda truth: truth is not False, _line(symbol("L")))
        for length in range(3, 60):
            theirs = torch.nn.Upsample(scale_factor=factor)(torch.zeros(1, 1, length))
            assert symbolic.substitute({"L": length}).shape == tuple(theirs.shape)


@pytest.mark.parametrize("factor", [0.29, 0.7, 1.1, 2.3, 0.1, 1 / 3])
def test_a_factor_that_is_rounded_is_exact_for_numbers_and_refused_for_symbols(
    factor: float,
) -> None:
    resize = layer("upsample", scale_factor=factor)
    for length in range(10, 200):
        theirs = torch.nn.Upsample(scale_factor=factor)(torch.zeros(1, 1, length))
        assert resize.outputs(bool, _line(length))[0].shape == tuple(theirs.shape)
    with pytest.raises(SymbolicValue, match=f"multiplies L by {factor}, and rounds"):
        resize.outputs(bool, _line(symbol("L")))


def _line(length: Size) -> Tensor:
    return Tensor((1, 1, length))


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "message"),
    [
        ("group_norm", {"num_groups": 4}, (2, 6, 5, 5), "`num_groups: 4`"),
        ("channel_shuffle", {"groups": 4}, (2, 6, 5, 5), "`groups: 4`"),
        ("unflatten", {"dim": 1, "unflattened_size": [4, -1]}, (2, 6), r"\[4, -1\] of a size of 6"),
        ("unflatten", {"dim": 2, "unflattened_size": [2, 3]}, (2, 6), "dimension 2"),
        ("upsample", {"size": [4, 4]}, (2, 6, 5), "`size` has 2 numbers"),
        ("upsample", {"size": 4, "mode": "bilinear"}, (2, 6, 5), "`mode: bilinear`"),
        ("multihead_attention", {"num_heads": 5}, (2, 7, 8), "`num_heads: 5`"),
        ("softmax", {"dim": 2}, (2, 6), "dimension 2"),
        ("layer_norm", {"dim": 1}, (2, 6), "4 dimensions, not of 2"),
        (
            "conv_transpose2d",
            {"out_channels": 1, "kernel_size": 1, "padding": 3},
            (1, 1, 4, 4),
            "3",
        ),
    ],
)
def test_what_does_not_fit_is_said_with_its_numbers(
    name: str, arguments: dict[str, object], shape: tuple[int, ...], message: str
) -> None:
    made, x = layer(name, **arguments), Tensor(shape)
    with pytest.raises(Problem, match=message):
        made.read_off(x)
        made.outputs(bool, x)
