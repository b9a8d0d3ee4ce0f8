"""Sizes with symbols in them against the checker at fixed sizes: equal shapes, equal verdicts."""

import re
from collections.abc import Iterator
from random import Random

import pytest
import torch
import torch.nn.functional as F
from support.sampling import sampled

import archspec
from archspec.diagnostics.render import render_text
from archspec.graph import Network, instances
from archspec.pipeline import Outcome, Settings, compile
from archspec.sizes import Tensor
from archspec.source import read
from archspec.source.library import shipped

IMAGE = re.compile(r"^input: \[N, 3, .*\]$", re.MULTILINE)
FREE = "input: [N, 3, H, W]"
TEXTS = {spec.name: spec.path.read_text() for spec in shipped()}
IMAGES = [name for name, text in TEXTS.items() if IMAGE.search(text)]

OF_THE_SIZE = {"vit": "shape"}
"""The networks whose weights depend on the size of the picture, and the argument that says so."""


def compiled(text: str, size: tuple[int, int] | None = None) -> Outcome:
    """Compile a shipped spec, or what was made of it, perhaps at a size."""
    folder = next(iter(shipped())).path.parent
    inputs = {} if size is None else {"input": (3, *size)}
    return compile(read(text, "spec.yaml", folder=folder), Settings(inputs=inputs))


def without_claims(text: str) -> str:
    """Cut off what is claimed of one size: the spec's figures, its variants', its layers'."""
    sections = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)
    kept = (part for part in sections if not part.startswith(("expect:", "variants:")))
    return re.sub(r", expect: \[[^]]*\]", "", "".join(kept))


# --- the U-Net --------------------------------------------------------------------------------


def runs(height: int, width: int) -> bool:
    """Run what the U-Net does to sizes in PyTorch: poolings, doublings, and joins."""
    x, skips = torch.empty(1, 1, height, width, device="meta"), []
    doubling = torch.empty(1, 1, 2, 2, device="meta")
    try:
        for _ in range(4):
            skips.append(x)
            x = F.max_pool2d(x, 2)
        for skip in reversed(skips):
            x = torch.cat([skip, F.conv_transpose2d(x, doubling, stride=2)], dim=1)[:, :1]
    except RuntimeError:
        return False
    return True


def loads(height: int, width: int) -> bool:
    try:
        archspec.load("unet", input=(3, height, width))
    except archspec.SpecError:
        return False
    return True


def test_the_unet_takes_what_16_divides() -> None:
    conditions = archspec.load("unet").network.conditions
    sizes = [(height, 64) for height in range(1, 201, 5)] + [(64, 16 * n) for n in range(1, 13)]
    sizes += [(16, 16), (32, 48), (16, 24), (24, 24), (8, 8), (176, 208), (177, 177), (100, 160)]
    for height, width in sizes:
        fits = height % 16 == 0 and width % 16 == 0
        asked = all(item.condition.holds({"H": height, "W": width}) for item in conditions)
        verdicts = (asked, loads(height, width), runs(height, width))
        assert verdicts == (fits, fits, fits), (height, width)


def test_the_unets_condition_is_told_at_its_join() -> None:
    network = archspec.load("unet").network
    joins = [item for item in network.conditions if item.path[-1] == "join"]
    assert {item.path for item in joins} == {("blocks", "up", "layers", "join")}
    for height in range(16, 201):
        held = all(item.condition.holds({"H": height, "W": 64}) for item in joins)
        assert held == (height % 16 == 0)
    (error,) = compiled(TEXTS["unet"], (40, 64)).diagnostics
    assert error.span is not None
    assert TEXTS["unet"].splitlines()[error.span.line - 1].startswith("      join: {op: cat")


@pytest.mark.parametrize("depth", [1, 2, 3, 5])
def test_a_unet_of_another_depth_takes_what_its_own_power_divides(depth: int) -> None:
    conditions = archspec.load("unet", depth=depth).network.conditions
    held = [
        height
        for height in range(1, 201)
        if all(item.condition.holds({"H": height, "W": 320}) for item in conditions)
    ]
    assert held == list(range(2**depth, 201, 2**depth))


# --- every network on images ------------------------------------------------------------------


def sizes() -> Iterator[tuple[int, int]]:
    """Give 60 sizes: small ones, at which many networks end, others, and multiples of strides."""
    random = Random(0)
    for times, step, least, most in (
        (12, 1, 1, 64),
        (13, 1, 1, 320),
        (10, 1, 299, 420),
        (15, 32, 1, 13),
        (10, 224, 1, 4),  # of MaxViT, whose last maps are made of windows of 7
    ):
        for _ in range(times):
            yield step * random.randint(least, most), step * random.randint(least, most)


SIZES = tuple(sizes())


def shapes(network: Network) -> Iterator[tuple[str, tuple[Tensor, ...]]]:
    for path, leaf in instances(network.model):
        yield path, leaf.outputs


FREE_ALL = [name for name in IMAGES if name not in OF_THE_SIZE]


@pytest.mark.parametrize("every", sampled([1, 5, 9], [9]))
@pytest.mark.parametrize("name", sampled(FREE_ALL, FREE_ALL[::3]))
def test_a_free_size_says_what_the_checker_says_at_every_size(name: str, every: int) -> None:
    fixed = without_claims(TEXTS[name])
    outcome = compiled(IMAGE.sub(FREE, fixed))
    free = outcome.network
    assert free is not None, render_text(outcome.diagnostics)
    accepted = 0
    for height, width in SIZES[every - 1 :: every]:
        values = {"H": height, "W": width}
        network = compiled(fixed, (height, width)).network
        held = all(item.condition.holds(values) for item in free.conditions)
        assert held == (network is not None), (height, width)
        if network is not None:
            accepted += 1
            assert evaluated(free, values) == [*shapes(network), ("", network.model.outputs)]
    assert accepted >= 10 // every


def evaluated(free: Network, values: dict[str, int]) -> list[tuple[str, tuple[Tensor, ...]]]:
    """Put sizes in the place of the symbols, in every layer's output and in the network's."""
    known: dict[Tensor, Tensor] = {}
    found = [*shapes(free), ("", free.model.outputs)]
    for _, tensors in found:
        for tensor in tensors:
            if tensor not in known:
                known[tensor] = tensor.substitute(dict(values))
    return [(path, tuple(known[tensor] for tensor in tensors)) for path, tensors in found]


@pytest.mark.parametrize("name", OF_THE_SIZE)
def test_a_network_whose_weights_depend_on_the_size_says_so(name: str) -> None:
    outcome = compiled(IMAGE.sub(FREE, without_claims(TEXTS[name])))
    (error,) = [item for item in outcome.diagnostics if item.severity == "error"]
    assert error.slug == "symbolic-value"
    assert f"`{OF_THE_SIZE[name]}` must be numbers, and depends on a symbol" in error.message


def test_a_linear_layer_over_all_places_depends_on_the_size() -> None:
    text = TEXTS["siamese"].replace("[N, 1, 105, 105]", "[N, 1, H, W]")
    (error,) = compiled(text).diagnostics
    assert error.slug == "symbolic-value"
    assert "`linear` needs `in_features` to build its weights" in error.message
