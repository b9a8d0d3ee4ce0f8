"""Networks over taps of a ResNet-50, and its dilated forms, against torchvision's."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from support.state_keys import keys
from support.vision import import_torchvision
from torch import nn

import archspec
from archspec.api import Architecture
from archspec.diagnostics.render import render_text
from archspec.graph import Network, instances
from archspec.pipeline import Outcome, Settings, compile
from archspec.sizes import Size
from archspec.source import read


def models() -> Any:
    return import_torchvision().models


def fcn(aux_loss: bool = False) -> nn.Module:
    built: nn.Module = models().segmentation.fcn_resnet50(
        weights=None, weights_backbone=None, aux_loss=aux_loss
    )
    return built


def fpn() -> nn.Module:
    built: nn.Module = models().detection.backbone_utils.resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=nn.BatchNorm2d
    )
    return built


def dilated(*stages: bool) -> nn.Module:
    rates = [False, *stages]
    built: nn.Module = models().resnet50(weights=None, replace_stride_with_dilation=rates)
    return built


THEIRS: dict[str, tuple[Callable[[], nn.Module], str, dict[str, Any]]] = {
    "fcn": (fcn, "fcn_resnet50", {}),
    "fcn with aux": (partial(fcn, aux_loss=True), "fcn_resnet50", {"aux_loss": True}),
    "fpn": (fpn, "fpn", {}),
    "projections": (lambda: models().resnet34(), "plain", {"shortcut": "projection"}),
    "only layer4": (partial(dilated, False, True), "resnet50", {"dilations": [1, 2]}),
    "only layer3": (partial(dilated, True, False), "resnet50", {"dilations": [2, 2]}),
    "both": (partial(dilated, True, True), "resnet50", {"dilations": [2, 4]}),
    "both of the family": (partial(dilated, True, True), "resnet", {"dilations": [2, 4]}),
}


def windows(module: nn.Module) -> dict[str, tuple[object, ...]]:
    """Give how each convolution of a module goes over its input."""
    return {
        path: (layer.kernel_size, layer.stride, layer.padding, layer.dilation, layer.groups)
        for path, layer in module.named_modules()
        if isinstance(layer, nn.Conv2d)
    }


def pair(value: object) -> object:
    return (value, value) if isinstance(value, int) else value


def own_windows(network: Network) -> dict[str, tuple[object, ...]]:
    fields = ("kernel_size", "stride", "padding", "dilation", "groups")
    return {
        path: tuple(
            value if name == "groups" else pair(value)
            for name in fields
            for value in [getattr(leaf.operation, name)]
        )
        for path, leaf in instances(network.model)
        if leaf.operation.op() == "conv2d"
    }


@pytest.mark.parametrize("name", THEIRS)
def test_keys_shapes_and_windows_are_torchvisions(name: str) -> None:
    build, spec, parameters = THEIRS[name]
    network = archspec.load(spec, **parameters).network
    with torch.device("meta"):
        module = build()
    state = module.state_dict()
    assert keys(network) == [(key, tuple(value.shape)) for key, value in state.items()]
    assert own_windows(network) == windows(module)


def run(module: nn.Module, picture: torch.Tensor) -> list[torch.Tensor]:
    module.eval()
    with torch.no_grad():
        found = module(picture)
    return list(found.values()) if isinstance(found, dict) else [found]


@pytest.mark.parametrize("name", ["fcn with aux", "fpn", "both", "projections"])
def test_outputs_are_torchvisions_to_the_bit(name: str) -> None:
    build, spec, parameters = THEIRS[name]
    torch.manual_seed(0)
    module, own = build(), archspec.load(spec, **parameters).to_torch()
    own.load_state_dict(module.state_dict(), strict=True)
    for height, width in ((64, 64), (96, 65)):
        picture = torch.randn(2, 3, height, width)
        wanted, given = run(module, picture), run(own, picture)
        assert all(map(torch.equal, wanted, given))
        assert len(wanted) == len(given)


def test_the_pyramids_levels_are_torchvisions_at_any_size() -> None:
    network, module = archspec.load("fpn").network, fpn().to("meta")
    assert not network.conditions
    for height, width in ((224, 224), (64, 64), (203, 331), (33, 1)):
        wanted = module(torch.empty(1, 3, height, width, device="meta"))
        assert network.model.labels == tuple(wanted)
        values: dict[str, Size] = {"N": 1, "H": height, "W": width}
        found = [tensor.substitute(values).shape for tensor in network.model.outputs]
        assert found == [tuple(value.shape) for value in wanted.values()]


@pytest.mark.parametrize("aux_loss", [False, True])
def test_the_segmentations_outputs_are_torchvisions(aux_loss: bool) -> None:
    module = fcn(aux_loss=aux_loss).to("meta").eval()
    for height, width in ((520, 520), (100, 77)):
        picture = torch.empty(1, 3, height, width, device="meta")
        network = archspec.load("fcn_resnet50", aux_loss=aux_loss, input=(3, height, width)).network
        wanted = module(picture)
        assert network.model.labels == tuple(wanted)
        found = [tensor.substitute({"N": 1}).shape for tensor in network.model.outputs]
        assert found == [tuple(value.shape) for value in wanted.values()]


def test_the_segmentations_cost_is_what_torchvision_publishes() -> None:
    published = models().segmentation.FCN_ResNet50_Weights.COCO_WITH_VOC_LABELS_V1.meta
    totals = archspec.load("fcn_resnet50", aux_loss=True).count().totals
    assert totals.parameters == published["num_params"]
    assert isinstance(totals.macs.value, int)
    assert round(totals.macs.value / 1e9, 3) == published["_ops"]


# --- taps ---------------------------------------------------------------------------------------


def children(network: Network) -> list[str]:
    """Name the layers of the network that is tapped, as they were built."""
    return list(dict.fromkeys(path.split(".")[1] for path, _ in instances(network.model)))


def compiled(layers: str) -> tuple[str, Outcome]:
    text = f"archspec: 1\nname: Net\ninput: [N, 3, 224, 224]\nlayers:\n{layers}"
    return text, compile(read(text, "spec.yaml"), Settings())


def built(layers: str) -> Network:
    _, outcome = compiled(layers)
    assert outcome.network is not None, render_text(outcome.diagnostics)
    return outcome.network


def wrong(layers: str) -> list[tuple[str, str]]:
    """Give what is wrong with layers: the problems, and the first words of the lines told."""
    text, outcome = compiled(layers)
    lines = [(item.slug, item.span.line if item.span else 1) for item in outcome.diagnostics]
    return [(slug, text.splitlines()[line - 1].split(":")[0].strip()) for slug, line in lines]


STEM = ["conv1", "bn1", "relu", "maxpool"]


def test_what_taps_do_not_need_is_neither_built_nor_counted() -> None:
    network = built("  body: {spec: resnet50, taps: [layer2]}\n")
    assert children(network) == [*STEM, "layer1", "layer2"]
    module = models().resnet50(weights=None)
    kept = [module.conv1, module.bn1, module.layer1, module.layer2]
    wanted = sum(weight.numel() for part in kept for weight in part.parameters())
    assert Architecture(network).count().totals.parameters == wanted


def test_taps_leave_out_a_branch_that_stands_before_them() -> None:
    network = built("  body: {spec: inception_v3, taps: [Mixed_7c]}\n")
    assert "Mixed_7c" in children(network)
    assert not {"AuxLogits", "fc"} & set(children(network))


def test_outputs_for_training_are_left_out_of_another_spec() -> None:
    text = "archspec: 1\nname: Net\ninput: [N, 3, 299, 299]\nlayers: [{spec: inception_v3}]"
    outcome = compile(read(text, "spec.yaml"), Settings())
    assert outcome.network is not None, render_text(outcome.diagnostics)
    assert [str(tensor) for tensor in outcome.network.model.outputs] == ["N×1000"]
    with torch.device("meta"):
        module = models().inception_v3(weights=None, aux_logits=False, init_weights=False)
    state = module.state_dict()
    wanted = [(f"0.{key}", tuple(value.shape)) for key, value in state.items()]
    assert keys(outcome.network) == wanted


INNER = """
archspec: 1
name: Inner
input: [N, 3, H, W]
layers:
  stem: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  aside: {op: conv2d, out_channels: 8, kernel_size: 50}
  head: {op: conv2d, from: stem, out_channels: 8, kernel_size: 1}
  last: {op: add, from: [head, stem]}
