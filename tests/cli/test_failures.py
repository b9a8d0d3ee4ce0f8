"""What the commands say and return when something is wrong."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from archspec.cli import input_output
from archspec.cli.main import main

COMMANDS = ("validate", "count", "draw", "build")

GOOD = """\
archspec: 1
name: Small
input: [N, 3, 32, 32]
layers: [{op: conv2d, out_channels: 8, kernel_size: 3}, relu]
"""
THREE_MISTAKES = """\
archspec: 1
name: Small
input: [N, 3, 32, 32]
layers:
  one: {op: conv2d, out_channels: 8, kernal_size: 3}
  two: {op: conv2d, out_channels: 8, kernel_size: 0}
  three: {op: nothing}
"""
WARNED = """\
archspec: 1
name: Small
input: [N, 3, 32, 32]
layers:
  unread: relu
  conv: {op: conv2d, from: input, out_channels: 8, kernel_size: 3}
"""
CLAIM = "archspec: 1\nname: Small\ninput: [N, 3, 8, 8]\nlayers: [relu]\nexpect: {params: 1}\n"

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Run:
    """Run a command in a folder of its own: its exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(arguments)
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


# --- specs ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_mistake_is_told_and_nothing_is_written(run: Run, command: str) -> None:
    Path("bad.yaml").write_text(THREE_MISTAKES)
    code, out, err = run(command, "bad.yaml")
    assert (code, out) == (1, "")
    for line in (5, 6, 7):
        assert f"bad.yaml:{line}:" in err
    assert err.count("error[") == 3
    assert sorted(os.listdir()) == ["bad.yaml", "good.yaml"]


def test_a_warning_of_a_good_spec_goes_to_stderr(run: Run) -> None:
    Path("warned.yaml").write_text(WARNED)
    code, out, err = run("validate", "warned.yaml")
    assert code == 0
    assert out.startswith("warned.yaml: ok, ")
    assert err.startswith("warning[unread-layer]: ")


def test_a_claim_that_fails_is_an_error(run: Run) -> None:
    Path("claim.yaml").write_text(CLAIM)
    code, out, err = run("validate", "claim.yaml")
    assert (code, out) == (1, "")
    assert err.startswith("error[claim-fails]: ")


@pytest.mark.parametrize("claim", [CLAIM, CLAIM.replace("[relu]", "[{op: relu, expect: [N, 4]}]")])
@pytest.mark.parametrize("command", ["count", "draw -o -", "build", "why 0"])
def test_a_network_of_which_a_claim_fails_can_be_looked_at(
    run: Run, claim: str, command: str
) -> None:
    """A wrong count is what one wants to see."""
    Path("claim.yaml").write_text(claim)
    Path("sound.yaml").write_text(
        "".join(claim.partition("\nexpect")[:1]).replace(", expect: [N, 4]", "")
    )
    name, *options = command.split()
    code, out, err = run(name, "claim.yaml", *options)
    assert (code, out) == run(name, "sound.yaml", *options)[:2]
    assert code == 0 and out
    assert err.startswith("warning[claim-fails]: ")
    assert err.endswith("1 warning in claim.yaml\n")


def test_a_document_tells_a_claim_as_a_warning_where_it_is_one(run: Run) -> None:
    Path("claim.yaml").write_text(CLAIM)
    for command, severity in (("validate --format", "error"), ("count --diagnostics", "warning")):
        name, option = command.split()
        _, out, err = run(name, "claim.yaml", option, "json")
        text = out if name == "validate" else err
        assert f'"severity": "{severity}"' in text


@pytest.mark.parametrize(
    "options",
    [("--variant", "nothing"), ("--set", "nothing=1"), ("--input", "3x32"), ("--input", "x=3x9x9")],
)
def test_settings_that_do_not_fit_the_spec(run: Run, options: tuple[str, ...]) -> None:
    code, out, err = run("count", "good.yaml", *options)
    assert (code, out) == (1, "")
    assert err.startswith("error[")


HUGE = GOOD.replace("out_channels: 8", f"out_channels: {'9' * 5000}")


@pytest.mark.parametrize("text", ["[" * 1000, "# " + "x" * 300 * 1024, HUGE])
def test_a_limit_has_its_own_exit_code(run: Run, text: str) -> None:
    Path("long.yaml").write_text(text)
    code, out, err = run("validate", "long.yaml")
    assert (code, out) == (4, "")
    assert err.startswith("error[")


def test_the_first_spec_that_fails_decides_the_exit_code(run: Run) -> None:
    Path("long.yaml").write_text("[" * 1000)
    code, out, _ = run("validate", "good.yaml", "long.yaml", "missing.yaml", "good.yaml")
    assert code == 4
    assert out.count("good.yaml: ok") == 2


