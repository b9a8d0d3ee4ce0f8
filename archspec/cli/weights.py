"""Files of weights: PyTorch's, of which nothing but tensors is read, and safetensors."""

import io
from collections.abc import Iterable, Mapping
from itertools import accumulate, takewhile
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings

from archspec.cli.exits import Exit, Failure
from archspec.files import FileError, reason_of, require_regular
from archspec.graph import Network, instances, key_of

if TYPE_CHECKING:
    import torch

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
