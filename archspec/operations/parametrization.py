"""Layers whose weight is made of other numbers at each call: `weight_norm` and `spectral_norm`.

What is kept is no `weight` then, but what PyTorch's `nn.utils.parametrizations` make of it, under
`parametrizations.weight`.
"""

from collections.abc import Collection, Mapping
from math import prod
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from archspec.operations.fields import Count, MappingArgument, Positive, refused
from archspec.operations.operation import ModuleOperation

Shapes = Mapping[str, tuple[int, ...]]

_HOME = "parametrizations.weight"


class _Parametrization(MappingArgument):
    like: ClassVar[str]
    """The parameter that has the shape of the weight."""


class WeightNorm(_Parametrization):
    """A direction and a length in the place of a weight: `g v / |v|`.

    There is a length for each place of `dim`; null and -1 are one for the whole weight. Salimans
    and Kingma, https://arxiv.org/abs/1602.07868.
    """

    like: ClassVar = "original1"
    described: ClassVar = {
        "dim": "The dimension with a length for each place; null for one length."
    }

    dim: int | None = 0

    def weights(self, weight: tuple[int, ...]) -> Shapes:
        """Give the lengths, then the direction."""
        return {f"{_HOME}.original0": self._lengths(weight), f"{_HOME}.original1": weight}

    def _lengths(self, weight: tuple[int, ...]) -> tuple[int, ...]:
        if self.dim is None or self.dim == -1:
            return ()
        place = self.dim % len(weight)
        return tuple(size if axis == place else 1 for axis, size in enumerate(weight))

    def buffers(self, weight: tuple[int, ...], dim: int) -> Shapes:
        """Give none."""
        return {}

    def arguments(self) -> Mapping[str, object]:
        """Give what differs from its default, for PyTorch, whose types know no null here."""
        return {} if self.dim == 0 else {"dim": -1 if self.dim is None else self.dim}


class SpectralNorm(_Parametrization):
    """The weight divided by its largest singular value, which each call in training estimates.

    `dim` is the dimension of what comes out, by itself 0, or 1 in a transposed convolution. Miyato
    et al., https://arxiv.org/abs/1802.05957.
    """

    like: ClassVar = "original"
    described: ClassVar = {
        "dim": "The dimension of what comes out; null for the one that the layer has.",
        "eps": "What norms are at least, so that nothing is divided by 0.",
        "n_power_iterations": "How often each call in training improves the estimate.",
    }

    n_power_iterations: Count = 1
    eps: Positive = 1e-12
    dim: int | None = None

    def weights(self, weight: tuple[int, ...]) -> Shapes:
        """Give the weight before it is divided."""
        return {f"{_HOME}.original": weight}

    def buffers(self, weight: tuple[int, ...], dim: int) -> Shapes:
        """Give both singular vectors; `dim` is that of what comes out, unless another is given."""
        rows = weight[dim if self.dim is None else self.dim]
        return {f"{_HOME}.0._u": (rows,), f"{_HOME}.0._v": (prod(weight) // rows,)}

    def arguments(self) -> Mapping[str, object]:
        """Give what differs from its default."""
        fields = type(self).model_fields.items()
        given = {name: getattr(self, name) for name, field in fields}
        return {name: given[name] for name, field in fields if given[name] != field.default}


def _given(value: Any) -> Any:
    """Take `true` for the arguments that PyTorch has by itself, and `false` for none."""
    if isinstance(value, bool):
        return {} if value else None
    if value is None or isinstance(value, Mapping | BaseModel):
        return value
    raise PydanticCustomError("switch_type", "`true`, `false` or a mapping of arguments")


OptionalWeightNorm = Annotated[WeightNorm | None, BeforeValidator(_given)]
"""Truth value or the arguments of `weight_norm`."""

OptionalSpectralNorm = Annotated[SpectralNorm | None, BeforeValidator(_given)]
"""Truth value or the arguments of `spectral_norm`."""


class ParametrizedOperation(ModuleOperation):
    """A module with a weight that may be made at each call.

    A class declares the fields `weight_norm` and `spectral_norm`, and says what it keeps without
    them in `filled`.
    """

    choosing: ClassVar = frozenset(["weight_norm", "spectral_norm"])

    output_dim: ClassVar[int] = 0
    """The dimension of the weight that has a place for each of what comes out."""

    @property
    def weight_rank(self) -> int:
        """How many dimensions the weight has."""
        return 2

    @model_validator(mode="after")
    def _is_made_in_one_way(self) -> Self:
        named = [name for name in ("weight_norm", "spectral_norm") if getattr(self, name)]
        if len(named) > 1:
            raise refused("`weight_norm` means nothing beside `spectral_norm`")
        made, rank = self.made, self.weight_rank
        if made is not None and made.dim is not None and not -rank <= made.dim < rank:
            raise refused(
                f"`{named[0]}` names dimension {made.dim}, and the weight has {rank} dimensions"
            )
        return self

    @property
    def made(self) -> WeightNorm | SpectralNorm | None:
        """How its weight is made, if it is."""
        given = [getattr(self, name, None) for name in ("weight_norm", "spectral_norm")]
        return next((item for item in given if item is not None), None)

    def weights(self, inferred: Mapping[str, int]) -> Shapes:
        """Give what is filled, or what the weight is made of in its place: that comes last."""
        filled = self.filled(inferred)
        if self.made is None:
            return filled
        others = {name: shape for name, shape in filled.items() if name != "weight"}
        return {**others, **self.made.weights(filled["weight"])}

    def buffers(self, inferred: Mapping[str, int]) -> Shapes:
        """With `spectral_norm`, the singular vectors of the weight."""
        if self.made is None:
            return {}
        return self.made.buffers(self.filled(inferred)["weight"], self.output_dim)

    def made_of(self) -> Mapping[str, str]:
        """Name the weight, if it is made."""
        return {} if self.made is None else {"weight": f"{_HOME}.{self.made.like}"}

    def multipliers(self, weights: Collection[str]) -> Collection[str] | None:
        """Name the lengths and the bias; a weight of 0 has no direction and no singular value."""
        if self.made is None:
            return super().multipliers(weights)
        if isinstance(self.made, SpectralNorm):
            return None
        return [name for name in weights if not name.endswith(self.made.like)]

    def around(self) -> tuple[str, Mapping[str, object]] | None:
        """Give PyTorch's function of what makes the weight, and its arguments."""
        if self.made is None:
            return None
        name = "weight_norm" if isinstance(self.made, WeightNorm) else "spectral_norm"
        return f"nn.utils.parametrizations.{name}", self.made.arguments()
