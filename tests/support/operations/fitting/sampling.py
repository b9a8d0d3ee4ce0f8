"""What reads a map between its pixels: at the places of a grid, in boxes, where offsets say."""

from random import Random
from typing import Any

from archspec.sizes import Tensor
from support.operations.fitting.kinds import SIZES, Arguments, Fitting, Inputs, shape
from support.operations.stricter import Known, Rule, Stricter

_FLOATS = (*("float32",) * 12, "float64", "int64")
_KERNELS = ((1, 1), (1, 2), (2, 2), (2, 3), (3, 1))


def _nearly(random: Random, *sizes: Any) -> tuple[int, ...]:
    """Give sizes, one of them now and then another."""
    found = [int(str(size)) for size in sizes]
    if random.random() < 0.1:
        found[random.randrange(len(found))] = random.choice(SIZES)
    return tuple(found)


def _dtypes(random: Random) -> tuple[str, str]:
    """Draw two dtypes, nearly always one."""
    first = random.choice(_FLOATS)
    return first, first if random.random() < 0.97 else random.choice(_FLOATS)


# --- inputs -----------------------------------------------------------------------------------


def _with_grid(random: Random) -> Inputs:
    """Draw images or volumes and a grid for them."""
    rank = random.choice((2, 2, 3))
    x, (first, second) = shape(random, rank + 2), _dtypes(random)
    return Tensor(x, first), Tensor(_nearly(random, x[0], *shape(random, rank), rank), second)


def _matrices(random: Random) -> Inputs:
    rank, (dtype, _) = random.choice((2, 2, 3)), _dtypes(random)
    return (Tensor(_nearly(random, *shape(random, 1), rank, rank + 1), dtype),)


def _with_boxes(random: Random) -> Inputs:
    first, second = _dtypes(random)
    return Tensor(shape(random, 4), first), Tensor(_nearly(random, *shape(random, 1), 5), second)


def _with_offsets(random: Random) -> Inputs:
    """Draw images, offsets for a small kernel in one group or two, and often a mask."""
    cells = random.choice((1, 2, 3, 4, 6)) * random.choice((1, 1, 1, 2))
    batch, channels, sizes = random.choice((1, 2)), random.choice((2, 4, 6)), (5, 3, 7, 4)
    inner, after = random.sample(sizes, 2), random.sample((*sizes, 2, 1), 2)
    drawn = [(batch, channels, *inner), _nearly(random, batch, 2 * cells, *after)]
    drawn += [_nearly(random, batch, cells, *after)] if random.random() < 0.5 else []
    dtype = "float32" if random.random() < 0.97 else "int64"
    return tuple(Tensor(sizes, dtype) for sizes in drawn)


# --- arguments --------------------------------------------------------------------------------


def _size(random: Random, inputs: Inputs) -> Arguments:
    """Draw a size for as many samples as there are matrices, of their number of dimensions."""
    (theta, *_) = inputs
    rank = int(str(theta.shape[1])) if theta.rank > 1 else 2
    return {"size": list(_nearly(random, theta.batch, *shape(random, rank + 1)))}


def _samples(random: Random, inputs: Inputs) -> Arguments:
    return {"sampling_ratio": random.choice((-1, 0, 1, 2, 3))}


def _window(random: Random, inputs: Inputs) -> Arguments:
    """Draw a kernel for which there are offsets, at steps that give as many places as they have."""
    x, offset, *_ = inputs
    found = [kernel for kernel in _KERNELS if _fits(kernel, offset)] if offset.rank == 4 else []
    if not found or x.rank != 4:
        return {}
    kernel, groups = random.choice(found), random.choice((1, 1, 2))
    each = zip(x.shape[2:], offset.shape[2:], kernel, strict=True)
    steps = [_steps(random, int(str(size)), after, cells) for size, after, cells in each]
    names = ("stride", "padding", "dilation")
    windows = {name: list(pair) for name, pair in zip(names, zip(*steps, strict=True), strict=True)}
    more = {"groups": groups, "out_channels": groups * random.choice((1, 2, 3))}
    return {"kernel_size": list(kernel), **windows, **(more if random.random() < 0.9 else {})}


def _fits(kernel: tuple[int, int], offset: Tensor) -> bool:
    cells = kernel[0] * kernel[1]
    return offset.channels in (2 * cells, 4 * cells)


def _steps(random: Random, size: int, after: Any, cells: int) -> tuple[int, int, int]:
    """Draw stride, padding and dilation with which so many places come out, if there are any."""
    steps = [(s, p, d) for s in (1, 2, 3) for p in (0, 1, 2) for d in (1, 2)]
    fitting = [
        (s, p, d) for s, p, d in steps if (size + 2 * p - d * (cells - 1) - 1) // s + 1 == after
    ]
    return random.choice(fitting or steps)


FITTING = {
    "affine_grid": Fitting(_matrices, _size),
    "deform_conv2d": Fitting(_with_offsets, _window),
    "grid_sample": Fitting(_with_grid),
    "roi_align": Fitting(_with_boxes, _samples),
}

STRICTER: Known = {
    # The text that is written out looks at less than torchvision, which refuses these.
    **{
        ("deform_conv2d", reason): Stricter(Rule.UNSEEN)
        for reason in (
            *("out_of_range", "rank-mismatch", "shape-mismatch", "window-too-large"),
            "window_length",
        )
    },
    # Numbers of 16 bits are computed for some sizes, and refused for others.
    ("affine_grid", "wrong-dtype"): Stricter(Rule.FORM),
    ("deform_conv2d", "wrong-dtype"): Stricter(Rule.WRITTEN),
    **{
        ("roi_align", reason): Stricter(Rule.UNSEEN)
        for reason in ("out_of_range", "shape-mismatch", "window_length", "wrong-dtype")
    },
}
