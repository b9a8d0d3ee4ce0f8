"""The options of a command that reads specs: `--set`, `--variant`, `--input`, `--ops`.

A command on two specs takes the first two for each: `--deep-set`, `--deep-variant`.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from archspec.diagnostics import SpecError
from archspec.operations import from_files, using
from archspec.pipeline import Settings
from archspec.source import read_value

Value = TypeVar("Value")
Body = Callable[..., int]
Sizes = tuple[int | str, ...]

_SIZE = "[0-9]{1,18}|[A-Z][A-Z0-9_]*"
_NAMED_SHAPE = re.compile(rf"(?:(?P<name>[^=]+)=)?(?P<sizes>(?:{_SIZE})(?:[x×](?:{_SIZE}))*)")


def takes_operations(body: Body) -> Body:
    """Add `--ops`, the files of operations of one's own, which specs may name in the command."""

    @wraps(body)
    def command(operations: tuple[str, ...], **rest: Any) -> int:
        with using(from_files(operations)):
            return body(**rest)

    option = click.option(
        "--ops",
        "operations",
        metavar="FILE",
        multiple=True,
        help="Run a file of Python that defines operations of one's own, for specs to name.",
    )
    return option(command)


def takes_settings(body: Body) -> Body:
    """Add the options to a command, whose body receives them as one `settings`."""
    return takes_settings_of("")(body)


def takes_settings_of(*names: str) -> Callable[[Body], Body]:
    """Add the options of several specs; the body receives their settings under their names.

    The input is the same for all of them.
    """

    def decorate(body: Body) -> Body:
        @takes_operations
        @wraps(body)
        def command(inputs: dict[str, Sizes], **rest: Any) -> int:
            for name in names:
                parameters = rest.pop(_argument(name, "parameters"))
                variant = rest.pop(_argument(name, "variant"))
                rest[name or "settings"] = Settings(parameters, variant, inputs)
            return body(**rest)

        options = [make(name) for name in names for make in (_set_option, _variant_option)]
        for option in reversed((*options, _input_option())):
            option(command)
        return command

    return decorate


def read_assignment(text: str) -> tuple[str, object]:
    """Read `name=value`, the value in YAML.

    >>> read_assignment("depths=[3, 4, 23, 3]")
    ('depths', [3, 4, 23, 3])
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"`{text}` is not of the form `name=value`")
    try:
        return name, read_value(value, f"--set {name}")
    except SpecError as error:
        reason = error.diagnostics[0].message
        raise click.BadParameter(f"`{text}` cannot be read, {reason}") from error


def read_shape(text: str) -> tuple[str, Sizes]:
    """Read a shape without the batch, and the name of the input, `input` where there is none.

    A size in capitals is free.

    >>> read_shape("image=3x256x192"), read_shape("3xHxW")
    (('image', (3, 256, 192)), ('input', (3, 'H', 'W')))
    """
    match = _NAMED_SHAPE.fullmatch(text)
    if match is None:
        raise click.BadParameter(f"`{text}` is not a shape such as `3x256x192`")
    texts = re.split("[x×]", match["sizes"])
    sizes = tuple(int(text) if text.isdigit() else text for text in texts)
    if 0 in sizes:
        raise click.BadParameter(f"every size in `{text}` must be at least 1")
    return match["name"] or "input", sizes


def _set_option(name: str) -> Callable[[Body], Body]:
    network = f" of the {name} network" if name else ""
    return click.option(
        _flag(name, "set"),
        _argument(name, "parameters"),
        metavar="NAME=VALUE",
        multiple=True,
        callback=_each_once(read_assignment),
        help=f"Give a parameter{network} a value, written in YAML: depths=[3,4,23,3].",
    )


def _variant_option(name: str) -> Callable[[Body], Body]:
    return click.option(
        _flag(name, "variant"),
        _argument(name, "variant"),
        metavar="NAME",
        help=f"Take a variant of the {f'{name} spec' if name else 'spec'}.",
    )


def _input_option() -> Callable[[Body], Body]:
    return click.option(
        "--input",
        "inputs",
        metavar="SHAPE",
        multiple=True,
        callback=_each_once(read_shape),
        help="Set the input without its batch: --input 3x256x192, --input image=3x256x192; a size "
        "in capitals is free: --input 3xHxW.",
    )


def _flag(name: str, option: str) -> str:
    return f"--{name}-{option}" if name else f"--{option}"


def _argument(name: str, option: str) -> str:
    return f"{name}_{option}" if name else option


Callback = Callable[[click.Context, click.Parameter, tuple[str, ...]], dict[str, Value]]


def _each_once(read: Callable[[str], tuple[str, Value]]) -> Callback[Value]:
    """Make a callback of click that reads all texts given to an option, each name once."""

    def collect(
        context: click.Context, parameter: click.Parameter, texts: tuple[str, ...]
    ) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for name, value in map(read, texts):
            if name in values:
                raise click.BadParameter(f"`{name}` is given twice")
            values[name] = value
        return values

    return collect
