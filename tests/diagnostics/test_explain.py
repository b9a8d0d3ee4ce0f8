"""Every kind of problem explains itself, by examples that are true."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import yaml
from support.command_line import settings_of
from torch import nn

from archspec.cli.commands.explain import explained, overview
from archspec.cli.main import main
from archspec.diagnostics import Problem, SpecError
from archspec.diagnostics import problems as package
from archspec.diagnostics.explanation import Explanation, NotExplained, Part, explanation, problems
from archspec.pipeline import check
from archspec.source import read

PROBLEMS = {problem.slug: problem for problem in problems()}
SOURCE = Path(package.__file__).parents[2]

each = pytest.mark.parametrize("slug", PROBLEMS)


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print alike in every environment."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def found(folder: Path, parts: tuple[Part, ...]) -> tuple[Problem, ...]:
    """List what is wrong with an example, whose parts are written to a folder."""
    for part in parts:
        (folder / part.file).write_text(part.text)
    spec = parts[0]
    settings = settings_of(spec.options)
    try:
        return check(read(spec.text, spec.file, folder=folder), settings).diagnostics
    except SpecError as error:
        return error.diagnostics


def test_an_explanation_is_read_from_the_docstring() -> None:
    class Example(Exception):
        """What it is.

        Why it
        matters.

        And why else.

        Wrong (--set width=0)::

            a:
              b: 1

        Right (one.yaml)::

            c: 2

        Right (two.yaml)::

            d: 3
        """

        slug = "example"

    assert explanation(Example) == Explanation(  # type: ignore[arg-type]  # enough of a problem
        "What it is.",
        "Why it\nmatters.\n\nAnd why else.",
        (Part("a:\n  b: 1\n", "--set width=0"),),
        (Part("c: 2\n", "one.yaml"), Part("d: 3\n", "two.yaml")),
    )


def test_the_package_holds_every_problem() -> None:
    exported = {getattr(package, name) for name in package.__all__} - {package.Severity, Problem}
    assert exported == set(problems())
    assert len(PROBLEMS) == len(problems())


@each
def test_every_problem_is_told_somewhere(slug: str) -> None:
    name = re.compile(rf"\b{PROBLEMS[slug].__name__}\b(?=\(|,| if )")
    files = (path for path in SOURCE.rglob("*.py") if "diagnostics" not in path.parts)
    assert any(name.search(path.read_text(encoding="utf-8")) for path in files)


@each
def test_an_explanation_has_all_its_parts(slug: str) -> None:
    told = explanation(PROBLEMS[slug])
    assert told.what.endswith(".")
    assert "\n" not in told.what
    assert told.why.endswith(".")
    assert told.wrong != told.right
    assert not re.search(r"^\s*(Wrong|Right)|::", f"{told.what}\n{told.why}", re.MULTILINE)


@each
def test_the_wrong_example_has_this_problem_alone(slug: str, tmp_path: Path) -> None:
    assert [item.slug for item in found(tmp_path, explanation(PROBLEMS[slug]).wrong)] == [slug]


@each
def test_the_right_example_has_no_problem(slug: str, tmp_path: Path) -> None:
    assert found(tmp_path, explanation(PROBLEMS[slug]).right) == ()


# --- what is printed ------------------------------------------------------------------------------


@each
def test_text(slug: str, golden: Callable[[str, str], None]) -> None:
    golden(f"explain/{slug}.txt", explained(PROBLEMS[slug], 80))


def test_list(golden: Callable[[str, str], None]) -> None:
    golden("explain/_all.txt", overview(problems(), 80))


def test_errors_are_listed_before_warnings() -> None:
    severities = [problem.level for problem in problems()]
    assert severities == sorted(severities)
    assert set(severities) == {"error", "warning"}


@each
def test_colors_add_nothing_but_escapes(slug: str) -> None:
    colored = explained(PROBLEMS[slug], 80, color=True)
    assert colored.startswith("\x1b[1;3")
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == explained(PROBLEMS[slug], 80)


@pytest.mark.parametrize("width", [40, 100])
def test_prose_is_wrapped_to_the_width(width: int) -> None:
    for problem in problems():
        prose = explained(problem, width).partition("\nWrong")[0].splitlines()
        assert max(map(len, prose)) <= width


# --- the command ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["channel-mismatch", "error[channel-mismatch]", "error[channel-mismatch]:"]
)
def test_a_problem_by_name(name: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["explain", name]) == 0
    out, err = capfdbinary.readouterr()
    assert out.decode() == explained(PROBLEMS["channel-mismatch"], 80)
    assert err == b""


def test_all_problems(
    capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    assert main(["explain"]) == 0
    assert capfdbinary.readouterr().out.decode() == overview(problems(), 100)


def test_color_on_demand(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["explain", "syntax", "--color", "always"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"\x1b[1;31merror[syntax]\x1b[0m\n")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("chanel-mismatch", "`chanel-mismatch`; did you mean `channel-mismatch`?"),
        ("warning[unread-layers]", "`unread-layers`; did you mean `unread-layer`?"),
        ("ChannelMismatch", "`ChannelMismatch`; did you mean `channel-mismatch`?"),
        ("xyzzy", "`xyzzy`"),
        ("", "``"),
        ("a\nb\x1b[31m", "`a\\nb\\x1b[31m`"),
    ],
)
def test_an_unknown_name(name: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"error[usage]: there is no problem {message}",
        "  = help: `archspec explain` lists them all",
    ]


def test_a_problem_without_a_docstring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PROBLEMS["syntax"], "__doc__", None)
    with pytest.raises(NotExplained, match="`syntax` has no explanation here"):
        explanation(PROBLEMS["syntax"])


@pytest.mark.parametrize("arguments", [("explain",), ("explain", "syntax")])
def test_without_docstrings_it_says_so(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-OO", "-m", "archspec", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "has no explanation here\n  = help: start it without `-OO`" in done.stderr


def test_validate_does_not_load_it() -> None:
    program = "import sys, archspec.cli.commands.validate; print(*sys.modules)"
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "archspec.diagnostics.problems" in loaded
    assert "archspec.diagnostics.explanation" not in loaded


# --- what the explanations say of others --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", False),
        ("017", 15),
        ("3:30", 210),
        ("{a: 1, a: 2}", {"a": 2}),
        ("{p: min(rate, 0.5)}", {"p": "min(rate", "0.5)": None}),
    ],
)
def test_another_reader_of_yaml(text: str, value: object) -> None:
    assert yaml.safe_load(text) == value


def test_pytorch_joins_along_the_batch() -> None:
    images = torch.zeros(2, 3, 4, 4)
    assert torch.cat([images, images]).shape == (4, 3, 4, 4)


def test_pytorch_takes_a_batch_for_channels() -> None:
    convolution = nn.Conv2d(3, 8, 3)
    assert convolution(torch.zeros(3, 28, 28)).shape == (8, 26, 26)
    with pytest.raises(RuntimeError, match="channels"):
        convolution(torch.zeros(5, 28, 28))


def test_pytorch_builds_what_it_refuses_to_run() -> None:
    image = torch.zeros(1, 3, 8, 8)
    for module in (nn.Conv2d(3, 8, 3, stride=0), nn.MaxPool2d(3, padding=2), nn.MaxPool2d(9)):
        with pytest.raises(RuntimeError):
            module(image)
    convolution = nn.Conv2d(3, 8, 3, dilation=0, device="meta")
    assert convolution(image.to("meta")).shape == (1, 8, 8, 8)


def test_pytorch_lets_a_layer_hide_the_forward_function() -> None:
    model = nn.Module()
    model.forward = nn.Linear(8, 8)
    with pytest.raises(NotImplementedError, match="forward"):
        model(torch.zeros(1, 8))


def test_pytorch_takes_a_shared_weight_of_any_shape() -> None:
    head = nn.Linear(32, 1000, bias=False)
    head.weight = nn.Embedding(500, 64).weight
    assert head(torch.zeros(1, 64)).shape == (1, 500)
    assert head.out_features == 1000


def test_pytorch_takes_a_second_value_for_another_argument() -> None:
    value = torch.zeros(2)
    with pytest.raises(RuntimeError, match="ambiguous"):
        torch.nn.functional.relu(value, value)  # type: ignore[arg-type]  # which is refused


def test_pytorch_computes_with_nothing() -> None:
    nothing = torch.zeros(1, 3, 32, 32)[:, :, 32:]
    assert nothing.shape == (1, 3, 0, 32)
    assert nothing.sum() == 0
    assert nothing.mean().isnan()


def test_pytorch_does_not_hold_more_bytes_than_have_numbers() -> None:
    with pytest.raises(RuntimeError, match="size calculation overflowed"):
        torch.empty(1, 3, 2_000_000_000, 2_000_000_000, device="meta")
