"""The figures of the proof: they add up, and tell what is missed."""

from support.operations.contract import cases, examined
from support.operations.figures import Figures, away

from archspec.operations import load


def seen(name: str, number: int, seed: int) -> Figures:
    figures = Figures(name)
    for case in cases(name, number, seed):
        figures.count(examined(case))
    return figures


def test_figures_of_parts_add_up() -> None:
    parts = seen("softplus", 40, 1), seen("softplus", 60, 2)
    both = parts[0] + parts[1]
    assert both.cases == 100
    assert both.runs == parts[0].runs + parts[1].runs
    assert both.away["beta"] == parts[0].away["beta"] + parts[1].away["beta"]


def test_too_few_cases_that_are_accepted_or_away_from_a_default_are_told() -> None:
    figures = Figures("softplus", cases=1000, accepted=290, runs=299)
    figures.away.update({"beta": 100, "threshold": 99})
    assert figures.shortcomings() == [
        "PyTorch accepts 299 of 1000 cases, less than 30 %",
        "`threshold` is away from its default in 99 cases only",
    ]
    assert figures.least == ("threshold", 99)


def test_a_disagreement_is_told_with_its_case() -> None:
    (case, *_) = cases("relu", 1)
    figures = Figures("relu")
    figures.count(examined(case)._replace(wrong=("gives nothing",)))
    assert figures.differing == 1
    assert figures.shortcomings()[0].endswith("gives nothing")


def test_an_argument_is_away_from_its_default_by_its_value() -> None:
    pool = load("max_pool2d")
    assert away(pool(kernel_size=2)) == ["kernel_size"]
    assert away(pool(kernel_size=2, padding=0, ceil_mode=True)) == ["kernel_size", "ceil_mode"]
