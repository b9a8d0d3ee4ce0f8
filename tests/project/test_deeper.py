"""The study of depth resumes where it was interrupted, and reads CIFAR-10 where a user has it."""

import json
import shutil
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from support.paths import EXAMPLES

FOLDER = EXAMPLES / "4_deeper"
COMMAND = [sys.executable, "deeper.py", "--small"]
NETWORKS = 6


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ignored = shutil.ignore_patterns("results", "*.png", "*.svg", "__pycache__")
    folder = Path(shutil.copytree(FOLDER, tmp_path / "here", ignore=ignored))
    monkeypatch.chdir(folder)
    return folder


def kept(folder: Path) -> dict[str, float]:
    return {path.name: path.stat().st_mtime for path in folder.glob("results-small/*-0.json")}


def hears_interrupts() -> None:
    """Undo what a shell does to a job in the background, whose children then ignore Ctrl-C."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.long
def test_an_interrupted_run_goes_on_where_it_was(here: Path) -> None:
    run = subprocess.Popen(
        COMMAND,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears_interrupts,
    )
    while not kept(here):
        assert run.poll() is None
        time.sleep(0.05)
    run.send_signal(signal.SIGINT)
    _, message = run.communicate(timeout=60)
    before = kept(here)
    assert message == f"{len(before)} of {NETWORKS} networks are kept; the same command goes on\n"
    assert run.returncode == 1 and len(before) < NETWORKS

    subprocess.run(COMMAND, check=True, capture_output=True)
    after = kept(here)
    assert len(after) == NETWORKS
    assert {name: after[name] for name in before} == before
    assert list(here.rglob("*.part")) == []


def test_results_of_other_settings_are_not_mixed(here: Path) -> None:
    results = here / "results"
    results.mkdir()
    (results / "machine.json").write_text(json.dumps({"settings": {"epochs": 1}}))
    found = subprocess.run(
        [sys.executable, "deeper.py"], capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert found.stderr == "results was made with other settings: name another one by --results\n"


def test_nothing_kept_is_said(here: Path) -> None:
    found = subprocess.run(
        [sys.executable, "deeper.py", "--plot"], capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stderr) == (1, "nothing is kept in results: train first\n")


def test_cifar_is_read_from_its_binary_version(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(here)
    data = import_module("data")
    monkeypatch.delitem(sys.modules, "data")
    drawn = np.random.default_rng(0).integers(0, 256, (4, 1 + 3 * 32 * 32), dtype=np.uint8)
    drawn[:, 0] = [3, 9, 0, 1]
    names = [*(f"data_batch_{number}.bin" for number in range(1, 6)), "test_batch.bin"]
    for name in names:
        (tmp_path / name).write_bytes(drawn.tobytes())
    found = data.load(tmp_path, "cpu")
    assert found.learn.shape == (20, 3, 32, 32) and found.test.shape == (4, 3, 32, 32)
    assert found.test_classes.tolist() == [3, 9, 0, 1]
    red, wanted = found.test[0, 0].flatten().numpy(), drawn[0, 1:1025].astype(float)
    assert np.corrcoef(red, wanted)[0, 1] == pytest.approx(1)

    (tmp_path / "test_batch.bin").write_bytes(drawn.tobytes()[:-1])
    with pytest.raises(SystemExit, match="is not a file of CIFAR-10's binary version"):
        data.load(tmp_path, "cpu")
    (tmp_path / "test_batch.bin").unlink()
    with pytest.raises(SystemExit, match=r"test_batch\.bin is missing: --cifar wants the folder"):
        data.load(tmp_path, "cpu")
