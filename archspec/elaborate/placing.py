"""Put what a layer builds into its body: under its name, under several, or without one."""

from contextlib import suppress

from archspec.diagnostics import MisplacedKey, Path, Place, Problem
from archspec.elaborate.building import Building
from archspec.elaborate.claims import check_claim
from archspec.elaborate.frames import Frame
from archspec.elaborate.names import gives_of
from archspec.expressions import Poisoned, filled
from archspec.graph import Call, Node
from archspec.spec import Layer

_MOST_POISONED = 1000


def place(builder: Building, frame: Frame, key: str, layer: Layer, path: Path, node: Node) -> None:
    """Put a layer's node into the body, and check the claim about its output."""
    if layer.expect is not None and not builder.root:
        check_claim(builder.report, builder.conditions, frame, layer, path, node, builder.symbols)
    named = "{" in key and layer.repeat is not None
    if not layer.splice and not named:
        frame.values.add(key, node, gives_of(node))
        return
    try:
        _splice(frame, key, layer, node, named=named)
    except Problem as problem:
        where = Place(path, key=True) if named else Place((*path, "splice"))
        builder.report.add(problem, where)
        fail(frame, key, key, None)
    except Poisoned:
        fail(frame, key, key, None)


def fail(frame: Frame, key: str, name: str, count: int | None) -> None:
    """Poison a layer that failed, and each of its repetitions that has a name of its own."""
    names = [name]
    if "{" in key and count:
        numbers = range(min(count, _MOST_POISONED))
        with suppress(Problem, Poisoned):
            names = [_numbered(frame, key, index) for index in numbers]
    for item in names:
        if item not in frame.values.gives:
            frame.values.fail(key, item)


def _splice(frame: Frame, key: str, layer: Layer, node: Node, *, named: bool) -> None:
    """Let what the layer holds stand in its body, repetitions under names of their own."""

    def rename(number: str) -> str:
        return _numbered(frame, key, int(number))

    if named and node.again is not None:
        text = f"what is called again has one name, and `{key}` gives each repetition its own"
        raise MisplacedKey(text, help="write each call by itself")
    if not isinstance(node, Call) or node.again is not None:
        raise MisplacedKey("`splice` is for what holds layers: a block, a group, a repetition")
    if layer.splice and named:
        raise MisplacedKey(f"`splice` leaves the name out, and `{key}` gives each its own")
    deep = layer.splice == "all"
    frame.values.splice(key, node, deep=deep, rename=rename if named else None)


def _numbered(frame: Frame, key: str, index: int) -> str:
    """Fill in the name of a repetition."""
    return filled(key, frame.keys.extended({"index": index}))
