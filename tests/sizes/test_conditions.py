"""What a network asks of its symbols, against every size tried out one by one."""

from math import floor
from random import Random

import pytest
import torch
import torch.nn.functional as F

from archspec.sizes import (
    Condition,
    Size,
    Truth,
    at_least,
    convolved,
    decided,
    divisible,
    equal,
    failing,
    follows,
    needed,
    requirements,
    simplified,
    sizes_of,
    symbol,
)

H, W = symbol("H"), symbol("W")


def conditions_of(*truths: Truth) -> list[Condition]:
    """Give truths of which a test knows that they are conditions."""
    conditions = [truth for truth in truths if isinstance(truth, Condition)]
    assert len(conditions) == len(truths)
    return conditions


class Kept(list[Condition]):
    """A `require` that keeps conditions."""

    def __call__(self, truth: Truth) -> bool:
        if isinstance(truth, Condition):
            self.append(truth)
            return True
        return truth


def said(texts: tuple[str, ...], **values: int) -> bool:
    """Say whether texts hold, which read as Python does."""
    return all(eval(text, {"floor": floor}, values) for text in texts)


def hold(conditions: list[Condition], **values: int) -> bool:
    return all(condition.holds(values) for condition in conditions)


def unet(depth: int, height: Size) -> Kept:
    """Collect the conditions of a U-Net: convolutions, poolings by 2, and joins after doubling."""
    kept, skips = Kept(), []
    for _ in range(depth):
        height = convolved(kept, height, 3, 1, 1, 1)
        skips.append(height)
        height = convolved(kept, height, 2, 2, 0, 1)
    for skip in reversed(skips):
        height = 2 * height
        kept(equal(skip, height))
    return kept


def runs(depth: int, height: int) -> bool:
    """Run such a U-Net in PyTorch, on the meta device."""
    x, skips = torch.empty(1, 1, height, 64, device="meta"), []
    try:
        for _ in range(depth):
            skips.append(x)
            x = F.max_pool2d(x, 2)
        for skip in reversed(skips):
            x = F.conv_transpose2d(x, torch.empty(1, 1, 2, 2, device="meta"), stride=2)
            x = torch.cat([skip, x], dim=1)[:, :1]
    except RuntimeError:
        return False
    return True


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_a_unet_asks_for_what_pytorch_takes(depth: int) -> None:
    kept = unet(depth, H)
    taken = [height for height in range(1, 201) if runs(depth, height)]
    assert [height for height in range(1, 201) if hold(kept, H=height)] == taken
    assert simplified(kept) == (f"H % {2**depth} == 0",)
    assert sizes_of("H", kept).first(len(taken)) == tuple(taken)


def test_of_a_unet_the_last_join_is_what_matters() -> None:
    kept = unet(4, H)
    assert [str(kept[place]) for place in needed(kept)] == ["H == 16*floor(H / 16)"]
    assert all(follows(condition, kept[-1:]) for condition in kept)
    assert not follows(kept[-1], kept[:-1])


