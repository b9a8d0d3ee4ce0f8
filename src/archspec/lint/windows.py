"""Windows that leave pixels out, and those that stand askew."""

from collections.abc import Iterator

from archspec.diagnostics import DroppedPixels, EvenSameKernel
from archspec.graph import Leaf, Module
from archspec.lint.judged import Judged, leaves
from archspec.ops import Window


def dropped_pixels(module: Module) -> Iterator[Judged]:
    """Find the windows larger than 1×1 between which some pixels are never read."""
    for leaf in leaves(module):
        windows = leaf.operation.windows()
        if all(window.kernel == 1 for window in windows):
            continue
        for axis, window in enumerate(windows, 2):
            if window.unread and leaf.outputs[0].shape[axis] != 1:
                yield Judged(leaf, _dropped(leaf, window))
                break


def _dropped(leaf: Leaf, window: Window) -> DroppedPixels:
    spread = f" with `dilation: {window.dilation}`" if window.dilation > 1 else ""
    text = f"`{leaf.name}` never reads {window.unread} of every {window.stride} rows or columns"
    note = f"its windows of {window.kernel}{spread} stand {window.stride} apart"
    help = f"use a `stride` of at most {window.kernel}, or a larger `kernel_size`"
    if window.dilation > 1:
        help = "use a `stride` or a `dilation` of 1"
    return DroppedPixels(text, notes=(note,), help=help)


def even_same_kernel(module: Module) -> Iterator[Judged]:
    """Find even kernels with `padding: same`."""
    for leaf in leaves(module):
        lopsided = [window for window in leaf.operation.windows() if window.is_lopsided]
        if lopsided:
            yield Judged(leaf, _lopsided(leaf, lopsided[0]))


def _lopsided(leaf: Leaf, window: Window) -> EvenSameKernel:
    kernel = window.kernel
    text = f"`padding: same` around the even kernel of `{leaf.name}` is wider at one side"
    extent = window.dilation * (kernel - 1)
    before, after = extent // 2, extent - extent // 2
    note = f"for a kernel of {kernel} it adds {before} at the start and {after} at the end"
    help = f"use an odd `kernel_size`, {kernel - 1} or {kernel + 1}"
    return EvenSameKernel(text, notes=(note,), help=help)