# --- usage ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["validat"], "there is no command `validat`; did you mean `validate`?"),
        (["count"], "missing argument `SPEC`"),
        (["count", "good.yaml", "--sett"], "no such option `--sett`. Did you mean `--set`?"),
        (
            ["count", "good.yaml", "--set", "x"],
            "invalid value for `--set`: `x` is not of the form `name=value`",
        ),
        (["count", "good.yaml", "--set", "=1"], None),
        (["count", "good.yaml", "--set", "x=[1"], None),
        (["count", "good.yaml", "--set", "x=!!int 3"], None),
        (
            ["count", "good.yaml", "--set", "x=1", "--set", "x=2"],
            "invalid value for `--set`: `x` is given twice",
        ),
        (
            ["count", "good.yaml", "--input", "3,32"],
            "invalid value for `--input`: `3,32` is not a shape such as `3x256x192`",
        ),
        (
            ["count", "good.yaml", "--input", "3x0x3"],
            "invalid value for `--input`: every size in `3x0x3` must be at least 1",
        ),
        (["count", "good.yaml", "--input", "9" * 5000], None),
        (["count", "good.yaml", "--input", "٣x٣x٣"], None),
        (
            ["draw", "good.yaml", "-o", "x.gif"],
            "the suffix of `x.gif` names no format of svg, png, pdf, dot, gv, mmd; say `--format`",
        ),
        (["draw", "good.yaml", "-o", "x"], None),
        (["build", "good.yaml", "--to", "basic"], None),
    ],
)
def test_usage(run: Run, arguments: list[str], message: str | None) -> None:
    code, out, err = run(*arguments)
    first, second = err.splitlines()
    assert (code, out) == (2, "")
    assert first.startswith("error[usage]: ")
    assert second.startswith("  = help: `archspec ")
    assert message is None or first == f"error[usage]: {message}"


def test_without_a_command_there_is_help(run: Run) -> None:
    code, out, err = run()
    assert (code, out) == (2, "")
    assert "validate" in err
    assert run("--help")[0] == 0


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/dev/zero", "`/dev/zero`: is a pipe or a device, not a file"),
        ("folder", "`folder`: is a folder, not a file"),
        ("pipe", "`pipe`: is a pipe or a device, not a file"),
        ("dead", "`dead`: there is no such file"),
    ],
)
def test_what_is_no_file_is_one_line(run: Run, command: str, name: str, reason: str) -> None:
    Path("folder").mkdir()
    Path("dead").symlink_to("nothing")
    os.mkfifo("pipe")
    assert run(command, name) == (3, "", f"error[file]: {reason}\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_name_gets_the_list_and_close_names(run: Run, command: str) -> None:
    code, out, err = run(command, "resnet5O")
    assert (code, out) == (3, "")
    assert err.startswith("error[file]: `resnet5O` is neither a file nor a shipped spec or variant")
    assert "`resnet50`" in err
    assert err.endswith("  = help: `archspec list` names the shipped specs\n")


@pytest.mark.parametrize("command", ["draw", "build"])
@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("nothing/x.svg", "the folder `nothing` does not exist"),
        ("good.yaml/x.svg", "`good.yaml` is a file, not a folder"),
        ("link.svg", "is a symbolic link, which is not written through"),
        ("folder.svg", "is a folder, not a file"),
        ("same.svg", "is read for this, and would be overwritten"),
    ],
)
def test_where_nothing_is_written(run: Run, command: str, output: str, reason: str) -> None:
    Path("folder.svg").mkdir()
    Path("link.svg").symlink_to("good.yaml")
    os.link("good.yaml", "same.svg")
    before = sorted(os.listdir())
    failure = (3, "", f"error[file]: `{output}`: {reason}\n")
    assert run(command, "good.yaml", "-o", output) == failure
    assert Path("good.yaml").read_text() == GOOD
    assert sorted(os.listdir()) == before


# --- processes --------------------------------------------------------------------------------


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = command.replace("archspec", f"{sys.executable} -m archspec")
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("arguments", [["count", "resnet50"], ["list", "alexnet"], ["--help"]])
def test_a_reader_that_has_gone_is_no_noise(tmp_path: Path, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "archspec", *arguments]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (3, b"")


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ("> /dev/full", "error[file]: `<stdout>`: no space left on device\n"),
        (">&-", "error[file]: `<stdout>`: is closed\n"),
    ],
)
def test_stdout_that_takes_nothing(tmp_path: Path, ending: str, message: str) -> None:
    for command in ("list alexnet", "validate resnet50", "build resnet50"):
        done = shell(f"archspec {command} {ending}", tmp_path)
        assert (done.returncode, done.stderr) == (3, message)