@pytest.mark.parametrize(
    ("conditions", "texts"),
    [
        ([divisible(H, 4), divisible(H, 6)], ("H % 12 == 0",)),
        ([divisible(H, 16), at_least(H, 33)], ("H % 16 == 0", "H >= 48")),
        ([at_least(H // 4, 2), at_least(H, 3)], ("H >= 8",)),
        ([at_least(9, H)], ("H <= 9",)),
        ([at_least(9, H), divisible(H, 2)], ("H in (2, 4, 6, 8)",)),
        ([equal(H, 7)], ("H == 7",)),
        ([equal((H + 1) // 2, (H + 2) // 2)], ("H % 2 == 1",)),
        ([equal(H // 8, 2 * (H // 16))], ("H % 16 < 8",)),
        ([divisible(H * (H + 1), 4)], ("H % 4 in (0, 3)",)),
        ([divisible(H, 2), divisible(W, 3)], ("H % 2 == 0", "W % 3 == 0")),
        ([equal(H, W), divisible(W, 4)], ("H % 4 == 0", "H == W")),
        ([equal(H, W), equal(H // 2, W // 2)], ("H == W",)),
        ([at_least(H + W, 20), at_least(H, 12), at_least(W, 8)], ("H >= 12", "W >= 8")),
        ([at_least(H + W, 20), at_least(H, 12)], ("H >= 12", "H + W >= 20")),
        ([divisible(H * W, 32), divisible(H, 8), divisible(W, 4)], ("H % 8 == 0", "W % 4 == 0")),
        ([equal(symbol("N") * H, 8 * symbol("N"))], ("H == 8",)),
        ([], ()),
    ],
)
def test_words_for_sets(conditions: list[Condition], texts: tuple[str, ...]) -> None:
    assert simplified(conditions) == texts


def test_conditions_that_exclude_each_other_are_told_with_those_that_do() -> None:
    conditions = conditions_of(at_least(H, 4), divisible(H, 2), equal(H % 4, 1), divisible(W, 2))
    never, free = requirements(conditions)
    assert (never.possible, free.possible) == (False, True)
    assert never.conditions == (1, 2)
    assert never.texts == ("no size of H",)


def test_what_two_symbols_exclude_is_impossible() -> None:
    conditions = conditions_of(divisible(H, 2), equal(W % 2, 1), equal(H, W + 2))
    assert [found.possible for found in requirements(conditions)] == [True, True, False]


def test_a_condition_that_cannot_be_solved_stands_as_it_is() -> None:
    hard = equal(H // 61 + H // 67 + H // 71, H)
    assert simplified(conditions_of(hard, divisible(H, 2))) == ("H % 2 == 0", str(hard))


def test_the_first_of_equal_conditions_is_needed() -> None:
    conditions = conditions_of(at_least(H, 4), divisible(H, 2), at_least(2 * H, 8), divisible(H, 2))
    assert needed(conditions) == [0, 1]


def test_failing_conditions_are_told_by_their_places() -> None:
    assert failing(unet(2, H), {"H": 5}) == [4]
    assert failing(unet(2, H), {"H": 8}) == []


# --- random conditions ------------------------------------------------------------------------

LENGTHS = range(1, 241)


def random_size(random: Random, depth: int) -> Size:
    """Windows and floors of `H`, and sums of them."""
    kind = random.choice(["symbol", "number", "+", "*", "//", "//", "%"]) if depth else "symbol"
    if kind == "number":
        return random.randint(-5, 9)
    if kind == "symbol":
        return H
    size = random_size(random, depth - 1)
    if kind == "+":
        return size + random_size(random, depth - 1)
    if kind == "*":
        return size * random.choice([-2, -1, 2, 3])
    divisor = random.choice([2, 2, 3, 4])
    return size // divisor if kind == "//" else size % divisor


def random_condition(random: Random) -> Condition:
    while True:
        a, b = random_size(random, 3), random_size(random, 2)
        truth = random.choice([equal(a, b), at_least(a, b), divisible(a, random.randint(2, 6))])
        if isinstance(truth, Condition):
            return truth


def exactly_said(conditions: list[Condition]) -> bool:
    """Check what is said of conditions over `H` at every length; give whether one holds."""
    held = [hold(conditions, H=height) for height in LENGTHS]
    found = requirements(conditions)
    if all(requirement.possible for requirement in found):
        texts = simplified(conditions)
        assert [said(texts, H=height) for height in LENGTHS] == held, (conditions, texts)
    else:
        assert not any(held)
    kept = [conditions[place] for place in needed(conditions)]
    assert [hold(kept, H=height) for height in LENGTHS] == held
    sizes = sizes_of("H", conditions)
    assert [sizes.has(height) for height in LENGTHS] == held
    fitting = [height for height, fits in zip(LENGTHS, held, strict=True) if fits]
    assert list(sizes.first(len(fitting))) == fitting
    return bool(fitting)


def test_what_is_said_of_one_symbol_is_exactly_so() -> None:
    random = Random(0)
    satisfied = 0
    for _ in range(150):
        conditions = [random_condition(random) for _ in range(random.randint(1, 3))]
        satisfied += exactly_said(conditions)
    assert satisfied > 50


def test_what_is_said_of_two_symbols_is_exactly_so() -> None:
    random = Random(1)
    grid = [{"H": height, "W": width} for height in range(1, 26) for width in range(1, 26)]
    satisfied = 0
    for _ in range(80):
        conditions = random_pair(random)
        held = [hold(conditions, **values) for values in grid]
        if not all(requirement.possible for requirement in requirements(conditions)):
            assert not any(held)
            continue
        texts, kept = simplified(conditions), [conditions[place] for place in needed(conditions)]
        assert [said(texts, **values) for values in grid] == held, (conditions, texts)
        assert [hold(kept, **values) for values in grid] == held
        satisfied += any(held)
    assert satisfied > 25


def random_pair(random: Random) -> list[Condition]:
    """Give a condition over `H`, one over `W`, and one over both."""
    width = decided(random_condition(random), {"H": W})
    mixed = random.choice([equal(H, W), decided(random_condition(random), {"H": H + W})])
    found = [random_condition(random), width, mixed]
    return [truth for truth in found if isinstance(truth, Condition)]
