"""Hold an emitted class against what was inferred, and against what `--set` builds."""

import re
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import signature
from pathlib import Path
from typing import Any

import torch
from torch import nn

from archspec.api import Architecture
from archspec.emit import VerificationError, verify_module
from archspec.pipeline import Settings, compile
from archspec.source import Source, read
from support.emitting import emitted_class
from support.random_specs.arguments import argument
from support.random_specs.comparing import Difference, filled, flat, same
from support.random_specs.drawn import RandomSpec
from support.random_specs.extending import merged
from support.random_specs.sizes import inputs, sizes
from support.random_specs.tally import Tally
from support.random_specs.text import yaml


@dataclass(frozen=True, slots=True)
class Subject:
    """A spec that is checked: its text, what is inferred of it, and its emitted class.

    `compared` are the values with which the class has been called already.
    """

    source: Source
    base: Architecture
    emitted: Any
    tally: Tally
    compared: set[str] = field(default_factory=set)


Check = Callable[[RandomSpec, Tally], None]


def check(spec: RandomSpec, tally: Tally) -> None:
    """Compare everything that one spec says; raise `Difference` or whatever goes wrong."""
    with tempfile.TemporaryDirectory() as folder:
        spec.write(Path(folder))
        check_source(spec, read(spec.text, "spec.yaml", folder=Path(folder)), tally)


def check_values(spec: RandomSpec, tally: Tally) -> None:
    """Compare what one spec computes as it is, and the gradients of what is in place."""
    with tempfile.TemporaryDirectory() as folder:
        spec.write(Path(folder))
        source = read(spec.text, "spec.yaml", folder=Path(folder))
        base = network(source, Settings())
        if base is None:
            tally.invalid += 1
            return
        tally.specs += 1
        text = base.to_source()
        base.verify()
        trained(Subject(source, base, emitted_class(text, base.network.model.name), tally), text)


def check_source(spec: RandomSpec, source: Source, tally: Tally) -> None:
    """Compare everything that a spec says whose files are there."""
    base = network(source, Settings())
    if base is None:
        tally.invalid += 1
        return
    tally.specs += 1
    text = base.to_source()
    subject = Subject(source, base, emitted_class(text, base.network.model.name), tally)
    tally.doubled += has_doubles(base, text)
    base.verify()
    trained(subject, text)
    extended(spec, source, text)
    at_sizes(subject)
    before = tally.overrides
    for values in spec.overrides:
        compare(subject, Settings(parameters=values))
    for name in base.network.spec.variants if base.network.spec is not None else ():
        compare(subject, Settings(variant=name))
    tally.overridden += tally.overrides > before


def network(source: Source, settings: Settings) -> Architecture | None:
    """Compile a source, if it is valid with these settings."""
    outcome = compile(source, settings)
    return None if outcome.network is None else Architecture(outcome.network)


def extended(spec: RandomSpec, source: Source, text: str) -> None:
    """Hold that a spec that extends another is as if written out."""
    if "extends" not in spec.data:
        return
    whole = yaml(merged(spec)) + "\n"
    out = network(read(whole, "spec.yaml", folder=source.folder), Settings())
    if out is None or out.to_source() != text:
        raise Difference("what is extended is not as if written out")


def at_sizes(subject: Subject) -> None:
    """Hold a class whose sizes are free against what is built for some of them."""
    tensors, chosen = subject.base.network.model.inputs, sizes(subject.base)
    if all(tensor.symbols <= {"N"} for tensor in tensors.values()) or chosen is None:
        return
    given = inputs(subject.base, chosen)
    shapes = {name: tuple(item.shape[1:]) for name, item in zip(tensors, given, strict=True)}
    fixed = network(subject.source, Settings(inputs=shapes))
    if fixed is None:
        raise Difference(f"{chosen}: valid for free sizes that fit, and not for these")
    same(seeded(subject.emitted), seeded(fixed.to_torch), given, chosen)


def has_doubles(base: Architecture, source: str) -> bool:
    """Say whether a block has more than one class."""
    blocks = base.network.spec.blocks if base.network.spec is not None else {}
    return any(source.count(f'"""The block `{name}` of ') > 1 for name in blocks)


def compare(subject: Subject, settings: Settings) -> None:
    """Hold the class against the spec, as far as the class takes the values."""
    values = chosen_values(subject, settings)
    taken = signature(subject.emitted).parameters
    accepted = {name: value for name, value in values.items() if name in taken}
    subject.tally.pinned += len(values) - len(accepted)
    if not accepted:
        rebuilt(subject, settings)
    elif str(accepted) not in subject.compared:
        subject.compared.add(str(accepted))
        whole = accepted == values
        compare_called(subject, settings if whole else Settings(parameters=accepted), accepted)


