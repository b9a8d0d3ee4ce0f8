"""The public API: load a spec, then ask the architecture for counts, pictures and source."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import networkx as nx

from archspec.analysis import Count, count
from archspec.diagnostics import ClaimFails, Problem, SpecError
from archspec.draw import draw
from archspec.emit import Verification, to_module, to_torch_source, verify
from archspec.graph import Network
from archspec.operations import from_files, using
from archspec.pipeline import Settings, compile
from archspec.source import Limits, read
from archspec.source.files import read_file, write_file
from archspec.source.library import find
from archspec.weights import Grown, grow

if TYPE_CHECKING:
    import torch
    from torch import nn


Shape = Sequence[int]


class ClaimWarning(UserWarning):
    """A spec claims something of its network that is not so: `expect` fails."""


@dataclass(frozen=True)
class Architecture:
    """A checked network, and what can be made of it.

    `diagnostics` are the warnings of its spec, and the claims in it that fail.
    """

    network: Network
    diagnostics: tuple[Problem, ...] = ()

    @property
    def graph(self) -> "nx.MultiDiGraph[str]":
        """The model's graph; its calls hold those of blocks and groups."""
        return self.network.graph

    def flatten(self) -> "nx.MultiDiGraph[str]":
        """Give one graph of all operations, each under its path: `layer1.0.conv1`."""
        return self.network.flatten()

    def count(self) -> Count:
        """Count parameters, MACs and activations by layer, block and stage.

        >>> load("resnet50").count().totals.parameters
        25557032
        """
        return count(self.network)

    def draw(self, path: str | Path, level: str = "stage") -> None:
        """Draw it to a file; the suffix says how: svg, png, pdf, dot, gv or mmd."""
        path = Path(path)
        write_file(path, draw(self.network, path.suffix.removeprefix("."), level))

    def to_source(self, target: str = "torch") -> str:
        """Write source that needs nothing of archspec; `torch` is the one target so far."""
        if target != "torch":
            raise ValueError(f"there is no target `{target}`, only `torch`")
        return to_torch_source(self.network)

    def to_torch(self, **arguments: object) -> "nn.Module":
        """Build the module: the emitted source, executed, its class called with `arguments`."""
        return to_module(self.network, **arguments)

    def grow(
        self, deep: "Architecture", weights: "Mapping[str, torch.Tensor]", seed: int = 0
    ) -> Grown:
        """Make weights of a deeper or wider network that gives what this one gives with `weights`.

        Both are run and compared. Raises `archspec.weights.CannotGrow`, which says why not.

        >>> shallow, deep = load("resnet18"), load("resnet34")
        >>> grown = shallow.grow(deep, shallow.to_torch().state_dict())
        >>> grown.added[:2], grown.differences.evaluation < 1e-5
        (('layer1.2', 'layer2.2'), True)
        """
        return grow(self.network, deep.network, weights, seed)

    def verify(self) -> Verification:
        """Build and run the module, and compare every weight, buffer and value.

        The graph is computed operation by operation, with random weights, in evaluation and in
        training. Raises `VerificationError`, which names the first layer that differs.
        """
        return verify(self.network)


def load(
    name: str | Path,
    *,
    variant: str | None = None,
    input: Shape | Mapping[str, Shape] | None = None,
    ops: str | Path | Sequence[str | Path] = (),
    limits: Limits = Limits(),
    **parameters: object,
) -> Architecture:
    """Load a spec by the path of a file, or the name of a shipped spec or variant.

    `input` is a shape without the batch, or several by name; a text in it, as `H` in
    `(3, "H", "W")`, is a size that is free. `ops` are files of Python that define operations of
    one's own, and are run. Raises `SpecError` with all diagnostics, `LookupError` for an unknown
    name, `FileError` for a file that cannot be read, and `archspec.operations.BrokenOperation` for
    one of `ops` in which something fails. A claim that fails is a `ClaimWarning`: the network is
    there to be looked at. With `warnings.simplefilter("error", ClaimWarning)` it is raised, too.

    >>> load("resnet50", depths=[3, 4, 23, 3]).count().depth
    101
    """
    found = find(str(name))
    text = read_file(found.path, limits.bytes + 1)
    source = read(text, found.name, limits, folder=found.path.parent)
    settings = Settings(parameters, variant or found.variant, _shapes(input))
    with using(from_files([ops] if isinstance(ops, str | Path) else ops)):
        outcome = compile(source, settings)
    if outcome.network is None:
        raise SpecError(outcome.diagnostics)
    for item in outcome.diagnostics:
        if isinstance(item, ClaimFails):
            warnings.warn(
                str(SpecError([replace(item, counts_as="error")])), ClaimWarning, stacklevel=2
            )
    return Architecture(outcome.network, outcome.diagnostics)


def _shapes(input: Shape | Mapping[str, Shape] | None) -> dict[str, tuple[int | str, ...]]:
    named = input if isinstance(input, Mapping) else {} if input is None else {"input": input}
    return {name: tuple(shape) for name, shape in named.items()}
