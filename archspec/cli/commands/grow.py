"""`archspec grow`: the weights of a deeper or wider network that starts as a trained one."""

import io
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, groupby, takewhile
from math import ceil, log10
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings

import click

from archspec.cli.exits import Exit, Failure
from archspec.cli.manner import takes_color, takes_diagnostics
from archspec.cli.settings import takes_settings_of
from archspec.cli.specs import build_network, default_output, deliver, open_spec
from archspec.cli.terminal import tell, working
from archspec.emit import CannotEmit
from archspec.graph import Network, instances, key_of
from archspec.pipeline import Settings
from archspec.source.files import FileError, reason_of, require_regular
from archspec.weights import CannotGrow, Grown, grow

if TYPE_CHECKING:
    import torch


# Files of weights: PyTorch's, of which nothing but tensors is read, and safetensors.

State = Mapping[str, "torch.Tensor"]

_SAFE = ".safetensors"


def read_weights(path: Path, entry: str = "", prefix: str = "") -> "dict[str, torch.Tensor]":
    """Read a `state_dict`; a file that holds anything but tensors by their names is refused.

    It may be the `entry` of a checkpoint, and a `prefix` of all names is left out.
    """
    found = _entry(path, _read(path), entry) if entry else _read(path)
    if not isinstance(found, Mapping) or not _are_tensors(found):
        where = f"`{entry}` in it " if entry else ""
        reason = f"{where}holds {_named(found)}, not tensors by their names alone"
        inner = _names_of_weights(found)
        help = f"the weights may be an entry of it: `--entry {inner[0]}`" if inner else None
        raise Failure(str(FileError(str(path), reason)), "file", Exit.FILES, help)
    return dict(_without(path, found, prefix))


def check_prefix(path: Path, weights: State, network: Network) -> None:
    """Raise a failure that names the prefix where all names have one, and fit without it.

    So do those of `nn.DataParallel`, `module.`, and of `torch.compile`, `_orig_mod.`.
    """
    names = {key_of(at, name) for at, leaf in instances(network.model) for name in leaf.state}
    fitting = (it for it in _prefixes(weights) if {n.removeprefix(it) for n in weights} == names)
    prefix = next(fitting, None)
    if prefix is None:
        return
    raise Failure(
        f"all names in `{path}` begin with `{prefix}`, and those of the network do not",
        "grow",
        Exit.SPEC,
        f"leave it out with `--prefix {prefix}`",
    )


def _prefixes(names: Iterable[str]) -> list[str]:
    """Give all that every name begins with, up to a point.

    >>> _prefixes(["module.model.fc.weight", "module.model.fc.bias", "module.model.a"])
    ['module.', 'module.model.']
    """
    columns = zip(*(name.split(".")[:-1] for name in names), strict=False)
    common = takewhile(lambda column: len(set(column)) == 1, columns)
    return list(accumulate(f"{column[0]}." for column in common))


def _without(path: Path, weights: State, prefix: str) -> State:
    odd = next((name for name in weights if not name.startswith(prefix)), None)
    if odd is not None:
        raise FileError(str(path), f"has `{odd}`, which does not begin with `{prefix}`")
    return {name.removeprefix(prefix): tensor for name, tensor in weights.items()}


def _entry(path: Path, found: object, entry: str) -> object:
    if isinstance(found, Mapping) and entry in found:
        return found[entry]
    raise FileError(str(path), f"has no entry `{entry}`: it holds {_named(found)}")


def _names_of_weights(found: object) -> list[str]:
    """Name the entries that are tensors by their names."""
    entries = found.items() if isinstance(found, Mapping) else ()
    return [str(n) for n, it in entries if isinstance(it, Mapping) and it and _are_tensors(it)]


def _read(path: Path) -> object:
    require_regular(path)
    try:
        return _read_safetensors(path) if path.suffix == _SAFE else _read_torch(path)
    except OSError as error:
        raise FileError(str(path), reason_of(error)) from error


def weights_as_bytes(state: "State", name: str) -> bytes:
    """Write a `state_dict` as the suffix of the file says, PyTorch's unless `.safetensors`."""
    import torch

    if Path(name).suffix == _SAFE:
        from safetensors.torch import save

        data: bytes = save({key: tensor.contiguous() for key, tensor in state.items()})
        return data
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    return buffer.getvalue()


def _read_torch(path: Path) -> object:
    import torch

    try:
        with catch_warnings(action="ignore"):  # of how the file was written
            return torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # on what is no pickle its reader stumbles in any way
        reason = "is no file of weights that can be read safely: it is damaged, or holds code"
        raise FileError(str(path), reason) from error


