"""Operations that cut images into windows, move their places, or slide fixed kernels over them."""

from collections.abc import Sequence
from random import Random
from typing import Any

from archspec.sizes import Tensor
from support.operations.fitting.kinds import Arguments, Fitting, Inputs, ranked
from support.operations.stricter import Known, Rule, Stricter

FACTORS = (1, 1, 2, 2, 2, 3)
DTYPES = (*("float32",) * 9, "int64", "bool")


def _image(random: Random, *factors: int) -> Inputs:
    """Draw an image; channels, height and width are multiples of three factors."""
    leading = random.choices((1, 2, 3), k=random.choice((1, 1, 1, 1, 2, 0)))
    last = [random.choice((1, 2, 3, 4)) * factor for factor in factors]
    return (Tensor((*leading, *last), random.choice(DTYPES)),)


def _to_shuffle(random: Random) -> Inputs:
    return _image(random, random.choice(FACTORS) ** 2, 1, 1)


def _to_unshuffle(random: Random) -> Inputs:
    return _image(random, 1, factor := random.choice(FACTORS), factor)


def _to_unfold(random: Random) -> Inputs:
    return _image(random, 1, 2, 2)


def _columns(random: Random) -> Inputs:
    """Draw columns of windows of up to 3×3."""
    rows, columns = random.choice((1, 2, 3)), random.choice((1, 2, 3, 4))
    channels = random.choice((1, 2, 3)) * random.choice((1, 2, 3, 4, 6, 9))
    batch = random.choices((1, 2, 3), k=random.choice((1, 1, 1, 1, 1, 1, 0)))
    return (Tensor((*batch, channels, rows * columns), random.choice(DTYPES)),)


def _put_together(random: Random, inputs: Inputs) -> Arguments:
    """Draw an image that has as many windows as there are columns."""
    *_, channels, count = (1, 1, *(int(str(size)) for size in inputs[0].shape))
    rows = random.choice([number for number in range(1, count + 1) if count % number == 0])
    windows = [(h, w) for h in (1, 2, 3) for w in (1, 2, 3) if channels % (h * w) == 0]
    kernel = random.choice(windows)
    stride, dilation, padding = (random.choices(of, k=2) for of in ((1, 2), (1, 2), (0, 0, 1)))
    each = zip((rows, count // rows), kernel, stride, dilation, padding, strict=True)
    size = [(n - 1) * s + d * (k - 1) + 1 - 2 * p for n, k, s, d, p in each]
    said = {"output_size": size, "kernel_size": list(kernel)}
    return {**said, "stride": stride, "dilation": dilation, "padding": padding}


def _kernel(random: Random, inputs: Inputs) -> Arguments:
    """Draw a known kernel, several of them, or numbers in one or two forms."""
    names = ("edge_detection", "sharpen", "gaussian_blur")
    if random.random() < 0.5:
        return {"kernel": random.choice((random.choice(names), random.choices(names, k=2)))}
    channels = inputs[0].shape[1] if inputs[0].rank > 1 else 1
    size = random.choices((1, 2, 3), k=2)
    drawn = [_numbers(random, [random.choice((channels, channels, 2)), *size])]
    drawn += [_numbers(random, random.choice((size, [3, 2])))] if random.random() < 0.5 else []
    return {"kernel": random.sample(drawn, len(drawn))}


def _numbers(random: Random, sizes: Sequence[Any]) -> Any:
    if not sizes:
        return random.choice((-1, 0, 1, 0.5))
    return [_numbers(random, sizes[1:]) for _ in range(sizes[0])]


def _factor(name: str) -> Any:
    return lambda random, inputs: {name: random.choice(FACTORS)}


def _window(random: Random, inputs: Inputs) -> Arguments:
    return {"kernel_size": random.choice((1, 2, [1, 2], [2, 1]))}


def _without_batch(rank: int) -> Any:
    return lambda case: bool(case.inputs[0].rank == rank)


FITTING = {
    "filter2d": Fitting(ranked(4, 4, 4, 4, 3), _kernel),
    "fold": Fitting(_columns, _put_together),
    "pixel_shuffle": Fitting(_to_shuffle, _factor("upscale_factor")),
    "pixel_unshuffle": Fitting(_to_unshuffle, _factor("downscale_factor")),
    "unfold": Fitting(_to_unfold, _window),
}


STRICTER: Known = {
    ("filter2d", "kernel"): Stricter(Rule.FINITE),
    ("filter2d", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch(3)),
    ("fold", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch(2)),
    ("pixel_shuffle", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch(3)),
    ("pixel_unshuffle", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch(3)),
    ("unfold", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch(3)),
}
