"""`archspec new`: a spec of one's own to start from, with comments and counted figures."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Generic, TypeVar

import click

from archspec.analysis import count
from archspec.cli.failures import Exit
from archspec.cli.input_output import STDOUT, deliver
from archspec.cli.output_options import takes_color
from archspec.cli.terminal import notify
from archspec.emit.code import class_name
from archspec.graph import Network
from archspec.pipeline import compile
from archspec.source import read
from archspec.source.files import FileError, require_folder

_BLOCKS = Path(__file__).with_name("new_blocks.yaml").read_text(encoding="utf-8")
_EACH_BLOCK = re.split(r"^(?=  \w)", _BLOCKS, flags=re.MULTILINE)[1:]

BLOCKS = {text.partition(":")[0].strip(): text for text in _EACH_BLOCK}
"""The text of each block by its name."""

LONGEST_NAME = 60

HALVED = "From here on the first block halves height and width: that pays for twice the channels."
CLAIMED = """\
# Counted when this was written. If a change moves a figure, `validate` says so: where it was
# meant to, write the new one.
expect:"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants: `shape` is channels, height and width, the last two perhaps symbols.

    `depths` has the number of blocks of each stage; the first layer gives `width` channels.
    """

    shape: Sequence[int | str]
    classes: int
    depths: Sequence[int]
    width: int
    block: str


def most_stages(shape: Sequence[int | str]) -> int | None:
    """Say how many stages a picture allows: each but the first halves it, and 2 pixels must remain.

    >>> most_stages((1, 8, 8)), most_stages((3, 1, 1)), most_stages((3, "H", "W"))
    (3, 0, None)
    """
    sides = [size for size in shape[1:] if isinstance(size, int)]
    return max((side - 1).bit_length() for side in sides) if len(sides) == len(shape) - 1 else None


def network_name(stem: str) -> str:
    """Make the name of a network of that of its file, so that the emitted class has it, too.

    >>> network_name("my_net"), network_name("resnet-20"), network_name("übung 3")
    ('MyNet', 'Resnet20', 'Ubung3')
    """
    return class_name(stem)[:LONGEST_NAME]


def new_spec(wish: Wish, name: str) -> str:
    """Write the spec of a network, and claim of it what it is now."""
    text = "\n".join([_head(wish, name), f"blocks:\n{BLOCKS[wish.block]}", *_layers(wish)])
    outcome = compile(read(text, f"{name}.yaml"))
    assert outcome.network is not None  # impossible wishes were refused before
    return "\n".join([text, "", *_claims(outcome.network)]) + "\n"


def _head(wish: Wish, name: str) -> str:
    return f"""\
archspec: 1
name: {name}

params:                       # try others without an edit: `--set width={2 * wish.width}`
{_noted(f"  depths: {_listed(wish.depths)}", "blocks of each stage")}
{_noted(f"  width: {wish.width}", "channels of the first layer; later stages double them")}
{_noted(f"  num_classes: {wish.classes}", "")}

