"""Build specs given as texts, and compare what the emitted class and `--set` make of them."""

from typing import Any

import torch
from torch import nn

from archspec.api import Architecture
from archspec.diagnostics.render import render_text
from archspec.emit.code import class_name
from archspec.pipeline import Settings, compile
from archspec.source import read


def architecture(text: str, **parameters: object) -> Architecture:
    """Compile a text; a bad spec fails the test with its report."""
    outcome = compile(read(text, "spec.yaml"), Settings(parameters=parameters))
    assert outcome.network is not None, render_text(outcome.diagnostics)
    return Architecture(outcome.network)


def minimal(layers: str, head: str = "", shape: str = "[N, 3, 32, 32]") -> str:
    """Write a spec around layers, which are indented by two."""
    return f"archspec: 1\nname: Net\ninput: {shape}\n{head}\nlayers:\n{layers}"


def emitted_class(source: str, name: str) -> Any:
    """Execute a source, and give the model's class."""
    names: dict[str, Any] = {"__name__": "emitted"}
    exec(source, names)
    return names[class_name(name)]


def same_function(first: nn.Module, second: nn.Module, shape: tuple[int, ...]) -> bool:
    """Say whether two modules have the same keys and shapes, and compute the same."""
    a, b = first.state_dict(), second.state_dict()
    assert {key: value.shape for key, value in a.items()} == {
        key: value.shape for key, value in b.items()
    }
    assert list(a) == list(b)
    first.load_state_dict(b)
    picture = torch.randn(shape)
    with torch.no_grad():
        return torch.equal(first.eval()(picture), second.eval()(picture))


def agree(text: str, shape: tuple[int, ...] = (2, 3, 32, 32), **parameters: object) -> None:
    """Hold that `Emitted(**v)` is what `--set v` builds."""
    base = architecture(text)
    kept = {name: _tupled(value) for name, value in parameters.items()}
    ours = emitted_class(base.to_source(), base.network.model.name)(**kept)
    theirs = architecture(text, **parameters).to_torch()
    assert same_function(ours, theirs, shape)


def _tupled(value: object) -> object:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value
