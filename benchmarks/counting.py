"""How long ResNet-50 takes from text to counts, beside torchvision's model under torchinfo.

torchinfo counts a model that torchvision builds on the meta device, where no numbers are
computed. The two are run by turns; the figure is the median of the ratios. A network of a
million blocks follows, which should take no longer than ResNet-50, and no more memory.
"""

import gc
import statistics
import time
import tracemalloc
from collections.abc import Callable

import torch
import torchinfo
from support.vision import import_torchvision

from archspec.analysis import Count, count
from archspec.pipeline import Settings, compile
from archspec.source import read
from archspec.source.library import find

PAIRS = 20
ENOUGH = 0.1
TEXT = find("resnet50").path.read_bytes()
DEFAULTS = Settings()
MILLION = Settings(parameters={"depths": [3, 4, 1_000_000, 3]})
RESNET50 = import_torchvision().models.resnet50


def ours(settings: Settings = DEFAULTS) -> Count:
    """Go from text to counts."""
    network = compile(read(TEXT, "resnet50.yaml"), settings).network
    assert network is not None
    return count(network)


def theirs() -> torchinfo.ModelStatistics:
    """Build torchvision's model without its numbers, and summarise it."""
    with torch.device("meta"):
        model = RESNET50().eval()
    return torchinfo.summary(model, input_size=(1, 3, 224, 224), device="meta", verbose=0)


def seconds(work: Callable[[], object]) -> float:
    """Time one call: the mean of as many as fill a tenth of a second, as `timeit` does."""
    number, start = 0, time.perf_counter()
    while number == 0 or time.perf_counter() - start < ENOUGH:
        work()
        number += 1
    return (time.perf_counter() - start) / number


def peak_bytes(work: Callable[[], object]) -> int:
    """Measure the most memory that Python held during one call."""
    tracemalloc.start()
    work()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def compare(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Run both by turns; give the median of the first, and of second over first."""
    for work in (first, second):
        work()
    gc.disable()  # as `timeit` does
    pairs = [(seconds(first), seconds(second)) for _ in range(PAIRS)]
    gc.enable()
    median = statistics.median(mine for mine, _ in pairs)
    return median, statistics.median(other / mine for mine, other in pairs)


def main() -> None:
    """Print the three figures."""
    assert ours().totals.parameters == theirs().total_params
    median, ratio = compare(ours, theirs)
    print(f"resnet50, text to counts: {median * 1000:.1f} ms")
    print(f"torchvision and torchinfo take {ratio:.1f} times as long (at least 20)")
    _, ratio = compare(ours, lambda: ours(MILLION))
    memory = peak_bytes(lambda: ours(MILLION)) / peak_bytes(ours)
    print(f"a million blocks: {ratio:.2f} times the time (at most 1.2), {memory:.2f} the memory")


if __name__ == "__main__":
    main()
