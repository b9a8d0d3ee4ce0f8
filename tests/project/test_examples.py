"""Every example is followed as its page says; `--update-golden` rewrites what commands show.

Commands that train are run in their small version, and what those show is not compared: numbers
that were learned in single precision depend on the processor.
"""

import re
import shutil
from importlib import import_module
from pathlib import Path

import pytest
import torch
from support.pages import followed, shown
from support.paths import EXAMPLES
from support.sampling import sampled

import archspec

FOLDERS = sorted(path.parent for path in EXAMPLES.glob("*/README.md"))

# What a page says, and what is run instead.
SMALL = {
    ("4_deeper", "python deeper.py --small"): "python deeper.py --small",
    ("5_growing", "python learn.py"): "python learn.py 1",
    ("5_growing", "python compare.py"): "python compare.py --epochs 1 --seeds 1",
    ("6_resnet50", "python train.py"): "python train.py 1",
}

LONG = ("2_pointwise", "3_pooling", "4_deeper", "5_growing", "7_your_own")

# How far apart results are that learned weights give, rounded up: it depends on the processor.
_BOUND = re.compile(r"within 1e-\d\d")

_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


@pytest.fixture(scope="session", autouse=True)
def _list_of_fonts() -> None:
    """Let matplotlib look for fonts once: it says so, in the midst of what a command shows."""
    import_module("matplotlib.font_manager")


@pytest.mark.program("dot")
@pytest.mark.parametrize(
    "folder",
    sampled(FOLDERS, [path for path in FOLDERS if path.name not in LONG]),
    ids=lambda folder: folder.name,
)
def test_a_page_is_followed(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    here = Path(shutil.copytree(folder, tmp_path / folder.name))
    page = (folder / "README.md").read_text("utf-8")
    for picture in _PICTURE.findall(page):
        (here / picture).unlink(
            missing_ok=True
        )  # what the page does not make again is not there in the end
    monkeypatch.chdir(here)
    said = kept(page)

    def show(command: str) -> str:
        small = SMALL.get((folder.name, command))
        if small is None:
            now, before = shown(command), said.get(command, "")
            return before if _BOUND.sub("", now) == _BOUND.sub("", before) else now
        shown_now = shown(small)
        assert "Traceback" not in shown_now, shown_now
        return said[command]

    now = followed(page, show)
    if request.config.getoption("--update-golden"):
        (folder / "README.md").write_text(now, encoding="utf-8")
    assert now == (folder / "README.md").read_text("utf-8")
    for picture in _PICTURE.findall(page):
        assert (here / picture).stat().st_size > 0


def kept(page: str) -> dict[str, str]:
    """Give what the page says that each command shows."""
    found = {}
    for body in re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found[command] = output.removesuffix("\n") if output.endswith("\n\n") else output
    return found


@pytest.mark.parametrize(("folder", "command"), SMALL)
def test_what_has_a_small_version_is_said_by_its_page(folder: str, command: str) -> None:
    assert f"\n$ {command}\n" in (EXAMPLES / folder / "README.md").read_text("utf-8")


def test_the_case_study_takes_a_file_of_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody can be sure to have the published file; one of ours has the same keys."""
    monkeypatch.chdir(shutil.copytree(EXAMPLES / "6_resnet50", tmp_path / "here"))
    resnet = archspec.load("resnet50")
    Path("resnet50.py").write_text(resnet.to_source(), encoding="utf-8")
    torch.save(resnet.to_torch().state_dict(), "resnet50.pth")
    lines = shown("python classify.py resnet50.pth").splitlines()
    assert lines[0] == "class  probability"
    found = [line.split() for line in lines[1:]]
    assert len(found) == 5
    assert all(0 <= int(number) < 1000 and 0 <= float(share) <= 1 for number, share in found)
