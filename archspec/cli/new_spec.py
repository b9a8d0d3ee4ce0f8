"""The spec of a network of one's own: text with comments, and figures that were counted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archspec.analysis import count
from archspec.cli.new_blocks import BLOCKS
from archspec.emit.code import class_name
from archspec.graph import Network
from archspec.pipeline import compile
from archspec.source import read

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
    assert outcome.network is not None  # what cannot be was refused when it was asked for
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
    found = count(network)
    macs = found.totals.macs.value
    yield CLAIMED
    yield f"  params: {found.totals.parameters:_}"
    if isinstance(macs, int):
        yield f"  macs: {macs:_}"
    yield _noted(f"  depth: {found.depth}", "weighted layers on the longest path")
    yield f"  output: {_listed(('N', *found.outputs[0].shape))}"


def _noted(text: str, comment: str) -> str:
    """Put a comment behind a line, where comments begin or later."""
    return f"{text:<29} # {comment}" if comment else text


def _listed(items: Sequence[object]) -> str:
    return f"[{', '.join(map(str, items))}]"
