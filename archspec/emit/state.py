"""Hold what a module keeps against its graph: keys, shapes, what is shared and what is frozen."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from archspec.emit.values import VerificationError
from archspec.graph import Call, Kind, Leaf, Module, Network, instances, key_of, repetitions

if TYPE_CHECKING:
    from torch import nn


class Kept(NamedTuple):
    """A layer under its path, the paths of the bodies around it, and whether it is trained."""

    path: str
    leaf: Leaf
    bodies: tuple[str, ...]
    trainable: bool


def check_state(network: Network, module: "nn.Module") -> tuple[int, int]:
    """Compare the `state_dict`, and count its parameters and buffers."""
    leaves = [leaf for _, leaf in instances(network.model)]
    _check_keys(network, module)
    _check_ties(network, module)
    return sum(len(leaf.weights) for leaf in leaves), sum(len(leaf.buffers) for leaf in leaves)


def _check_keys(network: Network, module: "nn.Module") -> None:
    expected: dict[str, tuple[int, ...]] = {}
    for path, leaf in instances(network.model):
        expected |= {key_of(path, name): shape for name, shape in leaf.state.items()}
    actual = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    if list(expected.items()) == list(actual.items()):
        return
    wrong = next(
        (name for name in (*expected, *actual) if expected.get(name) != actual.get(name)),
        "the order of the keys",
    )
    raise VerificationError(
        f"`{wrong}` was inferred as {expected.get(wrong)} and built as {actual.get(wrong)}"
    )


def _check_ties(network: Network, module: "nn.Module") -> None:
    """Hold that layers share the weights that they are to share, no others, and what is frozen."""
    weights = dict(module.named_parameters(remove_duplicate=False))
    first: dict[int, str] = {}  # in the order of the spec, which `order` may change in the module
    tied: dict[str, str] = {}
    for kept in _kept(network.model, "", (), trainable=True):
        for name in kept.leaf.weights:
            key = key_of(kept.path, name)
            owner = tied[key] = _owner(kept, name, key, tied)
            shared = first.setdefault(id(weights[key]), key)
            if shared != owner:
                is_shared = f"shared with `{shared}`" if shared != key else "a weight of its own"
                wanted = f"that of `{owner}`" if owner != key else "a weight of its own"
                raise VerificationError(f"`{key}` is {is_shared}, and the graph says {wanted}")
            if owner == key and weights[key].requires_grad != kept.trainable:
                stays = "trained" if weights[key].requires_grad else "frozen"
                raise VerificationError(f"`{key}` is {stays}, and the graph says otherwise")


def _owner(kept: Kept, name: str, key: str, tied: dict[str, str]) -> str:
    """Give the key under which a weight stands first."""
    tie = kept.leaf.tie
    if tie is None or tie.weight != name:
        return key
    around = kept.bodies[: len(kept.bodies) - tie.up]
    keys = (key_of(f"{body}{'.'.join(tie.path)}", name) for body in reversed(around))
    found = next((item for item in keys if item in tied), key)
    return tied.get(found, found)


def _kept(
    module: Module, prefix: str, bodies: tuple[str, ...], *, trainable: bool
) -> Iterator[Kept]:
    """Give every layer, in the order in which weights are built: as the spec has them."""
    inner = bodies if module.kind is Kind.CHAIN else (*bodies, prefix)
    for node in module.nodes:
        if node.again is not None:
            continue
        trained = trainable and node.trainable
        for name in repetitions(node):
            path = f"{prefix}{name}"
            if isinstance(node, Call):
                yield from _kept(node.module, f"{path}.", inner, trainable=trained)
            elif isinstance(node, Leaf):
                yield Kept(path, node, inner, trained)
