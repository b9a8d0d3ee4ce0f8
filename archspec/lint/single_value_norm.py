"""A normalisation over one value."""

from collections.abc import Iterator

from archspec.diagnostics import Instead, Remedy, SingleValueNorm
from archspec.graph import Leaf, Module
from archspec.lint.judged import Judged, called, leaves


def single_value_norm(module: Module) -> Iterator[Judged]:
    """Find normalisations of which a mean is taken of one value, or of one in each sample.

    Over the batch alone, N×C, is what batch normalisation was made for; of maps it says that
    nothing is left of their height and width.
    """
    for leaf in leaves(module):
        values = leaf.operation.normalised(*leaf.inputs)
        if values is None:
            continue
        if values == 1:
            yield Judged(leaf, _nothing(leaf))
        elif values == leaf.inputs[0].batch and leaf.inputs[0].rank > 2:
            yield Judged(leaf, _one_each(leaf))


def _nothing(leaf: Leaf) -> SingleValueNorm:
    text = f"`{called(leaf)}` normalises one value, which gives 0 whatever it is"
    return SingleValueNorm(
        text,
        label=f"reads {leaf.inputs[0]}",
        notes=("a value minus the mean of itself alone is 0",),
        help=Remedy(
            f"leave out `{called(leaf)}`, or normalise over more values, such as several channels",
            Instead("identity"),
        ),
    )


def _one_each(leaf: Leaf) -> SingleValueNorm:
    text = f"`{called(leaf)}` has one value of each channel in a sample to normalise over"
    return SingleValueNorm(
        text,
        label=f"reads {leaf.inputs[0]}",
        notes=("PyTorch refuses to train it with a batch of one",),
        help=Remedy(
            f"leave out `{called(leaf)}`, or normalise over the channels: "
            "`{op: group_norm, num_groups: 1}`",
            Instead("{op: group_norm, num_groups: 1}"),
            Instead("identity"),
        ),
    )
