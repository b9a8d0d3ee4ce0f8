"""Files: what is refused, with its reason, and what is left when writing goes wrong."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from archspec.source import files
from archspec.source.files import FileError, read_file, write_file

LIMIT = 1000
NOBODY = 65534


def test_reads_no_more_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "long.yaml"
    path.write_bytes(b"x" * 2 * LIMIT)
    assert read_file(path, LIMIT) == b"x" * LIMIT


def refusal(path: Path) -> str:
    with pytest.raises(FileError) as caught:
        read_file(path, LIMIT)
    assert caught.value.name == str(path)
    return caught.value.reason


def test_refuses_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dead").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").touch()
    assert refusal(tmp_path) == "is a folder, not a file"
    assert refusal(tmp_path / "pipe") == "is a pipe or a device, not a file"
    assert refusal(Path("/dev/zero")) == "is a pipe or a device, not a file"
    assert refusal(tmp_path / "nothing") == "there is no such file"
    assert refusal(tmp_path / "dead") == "there is no such file"
    assert refusal(tmp_path / "loop") == "too many levels of symbolic links"
    assert refusal(tmp_path / "file" / "x") == "part of the path is a file, not a folder"
    assert refusal(tmp_path / ("x" * 300)) == "file name too long"


@contextmanager
def without_privileges() -> Iterator[None]:
    """Let root, too, be refused what others are."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that every user may enter, unlike `tmp_path`."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_refuses_an_unreadable_file(open_folder: Path) -> None:
    path = open_folder / "secret.yaml"
    path.touch(mode=0)
    with without_privileges():
        assert refusal(path) == "permission denied"


def test_writes_with_the_permissions_that_the_user_wants(tmp_path: Path) -> None:
    old = os.umask(0o027)
    try:
        write_file(tmp_path / "new", b"text")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640


def test_replaces_a_file_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["old"]


def refused_write(path: Path, *inputs: Path) -> str:
    with pytest.raises(FileError) as caught:
        write_file(path, b"new", inputs)
    return caught.value.reason


def test_does_not_write_onto_the_input(tmp_path: Path) -> None:
    spec, link = tmp_path / "spec.yaml", tmp_path / "link.yaml"
    spec.write_bytes(b"old")
    os.link(spec, link)
    reason = "is read for this, and would be overwritten"
    assert refused_write(spec, spec) == reason
    assert refused_write(tmp_path / ".." / tmp_path.name / "spec.yaml", spec) == reason
    assert refused_write(link, spec) == reason
    assert spec.read_bytes() == b"old"


def test_does_not_write_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    for name, target in {"link": "target", "dead": "nothing"}.items():
        (tmp_path / name).symlink_to(tmp_path / target)
        reason = "is a symbolic link, which is not written through"
        assert refused_write(tmp_path / name) == reason
    assert (tmp_path / "target").read_bytes() == b"old"
    assert not (tmp_path / "nothing").exists()


def test_does_not_replace_a_folder(tmp_path: Path) -> None:
    assert refused_write(tmp_path) == "is a folder, not a file"


def test_a_device_is_written_to_and_stays_one() -> None:
    write_file(Path("/dev/null"), b"new")
    assert Path("/dev/null").is_char_device()
    assert refused_write(Path("/dev/full")) == "no space left on device"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        received = pool.submit(pipe.read_bytes)
        write_file(pipe, b"new")
        assert received.result(timeout=10) == b"new"
    assert pipe.is_fifo()


def test_names_the_folder_that_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    assert refused_write(folder / "x.svg") == f"the folder `{folder}` does not exist"
    folder.touch()
    assert refused_write(folder / "x.svg") == f"`{folder}` is a file, not a folder"


def test_says_what_is_read_only(open_folder: Path) -> None:
    inner = open_folder / "inner"
    inner.mkdir(mode=0o555)
    owned = open_folder / "owned"
    owned.mkdir()
    owned.chmod(0o777)
    (owned / "x.svg").touch(mode=0o444)
    with without_privileges():
        assert refused_write(inner / "x.svg") == f"the folder `{inner}` is read-only"
        assert refused_write(owned / "x.svg") == "is read-only"


FAILURES = {
    "a full disk": OSError(28, "No space left on device"),
    "an interrupt": KeyboardInterrupt(),
}


@pytest.mark.parametrize("error", FAILURES.values(), ids=FAILURES.keys())
def test_leaves_the_old_file_and_nothing_else_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def write_half(path: Path, data: bytes) -> None:
        path.write_bytes(data[:1])
        raise error

    path = tmp_path / "old"
    path.write_bytes(b"old")
    monkeypatch.setattr(files, "_create", write_half)
    with pytest.raises((FileError, KeyboardInterrupt)):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old"]


def test_reports_a_disk_that_is_full(tmp_path: Path) -> None:
    """A process that may write no more than 1,000 bytes to a file stands for a small disk."""
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from archspec.source.files import FileError, write_file\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: write_file(Path(sys.argv[1]), bytes(5000))\n"
        "except FileError as error: print(error.reason)\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "x.svg")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "file too large\n"
    assert os.listdir(tmp_path) == []