def test_help_that_finds_a_full_disk(tmp_path: Path) -> None:
    done = shell("archspec --help > /dev/full", tmp_path)
    message = "error[file]: `<stdout>`: no space left on device\n"
    assert (done.returncode, done.stderr) == (3, message)


def test_stdin_that_is_closed(tmp_path: Path) -> None:
    done = shell("archspec count - <&-", tmp_path)
    assert (done.returncode, done.stderr) == (3, "error[file]: `<stdin>`: is closed\n")


def test_endless_stdin_ends_at_the_limit(tmp_path: Path) -> None:
    done = shell("yes '# again' | archspec count -", tmp_path)
    assert done.returncode == 4
    assert done.stderr.startswith("error[limit-exceeded]: ")


def test_an_interrupt_is_one_word(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    command = [sys.executable, "-m", "archspec", "count", "-"]
    pipe = os.open(tmp_path / "pipe", os.O_RDWR)
    process = subprocess.Popen(
        command, stdin=pipe, stderr=subprocess.PIPE, text=True, preexec_fn=can_be_interrupted
    )
    wait_until_it_reads(process.pid)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    os.close(pipe)
    assert (process.returncode, err) == (130, "interrupted\n")


def can_be_interrupted() -> None:
    """Let a process obey Ctrl-C also where the tests run in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def wait_until_it_reads(process: int) -> None:
    """Wait until a process sleeps in the reading of a pipe."""
    channel = Path(f"/proc/{process}/wchan")
    for _ in range(200):
        time.sleep(0.05)
        if "pipe" in channel.read_text():
            return
    time.sleep(2)  # this kernel does not tell


def test_verify_without_torch_names_the_extra(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('No torch', name='torch')\n")
    done = shell("archspec build resnet50 --verify -o r.py", tmp_path)
    message = "error[missing]: needs torch: pip install archspec-nn[torch]\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", message)
    assert not (tmp_path / "r.py").exists()


# --- mistakes of ours, and texts that would steer a terminal ------------------------------------


def fail(*_: object) -> None:
    raise ZeroDivisionError("a \x1b[31mred\nmistake")


def test_a_mistake_of_ours_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_output, "find", fail)
    code, out, err = run("count", "good.yaml")
    first, second = err.splitlines()
    assert (code, out) == (70, "")
    assert first == r"error[bug]: ZeroDivisionError: a \x1b[31mred\nmistake"
    assert "please report it" in second
    monkeypatch.setenv("ARCHSPEC_DEBUG", "1")
    assert "Traceback (most recent call last)" in run("count", "good.yaml")[2]


STEERING = r"""
archspec: 1
name: "\e[31mRed\e]0;title\a"
description: "\e[2J"
reference: "\x9b31m"
params: {"\e[1m": 1}
input: [N, 3, 32, 32]
layers: {conv: {op: "\e[32m", "\e[33m": "\e[34m"}, "\e[35m": relu}
expect: {source: "\e[36m"}
variants: {"\e[37m": {}}
"""
INERT = """
archspec: 1
name: "\\e[31mRed"
description: "\\e[2J"
input: [N, 3, 32, 32]
layers: [relu]
"""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("text", [STEERING, INERT, "\x1b[31m", "name: \x9b"])
def test_no_text_of_a_spec_steers_the_terminal(run: Run, command: str, text: str) -> None:
    Path("\x1b[31m.yaml").write_text(text)
    options = ["-o", "-"] if command in ("draw", "build") else []
    code, out, err = run(command, "\x1b[31m.yaml", *options)
    assert code in (0, 1)
    assert [c for c in out + err if not c.isprintable() and c != "\n"] == []


def test_colour_is_for_terminals_that_want_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.yaml").write_text(THREE_MISTAKES)
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    assert "\x1b[" not in shell("archspec validate bad.yaml", tmp_path).stderr
    assert b"\x1b[" in in_terminal(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    assert b"\x1b[" not in in_terminal(tmp_path)


def in_terminal(folder: Path) -> bytes:
    """Give what `validate` writes to a terminal."""
    ours, theirs = os.openpty()
    command = [sys.executable, "-m", "archspec", "validate", "bad.yaml"]
    process = subprocess.Popen(command, cwd=folder, stderr=theirs)
    os.close(theirs)
    text = b""
    while chunk := read_terminal(ours):
        text += chunk
    os.close(ours)
    assert process.wait(timeout=20) == 1
    return text


def read_terminal(descriptor: int) -> bytes:
    """Read until the other side is closed, which Linux tells by an error."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
