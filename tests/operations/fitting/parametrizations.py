"""Layers whose weight is made at each call, which many families have."""

from typing import Any

from stricter import Known, Rule, Stricter

from fitting.kinds import Fitting

FITTING: dict[str, Fitting] = {}

PARAMETRIZED = (
    *("bilinear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d"),
    *("conv_transpose3d", "deform_conv2d", "embedding", "embedding_bag", "linear"),
)


def _twice(case: Any) -> bool:
    return bool(case.given.get("weight_norm") and case.given.get("spectral_norm"))


STRICTER: Known = {
    # PyTorch puts one upon the other.
    **{(name, "made_twice"): Stricter(Rule.FORM) for name in PARAMETRIZED},
    # What is added so that nothing is divided by 0 is above 0.
    **{(name, "greater_than"): Stricter(Rule.FINITE) for name in PARAMETRIZED},
    # The second is not looked at where both are given.
    **{(name, "greater_than_equal"): Stricter(Rule.FORM, _twice) for name in PARAMETRIZED},
}
