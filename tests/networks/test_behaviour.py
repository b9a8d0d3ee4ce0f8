"""What the emitted networks do, against what is known of them: symmetry, causality, shortcuts."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

import archspec


def built(name: str, **parameters: Any) -> Any:
    """Build a shipped network; what it is made of, its class says."""
    torch.manual_seed(0)
    return archspec.load(name, **parameters).to_torch().eval()


@torch.no_grad()
def test_the_unet_keeps_the_size_wherever_16_divides_it() -> None:
    module = built("unet", width=4, num_classes=2)
    for height, width in ((16, 16), (64, 32), (48, 80)):
        assert module(torch.randn(1, 3, height, width)).shape == (1, 2, height, width)


@torch.no_grad()
def test_the_siamese_network_does_not_care_which_picture_comes_first() -> None:
    module = built("siamese")
    left, right = torch.randn(2, 1, 1, 105, 105)
    assert torch.equal(module(left, right), module(right, left))
    assert torch.equal(module(left, left), module.fc.bias.sigmoid()[None])


@torch.no_grad()
def test_gpt2_reads_no_later_token_and_has_one_table_of_tokens() -> None:
    module = built("gpt2", depth=2, heads=2, vocabulary=50, context=16)
    assert module.lm_head.weight is module.transformer.wte.weight
    tokens = torch.randint(50, (1, 16))
    others = tokens.clone()
    others[0, 9:] = (tokens[0, 9:] + 1) % 50
    first, second = module(tokens), module(others)
    assert torch.equal(first[:, :9], second[:, :9])
    assert not torch.isclose(first[:, 9:], second[:, 9:]).all(dim=-1).any()


@torch.no_grad()
def test_yolov8n_gives_the_mean_of_the_bins_for_each_side() -> None:
    """As in the paper on distribution focal loss (Li et al., 2020, equation 5)."""
    module = built("yolov8n", num_classes=3).double()
    detect = module.get_submodule("22")
    frozen = [name for name, weight in module.named_parameters() if not weight.requires_grad]
    assert frozen == ["22.dfl.conv.weight"]
    detect.dfl.conv.weight.copy_(torch.arange(16.0).reshape(1, 16, 1, 1))
    features = [torch.randn(1, width, 4, 6).double() for width in (64, 128, 256)]
    for level, given in enumerate(detect(*features)):
        bins = detect.cv2.get_submodule(str(level))(features[level]).reshape(1, 4, 16, 4, 6)
        sides = (bins.softmax(dim=2) * torch.arange(16.0).reshape(16, 1, 1)).sum(dim=2)
        assert torch.allclose(given[:, :4], sides)
        assert torch.equal(given[:, 4:], detect.cv3.get_submodule(str(level))(features[level]))


@torch.no_grad()
def test_option_a_pads_every_second_pixel_with_zeros() -> None:
    block = built("resnet_cifar").get_submodule("layer2.0")
    x = torch.randn(2, 16, 32, 32)
    shortcut = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 8, 8))
    branch = block.bn2(block.conv2(block.bn1(block.conv1(x)).relu()))
    assert torch.equal(block(x), (branch + shortcut).relu())


@torch.no_grad()
def test_the_plain_network_has_no_shortcut() -> None:
    block = built("plain").get_submodule("layer2.0")
    x = torch.randn(2, 64, 16, 16)
    branch = block.bn2(block.conv2(block.bn1(block.conv1(x)).relu()))
    assert torch.equal(block(x), branch.relu())


@torch.no_grad()
def test_the_residual_network_adds_its_input() -> None:
    network = built("plain", shortcut="identity")
    x = torch.randn(2, 64, 16, 16)
    for name, shortcut in (
        ("layer1.1", x),
        ("layer2.0", F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, 64))),
    ):
        block = network.get_submodule(name)
        branch = block.bn2(block.conv2(block.bn1(block.conv1(x)).relu()))
        assert torch.equal(block(x), (branch + shortcut).relu())


@torch.no_grad()
def test_a_layer_of_bert_is_pytorchs_encoder_layer() -> None:
    """With the same weights, and with places that nobody may look at."""
    bert = built("bert", depth=1, vocabulary=50, context=16)
    ours = bert.get_submodule("encoder.layer.0")
    theirs = nn.TransformerEncoderLayer(
        *(768, 12, 3072, 0.1, "gelu"), layer_norm_eps=1e-12, batch_first=True
    ).eval()
    projections = [ours.attention.self.get_submodule(name) for name in ("query", "key", "value")]
    pairs = {
        "self_attn.out_proj": ours.attention.output.dense,
        "norm1": ours.attention.output.LayerNorm,
        "linear1": ours.intermediate.dense,
        "linear2": ours.output.dense,
        "norm2": ours.output.LayerNorm,
    }
    for kind in ("weight", "bias"):
        state = {f"{name}.{kind}": getattr(layer, kind) for name, layer in pairs.items()}
        state[f"self_attn.in_proj_{kind}"] = torch.cat([getattr(it, kind) for it in projections])
        theirs.load_state_dict(state, strict=False)
    states = torch.randn(3, 7, 768).double()
    seen = torch.arange(7) < torch.tensor([[7], [4], [1]])
    given = ours.double()(states, seen.reshape(3, 1, 1, 7))
    wanted = theirs.double()(states, src_key_padding_mask=~seen)
    assert torch.allclose(given[seen], wanted[seen])
