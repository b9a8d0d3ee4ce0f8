"""`archspec validate --watch`: what is looked at, and when the work is done again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from itertools import takewhile
from pathlib import Path

import pytest

from archspec.cli.commands.validate import followed, watch
from archspec.cli.main import main

GOOD = "archspec: 1\nname: Good\ninput: [N, 3, 8, 8]\nlayers: [relu]\n"
BAD = GOOD.replace("relu", "rellu")

Step = Callable[[], object]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("net.yaml").write_text(GOOD)
    return tmp_path


def seen(names: list[str], steps: Iterable[Step], read: str = "net.yaml") -> list[str | None]:
    """Watch while something happens at each look: what the file was each time it was checked."""
    path, waiting, found = Path(read), iter(steps), []

    def work() -> None:
        found.append(path.read_text() if path.exists() else None)

    def pause() -> None:
        step = next(waiting, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    with pytest.raises(KeyboardInterrupt):
        watch(names, work, pause)
    return found


def write(name: str, text: str) -> Step:
    return lambda: Path(name).write_text(text)


def replace(name: str, text: str) -> Step:
    """Write a file as editors do: beside it, then over it."""

    def step() -> None:
        Path("new~").write_text(text)
        Path("new~").replace(name)

    return step


def remove(name: str) -> Step:
    return lambda: Path(name).unlink()


def nothing() -> None:
    """Let a look find what the last one found."""


SETTLED = [nothing, nothing]


def test_nothing_happens_while_nothing_changes() -> None:
    assert seen(["net.yaml"], [nothing] * 50) == [GOOD]


@pytest.mark.parametrize("edit", [write, replace])
def test_an_edit_is_checked_once(edit: Callable[[str, str], Step]) -> None:
    steps = [nothing, edit("net.yaml", BAD), *SETTLED, nothing, edit("net.yaml", GOOD), *SETTLED]
    assert seen(["net.yaml"], steps) == [GOOD, BAD, GOOD]


def test_a_replacement_of_the_same_size_and_time_is_seen() -> None:
    """An atomic rename brings another file, whatever its time says."""
    status = os.stat("net.yaml")

    def step() -> None:
        replace("net.yaml", GOOD.replace("relu", "gelu"))()
        os.utime("net.yaml", ns=(status.st_atime_ns, status.st_mtime_ns))

    assert len(seen(["net.yaml"], [step, *SETTLED])) == 2


def test_a_file_that_is_away_for_a_moment_is_waited_for() -> None:
    steps = [remove("net.yaml"), nothing, nothing, write("net.yaml", BAD), *SETTLED]
    assert seen(["net.yaml"], steps) == [GOOD, BAD]


def test_a_file_that_stays_away_is_told_and_so_is_its_return() -> None:
    steps = [remove("net.yaml"), *[nothing] * 20, write("net.yaml", BAD), *SETTLED]
    assert seen(["net.yaml"], steps) == [GOOD, None, BAD]


def test_several_writes_in_a_row_are_one_change() -> None:
    steps = [write("net.yaml", GOOD + "#" * count) for count in range(1, 6)]
    assert seen(["net.yaml"], [*steps, *SETTLED]) == [GOOD, GOOD + "#####"]


def test_what_changes_while_it_is_checked_is_checked_again() -> None:
    looks: list[str] = []

    def work() -> None:
        if not looks:
            Path("net.yaml").write_text(BAD)
        looks.append(Path("net.yaml").read_text())

    def pause() -> None:
        if len(looks) > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch(["net.yaml"], work, pause)
    assert looks == [BAD, BAD]


# --- included files ---------------------------------------------------------------------------

NAMING = {
    "extends": "extends: sub/base.yaml\n",
    "quoted": 'extends: "sub/base.yaml" # with a remark\n',
    "layer": GOOD.replace("relu", "{spec: sub/base.yaml, taps: [a]}"),
    "block": GOOD.replace("[relu]", "\n  body:\n    spec: sub/base.yaml"),
    "key in quotes": GOOD.replace("relu", '{"spec": "sub/base.yaml"}'),
    "broken": "extends: sub/base.yaml\nlayers: [{op: relu\n",
}


@pytest.mark.parametrize("text", NAMING.values(), ids=NAMING.keys())
def test_a_file_that_is_named_is_followed(text: str) -> None:
    Path("net.yaml").write_text(text)
    Path("sub").mkdir()
    Path("sub/base.yaml").write_text("extends: other.yaml\n")
    Path("sub/other.yaml").write_text(GOOD)
    for name in ("sub/base.yaml", "sub/other.yaml"):
        before = Path(name).read_text()
        steps = [write(name, BAD + "#"), *SETTLED, nothing]
        assert seen(["net.yaml"], steps, name) == [before, BAD + "#"]
        Path(name).write_text(before)


def test_a_named_file_that_appears_is_seen() -> None:
    Path("net.yaml").write_text("extends: base.yaml\n")
    assert seen(["net.yaml"], [write("base.yaml", GOOD), *SETTLED], "base.yaml") == [None, GOOD]


def test_a_name_that_is_added_is_followed_from_then_on() -> None:
    Path("base.yaml").write_text(GOOD)
    steps = [write("net.yaml", "extends: base.yaml\n"), *SETTLED, write("base.yaml", BAD), *SETTLED]
    assert seen(["net.yaml"], steps, "base.yaml") == [GOOD, GOOD, BAD]


def test_files_that_name_each_other_end() -> None:
    Path("net.yaml").write_text("extends: base.yaml\n")
    Path("base.yaml").write_text("extends: net.yaml\n")
    assert followed([Path("net.yaml")]) == (Path("net.yaml"), Path("base.yaml"))


def test_a_name_that_no_file_can_have_is_no_failure() -> None:
    Path("net.yaml").write_bytes(b"extends: a\0b\nspec: " + b"x" * 5000 + b"\n")
    assert len(seen(["net.yaml"], [nothing])) == 1


def test_a_file_goes_before_a_shipped_spec_once_it_is_there() -> None:
    assert seen(["resnet50"], [write("resnet50", GOOD), *SETTLED], "resnet50") == [None, GOOD]


# --- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-"], "`--watch` takes files, and stdin is none"),
        (["net.yaml", "--format", "json"], None),
    ],
)
def test_what_cannot_be_watched(
    capfd: pytest.CaptureFixture[str], arguments: list[str], reason: str | None
) -> None:
    assert main(["validate", "--watch", *arguments]) == 2
    out, err = capfd.readouterr()
    assert (reason or "`--watch`") in out + err


def test_the_command_tells_each_result_until_it_is_interrupted() -> None:
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "archspec", "validate", "--watch", "net.yaml"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout is not None
    giving_up = threading.Timer(60, process.kill)
    giving_up.start()
    try:
        time, first = process.stdout.readline(), process.stdout.readline()
        replace("net.yaml", BAD)()
        told = "".join(takewhile(lambda line: line != "1 error in net.yaml\n", process.stdout))
        replace("net.yaml", GOOD)()
        again, last = process.stdout.readline(), process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
    finally:
        giving_up.cancel()
        process.kill()
    assert first.startswith("net.yaml: ok, ")
    assert last == first
    assert "error[unknown-operation]" in told
    assert all(len(line.strip().split(":")) == 3 for line in (time, told.split("\n")[0], again))
    assert (process.returncode, rest) == (130, "interrupted\n")
