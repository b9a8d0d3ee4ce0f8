"""What all tests share: golden files, programs that pip cannot bring, and the long suite."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

# Tests run beside each other, and threads that wait for each other take longer than one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

GOLDEN = Path(__file__).parent / "golden"

collect_ignore = ["golden"]  # sources that are compared as texts


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that rewrites the golden files, and the one that leaves nothing out."""
    parser.addoption("--update-golden", action="store_true", help="rewrite tests/golden/")
    parser.addoption("--long", action="store_true", help="run what is marked as long, too")


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers."""
    config.addinivalue_line("markers", "program(name): needs a program that pip cannot bring")
    config.addinivalue_line("markers", "long: runs with --long only, as `make test-long` does")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is long, unless it was asked for."""
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose program is missing, or fail it where programs are required."""
    for marker in item.iter_markers("program"):
        if shutil.which(marker.args[0]) is None:
            _report_missing(marker.args[0])


def _report_missing(program: str) -> None:
    if os.environ.get("ARCHSPEC_REQUIRE_PROGRAMS"):
        pytest.fail(f"the program `{program}` is required and is not installed", pytrace=False)
    pytest.skip(f"needs the program `{program}`")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with a file under tests/golden/, or rewrite that file."""
    update = bool(request.config.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="")
        assert path.exists(), f"no golden file `{name}`: run pytest --update-golden"
        assert text == path.read_bytes().decode("utf-8")

    return compare
