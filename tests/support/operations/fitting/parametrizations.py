"""Layers whose weight is made at each call, which many families have."""

from support.operations.fitting.kinds import Fitting, made_twice
from support.operations.stricter import Known, Rule, Stricter

FITTING: dict[str, Fitting] = {}

_OTHERS = ("bilinear", "embedding", "embedding_bag", "linear")
_CONVOLUTIONS = (
    *("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"),
    "deform_conv2d",
)

STRICTER: Known = {
    # PyTorch puts one upon the other, and here the second is not looked at.
    **{(name, "out_of_range"): Stricter(Rule.FORM, made_twice) for name in _OTHERS},
    **{(name, "greater_than_equal"): Stricter(Rule.FORM, made_twice) for name in _CONVOLUTIONS},
    # What is added so that nothing is divided by 0 is above 0.
    **{(name, "greater_than"): Stricter(Rule.FINITE) for name in (*_OTHERS, *_CONVOLUTIONS)},
}
