"""Files that hold a `state_dict`: PyTorch's, of which only tensors are read, and safetensors."""

import io
from collections.abc import Iterable, Mapping
from itertools import accumulate, takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings

from archspec.graph import Network, instances, key_of
from archspec.source.files import FileError, reason_of, require_regular
from archspec.weights.copies import CannotGrow

if TYPE_CHECKING:
    import torch

State = Mapping[str, "torch.Tensor"]

_SAFE = ".safetensors"


class NoWeights(FileError):
    """A file that was read and is no `state_dict`; `help` says where in it one may be."""

    def __init__(self, path: Path, reason: str, help: str | None = None) -> None:
        super().__init__(str(path), reason)
        self.help = help


def read_weights(path: Path, entry: str = "", prefix: str = "") -> "dict[str, torch.Tensor]":
    """Read a `state_dict`; a file that holds anything but tensors by their names is refused.

    It may be the `entry` of a checkpoint, and a `prefix` of all names is left out.
    """
    content = _entry(path, _read(path), entry) if entry else _read(path)
    if not isinstance(content, Mapping) or not _are_tensors(content):
        where = f"`{entry}` in it " if entry else ""
        reason = f"{where}holds {_described(content)}, not tensors by their names alone"
        inner = _names_of_weights(content)
        help = f"the weights may be an entry of it: `--entry {inner[0]}`" if inner else None
        raise NoWeights(path, reason, help)
    odd = next((name for name in content if not name.startswith(prefix)), None)
    if odd is not None:
        raise NoWeights(path, f"has `{odd}`, which does not begin with `{prefix}`")
    return {name.removeprefix(prefix): tensor for name, tensor in content.items()}


def check_prefix(path: Path, weights: State, network: Network) -> None:
    """Raise `CannotGrow` that names the prefix where all names have one, and fit without it.

    So do those of `nn.DataParallel`, `module.`, and of `torch.compile`, `_orig_mod.`.
    """
    names = {key_of(at, name) for at, leaf in instances(network.model) for name in leaf.state}
    for prefix in _prefixes(weights):
        if {name.removeprefix(prefix) for name in weights} == names:
            raise CannotGrow(
                f"begin with `{prefix}`, and those of the network do not",
                f"all names in `{path}`",
                help=f"leave it out with `--prefix {prefix}`",
            )


def weights_as_bytes(state: State, name: str) -> bytes:
    """Write a `state_dict` as the suffix of the file says, PyTorch's unless `.safetensors`."""
    import torch

    if Path(name).suffix == _SAFE:
        from safetensors.torch import save

        data: bytes = save({key: tensor.contiguous() for key, tensor in state.items()})
        return data
    buffer = io.BytesIO()
    torch.save(dict(state), buffer)
    return buffer.getvalue()


def _read(path: Path) -> object:
    require_regular(path)
    try:
        return _read_safetensors(path) if path.suffix == _SAFE else _read_torch(path)
    except OSError as error:
        raise FileError(str(path), reason_of(error)) from error


def _read_torch(path: Path) -> object:
    import torch

    try:
        with catch_warnings(action="ignore"):  # of how the file was written
            return torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # its reader stumbles over what is no pickle in any way
        reason = "is no file of weights that can be read safely: it is damaged, or holds code"
        raise NoWeights(path, reason) from error


def _read_safetensors(path: Path) -> object:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return load_file(path)
    except SafetensorError as error:
        raise NoWeights(path, "is no file of safetensors, or is damaged") from error


def _entry(path: Path, content: object, entry: str) -> object:
    if isinstance(content, Mapping) and entry in content:
        return content[entry]
    raise NoWeights(path, f"has no entry `{entry}`: it holds {_described(content)}")


def _names_of_weights(content: object) -> list[str]:
    """Name the entries that are tensors by their names."""
    entries = content.items() if isinstance(content, Mapping) else ()
    return [str(n) for n, it in entries if isinstance(it, Mapping) and it and _are_tensors(it)]


def _are_tensors(content: Mapping[object, object]) -> bool:
    import torch

    return all(isinstance(k, str) and isinstance(it, torch.Tensor) for k, it in content.items())


def _described(content: object) -> str:
    """Say what a file holds.

    >>> _described({"state_dict": {}, "epoch": 3})
    '`state_dict`, `epoch`'
    """
    if not isinstance(content, Mapping):
        return f"a {type(content).__name__}"
    names = [f"`{name}`" for name in content]
    return ", ".join(names if len(names) < 4 else [*names[:3], "…"])


def _prefixes(names: Iterable[str]) -> list[str]:
    """Give all that every name begins with, up to a point.

    >>> _prefixes(["module.model.fc.weight", "module.model.fc.bias", "module.model.a"])
    ['module.', 'module.model.']
    """
    columns = zip(*(name.split(".")[:-1] for name in names), strict=False)
    common = takewhile(lambda column: len(set(column)) == 1, columns)
    return list(accumulate(f"{column[0]}." for column in common))
