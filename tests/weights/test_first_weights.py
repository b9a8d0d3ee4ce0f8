"""The first weights of shipped networks that torchvision does not have, as their authors draw them.

Those that torchvision has are compared with its own in `test_zoo.py` and `test_torchvision.py`.
Here the rules are written down from the references. Constants are equal; of what is drawn, mean
and standard deviation lie within six standard errors of the rule's, which follow from how many
numbers there are.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import log, prod, sqrt
from pathlib import Path
from typing import Any

import pytest
import torch
from support.paths import SHIPPED

import archspec

ERRORS = 6
"""How many standard errors a mean or deviation may be off: one in 500 million is."""


@dataclass(frozen=True)
class Drawn:
    """A distribution; `kurtosis` is its fourth central moment over its squared variance."""

    mean: float
    std: float
    kurtosis: float

    def fits(self, weight: torch.Tensor) -> bool:
        """Say whether numbers are a sample of it."""
        numbers, count = weight.double(), weight.numel()
        if count < 2:  # a deviation needs two
            return abs(float(numbers.mean()) - self.mean) <= ERRORS * self.std
        off = abs(float(numbers.mean()) - self.mean) / (self.std / sqrt(count))
        error = self.std * sqrt((self.kurtosis - 1) / (4 * count))
        return max(off, abs(float(numbers.std()) - self.std) / error) <= ERRORS + 20 / count


@dataclass(frozen=True)
class Given:
    """Numbers that are written down."""

    numbers: tuple[float, ...]

    def fits(self, weight: torch.Tensor) -> bool:
        """Say whether these are all numbers, or the one of all."""
        flat = weight.flatten()
        wanted = torch.tensor(self.numbers, dtype=weight.dtype)
        return torch.equal(flat, wanted if len(wanted) > 1 else wanted.expand_as(flat))


Rule = Drawn | Given | Callable[[tuple[int, ...]], Drawn]
"""How a weight begins; it may depend on its shape."""


def normal(std: float, mean: float = 0.0) -> Drawn:
    return Drawn(mean, std, 3.0)


def uniform(most: float) -> Drawn:
    """Draw from -most to most."""
    return Drawn(0.0, most / sqrt(3), 1.8)


def fan_in(shape: tuple[int, ...]) -> int:
    return prod(shape[1:])


def torchs_own(shape: tuple[int, ...]) -> Drawn:
    """Draw weights as `nn.Linear` and `nn.Conv2d` do."""
    return uniform(1 / sqrt(fan_in(shape)))


def of_kernels(shape: tuple[int, ...]) -> Drawn:
    """Draw as fb.resnet.torch does: the variance is 2 over the numbers of a kernel's outputs."""
    return normal(sqrt(2 / (shape[0] * prod(shape[2:]))))


def of_inputs(shape: tuple[int, ...]) -> Drawn:
    """Draw as LeNet-5 does: up to 2.4 over the inputs of a unit (LeCun et al. 1998, appendix A)."""
    return uniform(2.4 / fan_in(shape))


ZERO, ONE = Given((0.0,)), Given((1.0,))
NORM = {r"(norm|bn|ln_\w|LayerNorm)\.weight$": ONE, r"(norm|bn|ln_\w|LayerNorm)\.bias$": ZERO}


def class_bias(cells: int, classes: int = 80) -> Given:
    """Give the logarithm of five objects a picture, over its classes and the cells of a map."""
    return Given((log(5 / classes / cells),))