order: [head, aside, stem]
outputs: [last, aside]
"""


def test_what_taps_do_not_need_asks_nothing_of_the_size(tmp_path: Path) -> None:
    (tmp_path / "inner.yaml").write_text(INNER)
    text = "archspec: 1\nname: Net\ninput: [N, 3, H, W]\nlayers:\n  body: {spec: inner.yaml"
    whole, tapped = (
        compile(read(f"{text}{taps}}}\n", "spec.yaml", folder=tmp_path)).network
        for taps in ("", ", taps: [last]")
    )
    assert whole is not None and tapped is not None
    assert [item.path[-1] for item in whole.conditions] == ["aside", "aside"]
    assert not tapped.conditions
    assert children(tapped) == ["head", "stem", "last"]


def test_the_channels_and_strides_of_taps_are_computed() -> None:
    network = built("  body: {spec: resnet50, taps: [layer1, layer2, layer3, layer4]}\n")
    shapes = [tensor.shape[1:] for tensor in network.model.outputs]
    assert shapes == [(256, 56, 56), (512, 28, 28), (1024, 14, 14), (2048, 7, 7)]


BODY = "  body: {spec: resnet50, taps: [layer3, layer4]}\n"


@pytest.mark.parametrize(
    ("layers", "slug", "told"),
    [
        (
            "  body: {spec: resnet50, taps: [layer4], expect: [N, 1024, 7, 7]}\n",
            "claim-fails",
            "body",
        ),
        (
            f"{BODY}  neck: {{op: conv2d, from: body.layer3, out_channels: 8, kernel_size: 1,"
            " expect: [N, 8, 7, 7]}\n",
            "claim-fails",
            "neck",
        ),
        (
            f"{BODY}  neck: {{op: add, from: [body.layer3, body.layer4]}}\n",
            "channel-mismatch",
            "neck",
        ),
        (
            f"{BODY}  neck: {{op: conv2d, from: body.layer4, out_channels: 8, kernel_size: 8}}\n"
            "  b: {op: add, from: [neck, body.layer3]}\n",
            "window-too-large",
            "neck",
        ),
    ],
)
def test_a_neck_that_expects_others_is_told_at_its_line(layers: str, slug: str, told: str) -> None:
    assert wrong(layers) == [(slug, told)]