{_noted(f"input: {_listed(('N', *wish.shape))}", "batch, channels, height, width")}
"""


def _layers(wish: Wish) -> Iterator[str]:
    yield "layers:"
    yield "  conv: {op: conv2d, out_channels: width, kernel_size: 3, padding: 1, bias: false}"
    yield "  bn: batch_norm2d"
    yield "  relu: relu"
    for stage in range(len(wish.depths)):
        if stage == 1:
            yield f"  # {HALVED}"
        yield _stage(wish.block, stage)
    yield "  pool: {op: adaptive_avg_pool2d, output_size: 1}    # the mean of each map"
    yield "  flatten: flatten"
    yield "  fc: {op: linear, out_features: num_classes}    # scores, as cross_entropy wants them"


def _stage(block: str, stage: int) -> str:
    planes = f"{2**stage} * width" if stage else "width"
    first = ", first: {stride: 2}" if stage else ""
    keys = f'block: {block}, planes: {planes}, repeat: "depths[{stage}]"{first}'
    return f"  stage{stage + 1}: {{{keys}}}"


def _claims(network: Network) -> Iterator[str]:
    """Claim what was counted; the MACs only where they are one number for all sizes."""
    counted = count(network)
    macs = counted.totals.macs.value
    yield CLAIMED
    yield f"  params: {counted.totals.parameters:_}"
    if isinstance(macs, int):
        yield f"  macs: {macs:_}"
    yield _noted(f"  depth: {counted.depth}", "weighted layers on the longest path")
    yield f"  output: {_listed(('N', *counted.outputs[0].shape))}"


def _noted(text: str, comment: str) -> str:
    """Put a comment behind a line, where comments begin or later."""
    return f"{text:<29} # {comment}" if comment else text


def _listed(items: Sequence[object]) -> str:
    return f"[{', '.join(map(str, items))}]"


Value = TypeVar("Value")
Command = TypeVar("Command", bound=Callable[..., object])
Shape = tuple[int | str, ...]
Stages = tuple[int, ...]

# With these no figure of the network is beyond what a spec can hold, 2^63.
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
        """Take the value of the option, else ask, else take the default."""
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
    shape = tuple(it if it.isalpha() else _number(it, most=LARGEST_SIZE) for it in parts)
    if "N" in shape:
        raise click.BadParameter(f"`N` in `{text}` is the batch: take another letter")
    if most_stages(shape) == 0:
        raise click.BadParameter(f"`{text}` is a single pixel, and no picture")
    return shape


def _read_stages(text: str) -> Stages:
    stages = tuple(_number(part.strip(), most=MOST_BLOCKS) for part in text.split(","))
    if len(stages) > MOST_STAGES:
        raise click.BadParameter(f"`{text}` has {len(stages)} stages, more than {MOST_STAGES}")
    return stages


def _read_block(text: str) -> str:
    if text not in BLOCKS:
        names = ", ".join(f"`{name}`" for name in BLOCKS)
        raise click.BadParameter(f"`{text}` is none of {names}")
    return text


def _number(text: str, *, most: int) -> int:
    number = int(text) if re.fullmatch("[0-9]{1,9}", text) else 0
    if not 1 <= number <= most:
        raise click.BadParameter(f"`{text}` is not a whole number from 1 to {most:,}")
    return number


SHAPE = Question(
    "--input", "CxHxW", "Channels x height x width of the input", "3x32x32", _read_shape
)
CLASSES = Question(
    "--classes", "NUMBER", "Number of classes", "10", partial(_number, most=MOST_CLASSES)
)
STAGES = Question("--stages", "B,B,…", "Blocks of each stage", "2,2,2", _read_stages)
WIDTH = Question(
    "--width", "NUMBER", "Channels of the first layer", "16", partial(_number, most=LARGEST_WIDTH)
)
BLOCK = Question("--block", "KIND", f"Kind of block: {', '.join(BLOCKS)}", "residual", _read_block)


@click.command("new")
@click.argument("name", metavar="NAME.yaml")
@SHAPE.option
@CLASSES.option
@STAGES.option
@WIDTH.option
@BLOCK.option
@click.option("--yes", "-y", is_flag=True, help="Take the defaults without asking.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@takes_color
def command(
    name: str,
    input: Shape | None,
    classes: int | None,
    stages: Stages | None,
    width: int | None,
    block: str | None,
    yes: bool,
    force: bool,
) -> int:
    """Write a spec of your own to start from.

    It takes a picture and gives scores of classes. What no option says is asked on a terminal, and
    has its default elsewhere. A capital is a free size: --input 3xHxW. The network is called after
    the file: my_net.yaml holds MyNet. A `-` writes to stdout, and asks nothing.
    """
    _require_free(name, force)
    asks = not yes and name != STDOUT and sys.stdin is not None and sys.stdin.isatty()
    shape = SHAPE.answer(input, asks=asks)
    wish = Wish(
        shape=shape,
        classes=CLASSES.answer(classes, asks=asks),
        depths=fitting(stages_of(shape).answer(stages, asks=asks), shape),
        width=WIDTH.answer(width, asks=asks),
        block=BLOCK.answer(block, asks=asks),
    )
    network = "MyNet" if name == STDOUT else network_name(Path(name).stem)
    deliver(new_spec(wish, network).encode(), name)
    if name != STDOUT:
        notify(f"next: `archspec validate {quote(name)}`, then `count`, `draw` and `build`")
    return Exit.GOOD


def _require_free(name: str, force: bool) -> None:
    """Refuse a name by which no spec is called, and a file that is there."""
    path = Path(name)
    if name == STDOUT:
        return
    if path.suffix not in (".yaml", ".yml"):
        raise click.UsageError(f"`{name}` does not end in .yaml; did you mean `{name}.yaml`?")
    require_folder(path)
    if path.is_file() and not force:
        raise FileError(name, "is there already; `--force` replaces it")
