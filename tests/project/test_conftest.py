"""The suite's own switches: golden files that are rewritten, programs that are required."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import TESTS

SUITE = """
import pytest

@pytest.mark.program("no-such-program")
def test_program():
    assert True

def test_golden(golden):
    golden("text", "new")
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """Make a small suite that has our conftest."""
    shutil.copy(TESTS / "conftest.py", tmp_path)
    (tmp_path / "test_suite.py").write_text(SUITE)
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "text").write_text("old")
    return tmp_path


def run(suite: Path, *options: str, **variables: str) -> str:
    """Run a suite; give its output."""
    environment = {**os.environ, "PYTEST_ADDOPTS": "", "ARCHSPEC_REQUIRE_PROGRAMS": "", **variables}
    command = [sys.executable, "-m", "pytest", "-ra", "-p", "no:cacheprovider", *options]
    done = subprocess.run(
        command, cwd=suite, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout


def test_a_test_without_its_program_is_skipped_and_names_it(suite: Path) -> None:
    out = run(suite, "-k", "program")
    assert "1 skipped" in out
    assert "needs the program `no-such-program`" in out


def test_a_required_program_that_is_missing_fails(suite: Path) -> None:
    out = run(suite, "-k", "program", ARCHSPEC_REQUIRE_PROGRAMS="1")
    assert "1 error" in out
    assert "the program `no-such-program` is required and is not installed" in out


def test_a_golden_file_is_compared_and_rewritten_on_demand(suite: Path) -> None:
    assert "1 failed" in run(suite, "-k", "golden")
    assert "1 passed" in run(suite, "-k", "golden", "--update-golden")
    assert (suite / "golden" / "text").read_text() == "new"
    assert "1 passed" in run(suite, "-k", "golden")