EXPECTED: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Rule]]] = {
    # Hugging Face, BertPreTrainedModel._init_weights; the row of the padding is looked at below
    "bert_base": (
        {"depth": 1, "vocabulary": 3000},
        NORM | {r"embeddings\.weight$": normal(0.02), r"\.weight$": normal(0.02), r"bias$": ZERO},
    ),
    # GPT2PreTrainedModel._init_weights: 0.02 over the root of twice the blocks for `c_proj`
    "gpt2": (
        {"depth": 3, "vocabulary": 3000},
        NORM | {r"c_proj\.weight$": normal(0.02 / sqrt(6)), r"\.weight$": normal(0.02), "s$": ZERO},
    ),
    # ultralytics: Detect.bias_init, DFL, initialize_weights
    "yolov8": (
        {},
        NORM
        | {
            r"dfl\.conv\.weight$": Given(tuple(map(float, range(16)))),
            r"cv2\.\d\.2\.bias$": ONE,
            r"cv3\.0\.2\.bias$": class_bias(80**2),
            r"cv3\.1\.2\.bias$": class_bias(40**2),
            r"cv3\.2\.2\.bias$": class_bias(20**2),
            r"\.weight$": torchs_own,
        },
    ),
    # Koch et al. 2015, section 3.3
    "siamese": (
        {},
        {
            r"conv\d\.weight$": normal(0.01),
            r"fc\.weight$": normal(0.2),
            r"bias$": normal(0.01, mean=0.5),
        },
    ),
    "resnet_cifar": ({}, {r"conv\w*\.weight$": of_kernels}),
    "lenet5": (
        {},
        {
            r"s\d\.(weight|bias)$": uniform(2.4 / 4),
            r"\.weight$": of_inputs,
            r"f6\.bias$": uniform(2.4 / 120),
            r"c1\.bias$": uniform(2.4 / 25),
            r"c5\.bias$": uniform(2.4 / 400),
        },
    ),
}
"""By the spec: parameters that keep it small, and its rules, of which the first that fits holds."""

UNTOLD = {"resnet_cifar", "lenet5"}
"""Specs of which the references do not say how each weight begins."""

FROZEN = {"yolov8": 16, "lenet5": 10 * 84}
"""By the spec, how many weights never learn."""

SPECS = sorted(SHIPPED.glob("*.yaml"))


def wrong(name: str, seed: int) -> Iterator[str]:
    """Name the weights that begin otherwise."""
    parameters, rules = EXPECTED[name]
    torch.manual_seed(seed)
    for key, weight in archspec.load(name, **parameters).to_torch().named_parameters():
        rule = next((rule for text, rule in rules.items() if re.search(text, key)), None)
        if rule is None:
            yield from () if name in UNTOLD else (f"{key}: no rule",)
            continue
        found = rule if isinstance(rule, Drawn | Given) else rule(tuple(weight.shape))
        part = weight[1:] if key.endswith("word_embeddings.weight") else weight
        if not found.fits(part.detach()):
            yield f"{key}: {weight.mean():.4g} ± {weight.std():.4g}, not {found}"


@pytest.mark.parametrize("name", EXPECTED)
def test_weights_begin_as_the_authors_say(name: str) -> None:
    assert list(wrong(name, 0)) == []


def test_the_row_of_the_padding_is_0_and_does_not_learn() -> None:
    """As in Hugging Face's BERT, whatever the rule for embeddings says."""
    model = archspec.load("bert_base", depth=1, vocabulary=50).to_torch()
    weight = model.get_parameter("embeddings.word_embeddings.weight")
    assert not weight[0].any()
    assert weight[1:].any(dim=1).all()


SEVEN = """
#######
.....##
.....##
....##.
...##..
...##..
..##...
..##...
..##...
..##...
.......
.......
"""


def test_what_lenet5_compares_with_are_drawings_of_the_digits() -> None:
    """Ten pictures of 7x12 places, -1 or 1, fixed by hand (LeCun et al. 1998, section II.B)."""
    drawings = archspec.load("lenet5").to_torch().get_parameter("drawings")
    assert drawings.unique().tolist() == [-1, 1]
    assert len(drawings.unique(dim=0)) == 10
    wanted = [1.0 if place == "#" else -1.0 for place in SEVEN if place in "#."]
    assert drawings[7].tolist() == wanted


def test_a_wrong_rule_is_noticed() -> None:
    torch.manual_seed(0)
    drawn = torch.randn(10_000) * 0.02
    assert normal(0.02).fits(drawn)
    assert not normal(0.021).fits(drawn)
    assert not normal(0.02, mean=0.002).fits(drawn)
    assert not uniform(0.02).fits(drawn)
    assert not ONE.fits(torch.full((3,), 1.001))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_what_is_frozen_is_looked_at(path: Path) -> None:
    """A weight that never learns is all that it begins with: each has its numbers above."""
    totals = archspec.load(path).count().totals
    assert totals.frozen == FROZEN.get(path.stem, 0)
