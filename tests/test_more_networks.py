"""Networks with several inputs or outputs, shared and frozen weights, and taps of other networks.

Keys, shapes, windows and outputs are compared with torchvision's, counts with published figures.
"""

from collections.abc import Callable
from functools import partial
from math import prod
from typing import Any

import pytest
import torch
from torch import nn
from vision import import_torchvision

import archspec
from archspec.api import Architecture
from archspec.diagnostics.render import render_text
from archspec.graph import Network, instances, key_of
from archspec.pipeline import Outcome, Settings, compile
from archspec.source import read

Shapes = list[tuple[str, tuple[int, ...]]]


def keys(network: Network) -> Shapes:
    """List what the `state_dict` will hold, in its order, with shapes."""
    return [
        (key_of(path, name), shape)
        for path, leaf in instances(network.model)
        for name, shape in (*leaf.weights.items(), *leaf.buffers.items())
    ]


def weights(network: Network) -> dict[str, tuple[int, ...]]:
    return {
        key_of(path, name): shape
        for path, leaf in instances(network.model)
        for name, shape in leaf.weights.items()
    }


def compiled(layers: str, shape: str = "[N, 3, 224, 224]") -> tuple[str, Outcome]:
    text = f"archspec: 1\nname: Net\ninput: {shape}\nlayers:\n{layers}"
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


# --- torchvision's ----------------------------------------------------------------------------


def models() -> Any:
    return import_torchvision().models


def fcn(aux_loss: bool = False) -> nn.Module:
    return models().segmentation.fcn_resnet50(
        weights=None, weights_backbone=None, aux_loss=aux_loss
    )


def fpn() -> nn.Module:
    return models().detection.backbone_utils.resnet_fpn_backbone(
        backbone_name="resnet50", weights=None, norm_layer=nn.BatchNorm2d
    )


def dilated(*stages: bool) -> nn.Module:
    return models().resnet50(weights=None, replace_stride_with_dilation=[False, *stages])