def compare_called(subject: Subject, settings: Settings, values: Mapping[str, object]) -> None:
    """Hold the class called with values against the class of the spec with these values."""
    tally, wanted = subject.tally, network(subject.source, settings)
    ours = None if wanted is None else called(subject, values)
    if wanted is None or ours is None:
        tally.refused += wanted is None
        tally.guarded += wanted is not None
        return
    theirs, chosen = seeded(wanted.to_torch), sizes(wanted)
    tally.overrides += 1
    tally.variants += settings.variant is not None
    tally.unrun += chosen is None
    same(ours, theirs, None if chosen is None else inputs(wanted, chosen), values)
    by_graph(wanted, seeded(subject.emitted, **arguments(subject, values)), values)


def by_graph(architecture: Architecture, module: nn.Module, values: Mapping[str, object]) -> None:
    """Hold that a module computes what the graph says, operation by operation."""
    if sizes(architecture) is None:
        return
    try:
        verify_module(architecture.network, module)
    except VerificationError as error:
        raise Difference(f"{values}: {error}") from error


def trained(subject: Subject, text: str) -> None:
    """Hold that what is in place has the gradients that it has otherwise."""
    apart = re.sub(r"(, )?\binplace=[^,)]+", "", text)
    chosen = sizes(subject.base)
    if apart == text or chosen is None:
        return
    subject.tally.in_place += 1
    other = emitted_class(apart, subject.base.network.model.name)
    given = inputs(subject.base, chosen)
    ours, theirs = (gradients(seeded(each), given) for each in (subject.emitted, other))
    # a gradient before a normalisation may be 0 but for rounding, that of all others
    size = max((float(grad.abs().max()) for grad in theirs.values()), default=0.0)
    for key, wanted in theirs.items():
        if not torch.allclose(ours[key], wanted, rtol=1e-6, atol=1e-9 * size, equal_nan=True):
            raise Difference(f"in place, `{key}` has another gradient")


def gradients(module: nn.Module, given: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
    """Give the gradients of all weights and inputs in training, in double precision."""
    module.load_state_dict(filled(module.state_dict()))
    module.double().train()
    taken = [value.double() if value.is_floating_point() else value for value in given]
    floats = [value.requires_grad_() for value in taken if value.is_floating_point()]
    torch.manual_seed(0)
    results = [value for _, value in flat(module(*taken)) if value.requires_grad]
    if results:
        torch.autograd.backward([value.square().sum() for value in results])
    weights = {name: weight.grad for name, weight in module.named_parameters()}
    named = weights | {f"input {index}": value.grad for index, value in enumerate(floats)}
    return {name: grad for name, grad in named.items() if grad is not None}


def called(subject: Subject, values: Mapping[str, object]) -> nn.Module | None:
    """Call the class with values; `None` where it says itself that it cannot."""
    try:
        return seeded(subject.emitted, **arguments(subject, values))
    except ValueError as error:
        if not is_guard(error):
            raise
        return None


def rebuilt(subject: Subject, settings: Settings) -> None:
    """Verify what is built with other layers, where the class is built for its own."""
    spec = subject.base.network.spec
    if spec is None or all(spec.params[name].type != "layer" for name in settings.parameters):
        return
    other = network(subject.source, settings)
    if other is not None:
        other.verify()
        subject.tally.rebuilt += 1


def seeded(make: Callable[..., nn.Module], **given: object) -> nn.Module:
    """Make a module with the same first weights each time."""
    torch.manual_seed(0)
    return make(**given)


def chosen_values(subject: Subject, settings: Settings) -> Mapping[str, object]:
    """Give the values that a variant has, else those that are laid over the spec's."""
    spec = subject.base.network.spec
    if settings.variant is None or spec is None:
        return settings.parameters
    return spec.variants[settings.variant].parameters


def arguments(subject: Subject, values: Mapping[str, object]) -> dict[str, object]:
    """Give values as the emitted class takes them."""
    spec = subject.base.network.spec
    assert spec is not None
    return {name: argument(spec.params[name].type, value) for name, value in values.items()}


def is_guard(error: ValueError) -> bool:
    """Say whether the emitted class itself raised, and not PyTorch below it."""
    return traceback.extract_tb(error.__traceback__)[-1].filename == "<string>"


def failure(spec: RandomSpec, tally: Tally, checked: Check = check) -> str | None:
    """Check a spec, and say what went wrong, without the names and numbers of this one."""
    try:
        checked(spec, tally)
    except Exception as error:  # whatever the compiler or the emitted class may raise
        text = re.sub(r"`[^`]*`|'[^']*'|\d+|\[.*|\{.*\}", "_", str(error).partition("\n")[0])
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} in {last.name}: {text[:120]}"
    return None
