"""Hold an emitted class against what was inferred, and against what `--set` builds."""

import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import Any

import torch
from emitting import emitted_class
from torch import nn

from archspec.api import Architecture
from archspec.emit.code import class_name
from archspec.pipeline import Settings, compile
from archspec.source import read
from random_specs.model import RandomSpec


class Difference(AssertionError):
    """The emitted class is not what the spec says."""


@dataclass(slots=True)
class Tally:
    """How many specs and overrides were compared, and what became of the others."""

    specs: int = 0
    invalid: int = 0
    overrides: int = 0
    pinned: int = 0
    refused: int = 0
    guarded: int = 0
    doubled: int = 0

    def report(self) -> str:
        """Say it in one line."""
        return (
            f"{self.specs} specs, {self.invalid} others not valid, {self.overrides} overrides, "
            f"{self.pinned} pinned, {self.refused} refused by the checker, {self.guarded} by the "
            f"class, {self.doubled} specs with several classes for one block"
        )


def check(spec: RandomSpec, tally: Tally) -> None:
    """Compare everything that one spec says; raise `Difference` or whatever goes wrong."""
    base = network(spec.text, {})
    if base is None:
        tally.invalid += 1
        return
    tally.specs += 1
    source = base.to_source()
    emitted = emitted_class(source, base.network.model.name)
    tally.doubled += has_doubles(base, source)
    base.verify()
    for values in spec.overrides:
        compare(spec.text, base, emitted, values, tally)


def network(text: str, values: Mapping[str, object]) -> Architecture | None:
    """Compile a text, if it is valid with these values."""
    outcome = compile(read(text, "spec.yaml"), Settings(parameters=values))
    return None if outcome.network is None else Architecture(outcome.network)


def has_doubles(base: Architecture, source: str) -> bool:
    """Say whether a block has more than one class."""
    blocks = base.network.spec.blocks if base.network.spec is not None else {}
    again = "|".join(map(class_name, blocks))
    return bool(blocks) and re.search(rf"^class ({again})\d+\(", source, re.MULTILINE) is not None


def compare(
    text: str, base: Architecture, emitted: Any, values: Mapping[str, object], tally: Tally
) -> None:
    """Hold the class called with values against the class of the spec with these values."""
    taken = signature(emitted).parameters
    accepted = {name: value for name, value in values.items() if name in taken}
    tally.pinned += len(values) - len(accepted)
    if not accepted:
        return
    wanted = network(text, accepted)
    if wanted is None:
        tally.refused += 1
        return
    torch.manual_seed(0)
    try:
        ours = emitted(**{name: tupled(value) for name, value in accepted.items()})
    except ValueError as error:
        if not is_guard(error):
            raise
        tally.guarded += 1
        return
    torch.manual_seed(0)
    tally.overrides += 1
    same(ours, wanted.to_torch(), inputs(wanted), accepted)


def tupled(value: object) -> object:
    """Give lists as the emitted class takes them."""
    return tuple(value) if isinstance(value, list) else value


def is_guard(error: ValueError) -> bool:
    """Say whether the emitted class itself raised, and not PyTorch below it."""
    return traceback.extract_tb(error.__traceback__)[-1].filename == "<string>"


def inputs(architecture: Architecture) -> list[torch.Tensor]:
    """Make one input after another, the same each time."""
    generator = torch.Generator().manual_seed(1)
    made = []
    for tensor in architecture.network.model.inputs.values():
        shape = [2, *(size for size in tensor.shape[1:] if isinstance(size, int))]
        whole = torch.randint(0, 10, shape, generator=generator)
        is_whole = tensor.dtype == "int64"
        made.append(whole if is_whole else torch.randn(shape, generator=generator))
    return made


def same(ours: nn.Module, theirs: nn.Module, given: list[torch.Tensor], values: object) -> None:
    """Hold that two modules have the same keys, begin with the same weights, and compute alike."""
    first, second = ours.state_dict(), theirs.state_dict()
    if [(k, v.shape) for k, v in first.items()] != [(k, v.shape) for k, v in second.items()]:
        raise Difference(f"{values}: other keys or shapes: {list(first)} and {list(second)}")
    for key, value in first.items():
        if not torch.equal(value, second[key]):
            raise Difference(f"{values}: `{key}` begins with another weight")
    weights = filled(second)
    ours.load_state_dict(weights)
    theirs.load_state_dict(weights)
    with torch.no_grad():
        results = [list(flat(module.eval()(*given))) for module in (ours, theirs)]
    if [label for label, _ in results[0]] != [label for label, _ in results[1]]:
        raise Difference(f"{values}: other outputs")
    for (label, mine), (_, other) in zip(*results, strict=True):
        if mine.shape != other.shape or not torch.equal(mine.nan_to_num(), other.nan_to_num()):
            raise Difference(f"{values}: output `{label}` differs")
    trains = [{k: v.requires_grad for k, v in m.named_parameters()} for m in (ours, theirs)]
    if trains[0] != trains[1]:
        raise Difference(f"{values}: other weights are trained")


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


def failure(spec: RandomSpec, tally: Tally) -> str | None:
    """Check a spec, and say what went wrong, without the names and numbers of this one."""
    try:
        check(spec, tally)
    except Exception as error:  # whatever the compiler or the emitted class may raise
        text = re.sub(r"`[^`]*`|'[^']*'|\d+|\[.*|\{.*\}", "_", str(error).partition("\n")[0])
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {last.name}: {text[:120]}"
    return None
