"""Values in pieces, and some of what a chain gives."""

from dataclasses import replace

from support.random_specs.bodies import Body
from support.random_specs.joins import one
from support.random_specs.operations import WORDS, Layer, activation, in_place, plain
from support.random_specs.values import Value


def halves(body: Body, value: Value) -> None:
    """Two halves, one of which goes on by itself."""
    scope = body.scope
    made, gives = plain(value, f"2 * {scope.parameter('width')}", scope)
    both = one(body, made, value, gives)
    width = both.width.removeprefix("2 * ") if both.width else None
    half = replace(both, width=width)
    axis = 2 if value.kind == "sequence" else 1
    condition = scope.condition() if not body.counts and scope.chance.may("when", 0.3) else None
    halved: Layer = {"op": "chunk", "chunks": 2, "dim": axis}
    if condition is None and scope.chance.happens(0.3) and width is not None:
        halved = {"op": "split", "split_size_or_sections": width, "dim": axis}
    if condition is not None:
        half = replace(half, width=None, certain=False)
        halved["when"] = condition
    pieces = body.add(halved, (both,), (half, half))
    if scope.chance.may("repeat", 0.4):
        _repeated_half(body, pieces)
        return
    made, gives = activation(scope, pieces[1])
    done = one(body, made, pieces[1], gives)
    layer: Layer = {"op": "cat", "dim": axis}
    body.add(layer, (pieces[0], done), (replace(done, width=None),))


def _repeated_half(body: Body, pieces: tuple[Value, ...]) -> None:
    """All that a chain gives, beside both halves."""
    scope, last = body.scope, pieces[1]
    times = 2 if body.counts else scope.count()
    made = in_place(scope, scope.chance.pick(WORDS))
    layer: Layer = {"op": made} if isinstance(made, str) else made
    (done,) = body.add(layer | {"repeat": times}, (last,), (last,))
    if "every" in scope.chance.constructs:
        every = replace(done, reference=f"{done.reference}.*", name=None)
        body.read((done,))
        done = every
    axis = 2 if last.kind == "sequence" else 1
    gives = replace(last, width=None, reference=None, name=None, grown=last.grown + 2)
    body.add({"op": "cat", "dim": axis}, (*pieces, done), (gives,))


def sections(body: Body, value: Value) -> None:
    """Take a value apart into pieces of several sizes, which go on by themselves."""
    scope = body.scope
    sizes = [scope.parameter("width"), *(str(n) for n in scope.chance.random.sample([1, 2, 3], 2))]
    sizes = scope.chance.random.sample(sizes, scope.chance.number(2, 3))
    made, gives = plain(value, " + ".join(sizes), scope)
    whole = one(body, made, value, gives)
    axis = 2 if value.kind == "sequence" else 1
    written = [scope.written(size) for size in sizes]
    layer: Layer = {"op": "split", "split_size_or_sections": written, "dim": axis}
    pieces = body.add(layer, (whole,), [replace(whole, width=size) for size in sizes])
    body.add({"op": "cat", "dim": axis}, pieces[::-1], (replace(whole, width=None),))
