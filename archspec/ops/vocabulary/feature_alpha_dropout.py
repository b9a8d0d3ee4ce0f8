"""`feature_alpha_dropout`."""

from typing import ClassVar

from archspec.ops.dropping import Dropping
from archspec.ops.normalisation import check_least_rank
from archspec.ops.operation import Sizes, check_floating
from archspec.tensors import Tensor


class FeatureAlphaDropout(Dropping):
    """Does with whole channels of N×C×… what `alpha_dropout` does with single numbers."""

    torch: ClassVar = "nn.FeatureAlphaDropout"

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers in channels."""
        check_least_rank(cls, inputs[0], 2)
        check_floating(cls, inputs[0])
        return {}
