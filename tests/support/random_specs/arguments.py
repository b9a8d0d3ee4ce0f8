"""Values of parameters as an emitted class takes them."""

from collections.abc import Mapping
from functools import partial

from torch import nn

MODULES: Mapping[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "dropout": nn.Dropout,
    "leaky_relu": nn.LeakyReLU,
}


def argument(type_: str, value: object) -> object:
    """Give a value as PyTorch code passes it: a list is a tuple, a layer what makes it.

    A layer that is passed is not in place: who passes one that is, says so himself.

    >>> argument("list", [1, 2])
    (1, 2)
    """
    if type_ == "layer":
        return _layer(value)
    return tuple(value) if isinstance(value, list) else value


def _layer(value: object) -> object:
    keys = {"op": value} if isinstance(value, str) else value
    assert isinstance(keys, Mapping)
    given = {name: item for name, item in keys.items() if name not in ("op", "inplace")}
    return partial(MODULES[str(keys["op"])], **given)
