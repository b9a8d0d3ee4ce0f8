"""Windows that leave pixels out, and those that stand askew."""

from collections.abc import Iterator, Sequence

from archspec.diagnostics import DroppedPixels, Entry, EvenSameKernel, Remedy
from archspec.graph import Leaf, Module
from archspec.lint.judged import Judged, called, leaves
from archspec.ops import Window


def dropped_pixels(module: Module) -> Iterator[Judged]:
    """Find the windows larger than 1×1 between which some pixels are never read."""
    for leaf in leaves(module):
        windows = leaf.operation.windows()
        if all(window.kernel == 1 for window in windows):
            continue
        for axis, window in enumerate(windows, 2):
            if window.unread and leaf.outputs[0].shape[axis] != 1:
                yield Judged(leaf, _dropped(leaf, window, _places(windows, axis)))
                break


def _places(windows: Sequence[Window], axis: int) -> str:
    """Name what a window goes over along a dimension of its input."""
    if len(windows) != 2:
        return "places"
    if windows[0] == windows[1]:
        return "rows and columns"
    return "rows" if axis == 2 else "columns"


def _dropped(leaf: Leaf, window: Window, places: str) -> DroppedPixels:
    text = f"`{called(leaf)}` never reads {window.unread} of every {window.stride} {places}"
    note = f"its windows of {_described(window)} stand {window.stride} apart"
    help = f"use a `stride` of at most {window.kernel}, or a larger `kernel_size`"
    if window.dilation > 1:
        help = "use a `stride` or a `dilation` of 1"
    return DroppedPixels(text, notes=(note,), help=help)


def _described(window: Window) -> str:
    """Tell the size of a window, and how it is spread."""
    spread = f" with `dilation: {window.dilation}`" if window.dilation > 1 else ""
    return f"{window.kernel}{spread}"


def even_same_kernel(module: Module) -> Iterator[Judged]:
    """Find even kernels with `padding: same`."""
    for leaf in leaves(module):
        lopsided = [window for window in leaf.operation.windows() if window.is_lopsided]
        if lopsided:
            yield Judged(leaf, _lopsided(leaf, lopsided[0]))


def _lopsided(leaf: Leaf, window: Window) -> EvenSameKernel:
    kernel = window.kernel
    text = f"`padding: same` around the even kernel of `{called(leaf)}` is wider at one side"
    extent = window.dilation * (kernel - 1)
    before, after = extent // 2, extent - extent // 2
    note = (
        f"for a kernel of {_described(window)} it adds {before} at the start and {after} at the end"
    )
    odd = (kernel - 1, kernel + 1) if kernel > 2 else (kernel + 1,)
    either = " or ".join(map(str, odd)) if kernel > 2 else f"such as {kernel + 1}"
    help = f"use an odd `kernel_size`, {either}"
    ways = (Entry("kernel_size", _odd(leaf, number - kernel)) for number in odd)
    return EvenSameKernel(text, notes=(note,), help=Remedy(help, *ways))


def _odd(leaf: Leaf, more: int) -> str:
    """Write the sizes of a kernel, each lopsided one made odd."""
    windows = leaf.operation.windows()
    sizes = [max(one.kernel + more, 3) if one.is_lopsided else one.kernel for one in windows]
    return str(sizes[0] if len(set(sizes)) == 1 else sizes)
