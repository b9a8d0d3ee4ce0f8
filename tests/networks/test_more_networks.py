"""Networks with several inputs or outputs, shared and frozen weights, against published figures."""

from math import prod
from pathlib import Path

import pytest
from support.state_keys import keys, weights
from support.vision import import_torchvision

import archspec
from archspec.graph import Network, instances
from archspec.pipeline import check
from archspec.source import read
from archspec.source.library import shipped


def idle(network: Network) -> set[str]:
    """Name the layers, and those of blocks, on which no output depends."""
    return {
        f"{module.name}.{name}"
        for module in network.modules()
        for name in module.by_name.keys() - module.needed_by([True] * len(module.results))
    }


@pytest.mark.parametrize("spec", [spec.name for spec in shipped()])
def test_every_layer_of_a_shipped_network_leads_to_an_output(spec: str) -> None:
    assert not idle(archspec.load(spec).network)


@pytest.mark.parametrize("spec", [spec.path for spec in shipped()], ids=lambda path: path.stem)
def test_validate_has_nothing_to_say_of_a_shipped_spec(spec: Path) -> None:
    source = read(spec.read_text(), spec.name, folder=spec.parent)
    assert not check(source).diagnostics


# --- published counts ---------------------------------------------------------------------------


def test_yolov8n_has_the_parameters_that_ultralytics_prints() -> None:
    count = archspec.load("yolov8n").count()
    printed = {
        **{0: 464, 1: 4672, 2: 7360, 3: 18560, 4: 49664, 5: 73984, 6: 197632, 7: 295424},
        **{8: 460288, 9: 164608, 12: 148224, 15: 37248, 16: 36992, 18: 123648, 19: 147712},
        **{21: 493056, 22: 897664},
    }
    rows = {int(row.name): row.each.parameters for row in count.rows if row.each.parameters}
    assert rows == printed
    assert count.totals.parameters == 3_157_200
    assert count.totals.parameters - count.totals.frozen == 3_157_184


@pytest.mark.parametrize(
    ("size", "parameters", "gflops"),
    [
        ("n", 3_157_200, 8.7),
        ("s", 11_166_560, 28.6),
        ("m", 25_902_640, 78.9),
        ("l", 43_691_520, 165.2),
        ("x", 68_229_648, 257.8),
    ],
)
def test_yolov8_has_the_figures_that_ultralytics_publishes(
    size: str, parameters: int, gflops: float
) -> None:
    totals = archspec.load(f"yolov8{size}").count().totals
    assert totals.parameters == parameters
    assert isinstance(totals.macs.value, int)
    assert abs(2 * totals.macs.value / 1e9 - gflops) <= 0.06  # m: 78.94; l: 165.15


def test_lenet5_has_the_weights_that_the_paper_counts() -> None:
    count = archspec.load("lenet5").count()
    rows = {row.name: row.each.trainable for row in count.rows if row.each.trainable}
    assert rows == {"c1": 156, "s2": 12, "c3": 1516, "s4": 32, "c5": 48_120, "f6": 10_164}
    connections = {row.name: row.each.macs.value for row in count.rows}
    assert connections["c1"] == 122_304 - 6 * 28 * 28  # the paper counts biases, too
    assert connections["c3"] == 151_600 - 16 * 10 * 10


def test_bert_has_hugging_faces_keys() -> None:
    layer = [
        *(f"attention.self.{name}" for name in ("query", "key", "value")),
        *("attention.output.dense", "attention.output.LayerNorm"),
        *("intermediate.dense", "output.dense", "output.LayerNorm"),
    ]
    names = [
        *("word_embeddings", "position_embeddings", "token_type_embeddings", "LayerNorm"),
    ]
    wanted = [f"embeddings.{name}" for name in names]
    wanted += [f"encoder.layer.{index}.{name}" for index in range(12) for name in layer]
    wanted += ["pooler.dense"]
    architecture = archspec.load("bert_base")
    found = weights(architecture.network)
    assert list(dict.fromkeys(key.rpartition(".")[0] for key in found)) == wanted
    assert architecture.count().totals.parameters == 109_482_240
    assert found["embeddings.word_embeddings.weight"] == (30522, 768)
    assert found["encoder.layer.11.intermediate.dense.weight"] == (3072, 768)


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
    found: dict[str, tuple[int, ...]]
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
    ("variant", "parameters"),
    [("gpt2_medium", 354_823_168), ("gpt2_large", 774_030_080), ("gpt2_xl", 1_557_611_200)],
)
def test_the_larger_gpt2s_have_the_parameters_that_hugging_face_counts(
    variant: str, parameters: int
) -> None:
    assert archspec.load("gpt2", variant=variant).count().totals.parameters == parameters


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
    module = import_torchvision().models.resnet34(weights=None)
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
