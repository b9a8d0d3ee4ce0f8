"""Files of weights: PyTorch's, of which nothing but tensors is read, and safetensors."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings

from archspec.files import FileError, reason_of, require_regular

if TYPE_CHECKING:
    import torch

State = Mapping[str, "torch.Tensor"]

_SAFE = ".safetensors"


def read_weights(path: Path) -> "dict[str, torch.Tensor]":
    """Read a `state_dict`; a file that holds anything but tensors by their names is refused."""
    require_regular(path)
    try:
        found = _read_safetensors(path) if path.suffix == _SAFE else _read_torch(path)
    except OSError as error:
        raise FileError(str(path), reason_of(error)) from error
    if not isinstance(found, Mapping) or not _are_tensors(found):
        raise FileError(str(path), f"holds {_named(found)}, not tensors by their names alone")
    return dict(found)


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
