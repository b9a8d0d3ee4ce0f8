"""Files read within a limit and written whole or not at all."""

import os
import stat
from collections.abc import Iterable
from pathlib import Path


class FileError(Exception):
    """A file that cannot be read or written: its name and the reason.

    >>> print(FileError("vgg.yaml", "there is no such file"))
    `vgg.yaml`: there is no such file
    """

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason
        super().__init__(f"`{name}`: {reason}")


def read_file(path: Path, limit: int) -> bytes:
    """Read at most `limit` bytes of a regular file.

    A folder, a pipe or a device is refused before it is opened: reading it may never end.
    """
    try:
        _require_regular(path)
        with path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise FileError(str(path), reason_of(error)) from error


def write_file(path: Path, data: bytes, inputs: Iterable[Path] = ()) -> None:
    """Replace a file at once by another, so that no reader sees half of it.

    `inputs` are files that must not be overwritten, under whatever name. Links are not followed.
    A device such as `/dev/null` or a pipe is no file to be replaced: it is written to.
    """
    try:
        if is_stream(path):
            path.write_bytes(data)
            return
        mode = _mode_of_target(path, inputs)
        _replace(path, data, mode)
    except OSError as error:
        raise FileError(str(path), reason_of(error)) from error


def is_stream(path: Path) -> bool:
    """Say whether a path leads to a device that takes bytes, or to a pipe.

    >>> is_stream(Path("/dev/null")), is_stream(Path("/"))
    (True, False)
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)


def reason_of(error: OSError) -> str:
    """Say in our words why the system refused.

    >>> reason_of(FileNotFoundError())
    'there is no such file'
    """
    for kind, reason in _REASONS.items():
        if isinstance(error, kind):
            return reason
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


_EFFECTIVE = os.access in os.supports_effective_ids

_REASONS = {
    FileNotFoundError: "there is no such file",
    IsADirectoryError: "is a folder",
    NotADirectoryError: "part of the path is a file, not a folder",
    PermissionError: "permission denied",
}


def require_regular(path: Path) -> None:
    """Raise `FileError` unless a path is a regular file that is there."""
    try:
        _require_regular(path)
    except OSError as error:
        raise FileError(str(path), reason_of(error)) from error


def _require_regular(path: Path) -> None:
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise FileError(str(path), "is a folder, not a file")
    if not stat.S_ISREG(mode):
        raise FileError(str(path), "is a pipe or a device, not a file")


def _mode_of_target(path: Path, inputs: Iterable[Path]) -> int | None:
    """Give the permissions of the file to be replaced, if it is there and may be."""
    require_folder(path)
    if path.is_symlink():
        raise FileError(str(path), "is a symbolic link, which is not written through")
    if not path.exists():
        return None
    _require_regular(path)
    if any(source.exists() and path.samefile(source) for source in inputs):
        raise FileError(str(path), "is read for this, and would be overwritten")
    if not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
        raise FileError(str(path), "is read-only")
    return stat.S_IMODE(path.stat().st_mode)


def require_folder(path: Path) -> None:
    """Raise `FileError` unless a file may be put where a path says."""
    folder = path.parent
    if not folder.exists():
        raise FileError(str(path), f"the folder `{folder}` does not exist")
    if not folder.is_dir():
        raise FileError(str(path), f"`{folder}` is a file, not a folder")
    if not os.access(folder, os.W_OK | os.X_OK, effective_ids=_EFFECTIVE):
        raise FileError(str(path), f"the folder `{folder}` is read-only")


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    temporary = path.with_name(f".archspec-{os.urandom(8).hex()}.tmp")
    try:
        _create(temporary, data)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:  # an interrupt, too, must leave nothing behind
        temporary.unlink(missing_ok=True)
        raise


def _create(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
