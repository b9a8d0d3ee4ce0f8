"""What all convolutions check: groups of channels, and borders that are filled from the input."""

from math import gcd

from archspec.diagnostics import ChannelMismatch, WindowTooLarge
from archspec.dimensions import Size, at_least, divisible
from archspec.shapes import Require
from archspec.tensors import Tensor


def split_evenly(
    require: Require, operation: str, x: Tensor, out_channels: int, groups: int
) -> None:
    """Refuse groups that do not divide the channels that go in and those that come out."""
    sizes = {"in_channels": x.channels, "out_channels": out_channels}
    uneven = [name for name, size in sizes.items() if not require(divisible(size, groups))]
    if not uneven:
        return
    split, size = uneven[0], sizes[uneven[0]]
    whose = f"the {size} channels of its input" if split == "in_channels" else f"{split}={size}"
    raise ChannelMismatch(
        f"`{operation}` cannot split {whose} evenly into `groups: {groups}`",
        label=f"reads {x}, {x.channels} channels",
        notes=(
            "the number of channels in the input and in the kernel must match: each kernel "
            "has `in_channels / groups` channels and slides over as many",
        ),
        help=_fitting_groups(x.channels, out_channels),
    )


def _fitting_groups(channels: Size, out_channels: Size) -> str | None:
    """List the groups that divide both numbers of channels."""
    if not isinstance(channels, int) or not isinstance(out_channels, int):
        return None
    common = range(1, min(gcd(channels, out_channels), 64) + 1)
    fit = [str(n) for n in common if channels % n == 0 and out_channels % n == 0]
    return (
        f"`groups` may be {' or '.join(fit)} between {channels} channels in and {out_channels} out"
    )


def check_border(require: Require, mode: str, x: Tensor, padding: tuple[int, ...]) -> None:
    """Refuse a reflected border as large as the input, and a wrapped one larger than it."""
    more = {"reflect": 1, "circular": 0}.get(mode)
    if more is None:
        return
    for size, border in zip(x.shape[2:], padding, strict=True):
        if not require(at_least(size, border + more)):
            raise WindowTooLarge(f"`{mode}` padding of {border} does not fit an input of {size}")
