"""Operations by their names and arguments, as a spec gives them."""

from typing import Any

from archspec.operations import ModuleOperation, Operation, load


def operation(name: str, **arguments: Any) -> Operation:
    """Make an operation; which arguments it takes, only its class can say.

    >>> operation("reshape", shape=[1, -1]).op()
    'reshape'
    """
    return load(name)(**arguments)


def layer(name: str, **arguments: Any) -> ModuleOperation:
    """Make an operation of which PyTorch has a module.

    >>> layer("conv2d", out_channels=8, kernel_size=3).op()
    'conv2d'
    """
    built = operation(name, **arguments)
    assert isinstance(built, ModuleOperation)
    return built
