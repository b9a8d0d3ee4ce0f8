"""What `archspec new` wants to know: by options, or by questions where somebody can answer."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import click

from archspec.cli.new_blocks import BLOCKS
from archspec.cli.new_spec import most_stages

Value = TypeVar("Value")
Command = TypeVar("Command", bound=Callable[..., object])
Shape = tuple[int | str, ...]
Stages = tuple[int, ...]

# So that no figure of the network is beyond what a spec can hold, 2^63.
MOST_STAGES = 10
MOST_BLOCKS = 300
LARGEST_WIDTH = 2048
LARGEST_SIZE = 4096
MOST_CLASSES = 1_000_000

_SHAPE = re.compile("[0-9]+[x×]([0-9]+|[A-Z])[x×]([0-9]+|[A-Z])")


@dataclass(frozen=True, slots=True)
class Question(Generic[Value]):
    """A question, its option, and how both are read; `read` raises `click.BadParameter`."""

    flag: str
    metavar: str
    text: str
    default: str
    read: Callable[[str], Value]

    def answer(self, given: Value | None, *, asks: bool) -> Value:
        """Take what the option said, else ask, else take the default."""
        if given is not None:
            return given
        if not asks:
            return self.read(self.default)
        value: Value = click.prompt(self.text, self.default, value_proc=self.read, err=True)
        return value

    def option(self, command: Command) -> Command:
        """Add the option to a command."""
        help = f"{self.text}.  [default: {self.default}]"
        option = click.option(self.flag, metavar=self.metavar, callback=self._given, help=help)
        return option(command)

    def _given(
        self, context: click.Context, option: click.Parameter, text: str | None
    ) -> Value | None:
        return None if text is None else self.read(text)


def stages_of(shape: Shape) -> Question[Stages]:
    """Ask for no more stages than an input allows."""
    most = most_stages(shape) or MOST_STAGES
    default = ",".join(STAGES.default.split(",")[:most])
    return replace(STAGES, default=default, read=lambda text: fitting(_read_stages(text), shape))


def fitting(stages: Stages, shape: Shape) -> Stages:
    """Refuse more stages than an input allows."""
    most = most_stages(shape) or MOST_STAGES
    if len(stages) > most:
        size = "x".join(map(str, shape))
        text = (
            f"`{size}` is too small for {len(stages)} stages, of which each but the first halves "
            f"it: {most} at most"
        )
        raise click.BadParameter(text, param_hint=f"'{STAGES.flag}'")
    return stages


def _read_shape(text: str) -> Shape:
    if _SHAPE.fullmatch(text) is None:
        hint = "channels x height x width, as `3x32x32`, or `3xHxW` for any size"
        raise click.BadParameter(f"`{text}` is not {hint}")
    parts = re.split("[x×]", text)
    shape = tuple(it if it.isalpha() else _number(it, LARGEST_SIZE) for it in parts)
    if "N" in shape:
        raise click.BadParameter(f"`N` in `{text}` is the batch: take another letter")
    if most_stages(shape) == 0:
        raise click.BadParameter(f"`{text}` is a single pixel, and no picture")
    return shape


def _read_stages(text: str) -> Stages:
    stages = tuple(_number(part.strip(), MOST_BLOCKS) for part in text.split(","))
    if len(stages) > MOST_STAGES:
        raise click.BadParameter(f"`{text}` has {len(stages)} stages, more than {MOST_STAGES}")
    return stages


def _read_block(text: str) -> str:
    if text not in BLOCKS:
        known = ", ".join(f"`{name}`" for name in BLOCKS)
        raise click.BadParameter(f"`{text}` is none of {known}")
    return text


def _read_classes(text: str) -> int:
    return _number(text, MOST_CLASSES)


def _read_width(text: str) -> int:
    return _number(text, LARGEST_WIDTH)


def _number(text: str, most: int) -> int:
    number = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
    if not 1 <= number <= most:
        raise click.BadParameter(f"`{text}` is not a whole number from 1 to {most:,}")
    return number


SHAPE = Question(
    "--input", "CxHxW", "Channels x height x width of the input", "3x32x32", _read_shape
)
CLASSES = Question("--classes", "NUMBER", "Number of classes", "10", _read_classes)
STAGES = Question("--stages", "B,B,…", "Blocks of each stage", "2,2,2", _read_stages)
WIDTH = Question("--width", "NUMBER", "Channels of the first layer", "16", _read_width)
BLOCK = Question("--block", "KIND", f"Kind of block: {', '.join(BLOCKS)}", "residual", _read_block)