THEIRS: dict[str, tuple[Callable[[], nn.Module], str, dict[str, object]]] = {
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
    fields = ("kernel_size", "stride", "padding", "dilation")
    return {
        path: (*(pair(getattr(leaf.operation, name)) for name in fields), leaf.operation.groups)
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


def test_the_pyramids_levels_are_torchvisions_at_any_size() -> None:
    network, module = archspec.load("fpn").network, fpn().to("meta")
    assert not network.conditions
    for height, width in ((224, 224), (64, 64), (203, 331), (33, 1)):
        wanted = module(torch.empty(1, 3, height, width, device="meta"))
        assert network.model.labels == tuple(wanted)
        values = {"N": 1, "H": height, "W": width}
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


# --- taps -------------------------------------------------------------------------------------


def children(network: Network) -> list[str]:
    """Name the layers of the network that is tapped, as they were built."""
    return list(dict.fromkeys(path.split(".")[1] for path, _ in instances(network.model)))


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
            "shape-mismatch",
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


# --- published counts -------------------------------------------------------------------------


def test_yolov8n_has_the_parameters_that_ultralytics_prints() -> None:
    count = archspec.load("yolov8n").count()
    printed = {
        **{0: 464, 1: 4672, 2: 7360, 3: 18560, 4: 49664, 5: 73984, 6: 197632, 7: 295424},
        **{8: 460288, 9: 164608, 12: 148224, 15: 37248, 16: 36992, 18: 123648, 19: 147712},
        **{21: 493056, 22: 897664},
    }
    rows = {int(row.name): row.each.parameters for row in count.rows if row.each.parameters}
    assert rows == printed
    assert (count.totals.parameters, count.totals.frozen) == (3_157_200, 16)
    assert count.totals.parameters - count.totals.frozen == 3_157_184


def test_yolov8n_has_the_keys_of_ultralytics() -> None:
    found = weights(archspec.load("yolov8n").network)
    wanted = {
        "0.conv.weight": (16, 3, 3, 3),
        "2.m.0.cv1.conv.weight": (16, 16, 3, 3),
        "4.m.1.cv2.bn.weight": (32,),
        "9.cv2.conv.weight": (256, 512, 1, 1),
        "12.cv1.conv.weight": (128, 384, 1, 1),
        "22.cv2.0.0.conv.weight": (64, 64, 3, 3),
        "22.cv2.2.2.weight": (64, 64, 1, 1),
        "22.cv3.1.0.conv.weight": (80, 128, 3, 3),
        "22.cv3.2.2.bias": (80,),
        "22.dfl.conv.weight": (1, 16, 1, 1),
    }
    assert {key: found[key] for key in wanted} == wanted
    starts = list(dict.fromkeys(key.split(".")[1] for key in found if key.startswith("22.")))
    assert starts == ["cv2", "cv3", "dfl"]
    assert not [key for key in found if key.startswith(("22.dfl1", "22.dfl2"))]


def test_yolov8n_gives_boxes_and_classes_of_three_scales() -> None:
    network = archspec.load("yolov8n").network
    shapes = [tensor.shape[1:] for tensor in network.model.outputs]
    assert shapes == [(84, 80, 80), (84, 40, 40), (84, 20, 20)]


CONV1D = ("c_attn", "c_proj", "c_fc")
"""The layers of GPT-2 whose weights Hugging Face keeps transposed."""


def hugging_face() -> dict[str, tuple[int, ...]]:
    """List the weights of `GPT2LMHeadModel`, its Conv1D layers as linear ones."""
    block = {
        **{"ln_1.weight": (768,), "ln_1.bias": (768,)},
        **{"attn.c_attn.weight": (768, 2304), "attn.c_attn.bias": (2304,)},
        **{"attn.c_proj.weight": (768, 768), "attn.c_proj.bias": (768,)},
        **{"ln_2.weight": (768,), "ln_2.bias": (768,)},
        **{"mlp.c_fc.weight": (768, 3072), "mlp.c_fc.bias": (3072,)},
        **{"mlp.c_proj.weight": (3072, 768), "mlp.c_proj.bias": (768,)},
    }
    found = {"transformer.wte.weight": (50257, 768), "transformer.wpe.weight": (1024, 768)}
    for index in range(12):
        for key, shape in block.items():
            turned = shape[::-1] if key.split(".")[1] in CONV1D else shape
            found[f"transformer.h.{index}.{key}"] = turned
    found |= {"transformer.ln_f.weight": (768,), "transformer.ln_f.bias": (768,)}
    return found | {"lm_head.weight": (50257, 768)}


def test_gpt2_has_hugging_faces_keys_and_counts_its_tied_weight_once() -> None:
    architecture = archspec.load("gpt2")
    found = weights(architecture.network)
    assert list(found.items()) == list(hugging_face().items())
    once = sum(map(prod, found.values())) - prod(found["lm_head.weight"])
    assert once == architecture.count().totals.parameters == 124_439_808


def test_gpt2_takes_texts_up_to_its_context() -> None:
    (needed,) = archspec.load("gpt2").network.conditions
    lengths = [length for length in range(1, 2000) if needed.condition.holds({"T": length})]
    assert lengths == list(range(1, 1025))
    assert archspec.load("gpt2", input=(1024,)).network.model.outputs[0].shape[1:] == (1024, 50257)
    with pytest.raises(archspec.SpecError, match="narrow"):
        archspec.load("gpt2", input=(1025,))


@pytest.mark.parametrize(
    ("depth", "millions"), [(20, 0.27), (32, 0.46), (44, 0.66), (56, 0.85), (110, 1.7)]
)
def test_the_networks_for_cifar_have_the_size_of_the_papers_table(
    depth: int, millions: float
) -> None:
    count = archspec.load("resnet_cifar", variant=f"resnet{depth}").count()
    digits = 1 if depth == 110 else 2
    assert round(count.totals.parameters / 1e6, digits) == millions
    assert count.depth == depth


def test_option_a_adds_no_weight() -> None:
    plain = archspec.load("plain", variant="plain34").network
    residual = archspec.load("plain", variant="residual34").network
    assert keys(plain) == keys(residual)
    joins = [
        sum(leaf.operation.op() == "add" for _, leaf in instances(network.model))
        for network in (plain, residual)
    ]
    assert joins == [0, 16]


def test_the_plain_network_is_torchvisions_without_its_shortcuts() -> None:
    module = models().resnet34(weights=None)
    kept = [
        (key, tuple(value.shape))
        for key, value in module.state_dict().items()
        if "downsample" not in key
    ]
    assert keys(archspec.load("plain").network) == kept


@pytest.mark.parametrize("variant", ["plain34", "residual34"])
def test_plain_and_residual_cost_what_the_paper_says(variant: str) -> None:
    macs = archspec.load("plain", variant=variant).count().totals.macs.value
    assert isinstance(macs, int)
    assert round(macs / 1e9, 1) == 3.6


def test_the_towers_of_the_siamese_network_are_one() -> None:
    """The sizes are those of figure 4 of the paper."""
    architecture = archspec.load("siamese")
    convolutions = [(64, 1, 10), (128, 64, 7), (128, 128, 4), (256, 128, 4)]
    tower = sum(out * (into * size * size + 1) for out, into, size in convolutions)
    wanted = tower + 4096 * (9216 + 1) + (4096 + 1)
    assert architecture.count().totals.parameters == wanted
    starts = {key.split(".")[0] for key in weights(architecture.network)}
    assert starts == {"tower", "fc"}