def _read_safetensors(path: Path) -> object:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise FileError(str(path), "is no file of safetensors, or is damaged") from error


def _are_tensors(found: Mapping[object, object]) -> bool:
    import torch

    return all(
        isinstance(key, str) and isinstance(value, torch.Tensor) for key, value in found.items()
    )


def _named(found: object) -> str:
    """Say what a file holds.

    >>> _named({"state_dict": {}, "epoch": 3})
    '`state_dict`, `epoch`'
    """
    if not isinstance(found, Mapping):
        return f"a {type(found).__name__}"
    names = [f"`{name}`" for name in found]
    return ", ".join(names if len(names) < 4 else [*names[:3], "…"])


@click.command("grow")
@click.argument("shallow_spec", metavar="SHALLOW")
@click.argument("deep_spec", metavar="DEEP")
@click.option("--weights", required=True, type=click.Path(path_type=Path), help="What it learned.")
@click.option("--entry", default="", help="The entry of a checkpoint that is its weights.")
@click.option("--prefix", default="", help="What all its names begin with, as module., left out.")
@click.option("-o", "--output", help="The file to write.  [default: DEEP's name, .pth]")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="Of what is drawn for new layers.",
)
@takes_settings_of("shallow", "deep")
@takes_diagnostics
@takes_color
def command(
    shallow_spec: str,
    deep_spec: str,
    weights: Path,
    entry: str,
    prefix: str,
    output: str | None,
    seed: int,
    shallow: Settings,
    deep: Settings,
) -> int:
    """Grow a trained network into a deeper or wider one.

    It makes weights of a DEEP network that gives what a SHALLOW one has learned to give. Layers are
    found by name and by stage. New blocks begin as the identity: the weights by which their branch
    ends are 0. Channels may become more: they are copied, and whoever sums over copies divides its
    weights among them. Both networks are then run, in evaluation and in training, and nothing is
    written unless their results are equal within 1e-5 of the largest.

    Files of weights hold a state_dict, and nothing but tensors is read from them. Files that end
    with .safetensors are such.
    """
    small, large = open_spec(shallow_spec, shallow), open_spec(deep_spec, deep)
    networks = build_network(small), build_network(large)
    output = output or default_output(large, "pth")
    learned = read_weights(weights, entry, prefix)
    check_prefix(weights, learned, networks[0])
    with working(f"growing {small.title} into {large.title}"):
        grown = _grown(*networks, learned, seed)
    data = weights_as_bytes(grown.state, output)
    deliver(data, output, weights, *small.inputs, *large.inputs)
    for line in _report(grown):
        tell(line)
    return Exit.GOOD


def _grown(shallow: Network, deep: Network, weights: State, seed: int) -> Grown:
    try:
        return grow(shallow, deep, weights, seed)
    except CannotGrow as error:
        raise Failure(str(error), "grow", Exit.SPEC) from error
    except CannotEmit as error:
        raise Failure(str(error), "emit", Exit.SPEC) from error


def _report(grown: Grown) -> Iterator[str]:
    """Say what became of the weights, and how well the promise is kept."""
    yield f"copied {grown.copied} tensors, widened {grown.widened}"
    if grown.added:
        yield f"new, and the identity at first: {', '.join(_ranges(grown.added))}"
    found = grown.differences
    yield (
        f"checked: the results are equal {_bound(found.evaluation)} in evaluation, and "
        f"{_bound(found.training)} in training"
    )


def _ranges(paths: Iterable[str]) -> Iterator[str]:
    """Tell repetitions that follow each other in one.

    >>> list(_ranges(["layer1.3", "layer1.4", "layer1.5", "layer2.2", "head"]))
    ['layer1.3…5', 'layer2.2', 'head']
    """
    for _, run in groupby(enumerate(paths), key=_place):
        first, *rest = [path for _, path in run]
        yield f"{first}…{rest[-1].rpartition('.')[2]}" if rest else first


def _place(numbered: tuple[int, str]) -> tuple[str, object]:
    """Give what is the same for repetitions that follow each other."""
    index, path = numbered
    prefix, _, last = path.rpartition(".")
    return (prefix, int(last) - index) if last.isdigit() else (path, None)


def _bound(difference: float) -> str:
    """Round a relative difference up to a power of ten.

    >>> _bound(3.2e-8), _bound(0)
    ('within 1e-07', 'to the bit')
    """
    if difference == 0:
        return "to the bit"
    return f"within {10.0 ** ceil(log10(difference)):.0e}"
