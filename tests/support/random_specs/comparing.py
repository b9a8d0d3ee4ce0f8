"""Hold two modules against each other: their keys, their first weights, what they compute."""

from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import nn


class Difference(AssertionError):
    """The emitted class is not what the spec says."""


def same(
    ours: nn.Module, theirs: nn.Module, given: Sequence[torch.Tensor] | None, values: object
) -> None:
    """Hold that two modules have the same keys, begin with the same weights, and compute alike."""
    first, second = ours.state_dict(), theirs.state_dict()
    mine, other = [[(k, tuple(v.shape)) for k, v in state.items()] for state in (first, second)]
    if mine != other:
        raise Difference(f"{values}: other keys or shapes: {mine} and {other}")
    for key, value in first.items():
        if not torch.equal(value, second[key]):
            raise Difference(f"{values}: `{key}` begins with another weight")
    trains = [{k: v.requires_grad for k, v in m.named_parameters()} for m in (ours, theirs)]
    if trains[0] != trains[1]:
        raise Difference(f"{values}: other weights are trained")
    if given is not None:
        same_results(ours, theirs, given, values)


def same_results(
    ours: nn.Module, theirs: nn.Module, given: Sequence[torch.Tensor], values: object
) -> None:
    """Hold that two modules compute alike with the same weights."""
    weights = filled(theirs.state_dict())
    ours.load_state_dict(weights)
    theirs.load_state_dict(weights)
    with torch.no_grad():
        results = [list(flat(module.eval()(*given))) for module in (ours, theirs)]
    if [label for label, _ in results[0]] != [label for label, _ in results[1]]:
        raise Difference(f"{values}: other outputs")
    for (label, mine), (_, other) in zip(*results, strict=True):
        if not alike(mine, other):
            raise Difference(f"{values}: output `{label}` differs")


def alike(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Say whether two tensors are equal, to the bit."""
    return one.shape == other.shape and torch.equal(one.nan_to_num(), other.nan_to_num())


def filled(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Give random weights: those that a spec begins with may all be zeros."""
    generator = torch.Generator().manual_seed(2)
    return {
        key: torch.rand(value.shape, generator=generator) - (0 if "running" in key else 0.4)
        if value.is_floating_point()
        else value
        for key, value in state.items()
    }


def flat(result: object, label: str = "") -> Iterator[tuple[str, torch.Tensor]]:
    """Give the tensors of a result, each under its name or number."""
    if isinstance(result, torch.Tensor):
        yield label, result
    elif isinstance(result, dict):
        for name, item in result.items():
            yield from flat(item, f"{label}.{name}")
    elif isinstance(result, tuple):
        for index, item in enumerate(result):
            yield from flat(item, f"{label}.{index}")
    else:
        raise Difference(f"output `{label}` is {type(result).__name__}")
