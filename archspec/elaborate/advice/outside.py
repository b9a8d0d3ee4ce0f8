"""Names of the bodies around one, which it does not see: what they are, and how to pass them."""

from collections.abc import Iterator

from archspec.diagnostics import Remedy, Word
from archspec.document import Spec
from archspec.elaborate.advice.sources import reference
from archspec.elaborate.state import Frame
from archspec.elaborate.targets import LayerValue
from archspec.expressions import Hidden


def hidden(frame: Frame, name: str, is_value: bool) -> Hidden | None:
    """Say what a name in an expression is around a body: a value, or a number."""
    number = None if is_value else hidden_number(frame, name)
    return number or hidden_value(frame, name) or (None if is_value else _of_block(frame, name))


def hidden_value(frame: Frame, named: str) -> Hidden | None:
    """Say which layer or input around a body a reference names, and how the body receives it."""
    name = named.partition(".")[0]
    inner: list[Frame] = []
    for body in _outwards(frame):
        if body is not frame and name != "input" and _has(body, name):
            kind = "an input" if name in body.values.inputs else "a layer"
            note = f"`{name}` is {kind} of {_called(body)}, and a body sees only its inputs"
            return Hidden(note, _entering(inner, named) or _passed(inner, named))
        inner.append(body)
    return None


def _has(frame: Frame, name: str) -> bool:
    """Say whether a body has a value of a name; of one that nothing calls none is built."""
    built = frame.values.gives or frame.values.inputs
    return name in (frame.values.gives if built else frame.body.layers)


def _entering(bodies: list[Frame], named: str) -> str | None:
    """Say by which name a value comes into a group already, which is called once."""
    around = bodies[0].around
    if len(bodies) > 1 or _is_block(bodies[0]) or around is None or around.unit is None:
        return None
    if around.unit.layer.repeat is not None:
        return None
    sources = [reference(around.frame, port) for port in around.unit.sources]
    if named not in sources:
        return None
    own = bodies[0].body.received[sources.index(named)]
    return Remedy(f"it comes in as `{own}`: write that", Word(named, own))


def _passed(bodies: list[Frame], named: str) -> str:
    """Say how a value comes into bodies that lie in each other, the innermost first."""
    own = named.replace(".", "_")
    if len(bodies) > 1:
        every = " and ".join(map(_called, bodies))
        return f"pass it on: name it in `inputs` of {every}, and in `from` where they are called"
    (body,) = bodies
    reads = f"`from: [{', '.join((*_reads(body), named))}]`"
    if own.endswith("*"):
        return f"pass them: {reads}, and a name for each in `inputs` of {_called(body)}"
    inputs = f"`inputs: [{', '.join((*body.body.received, own))}]`"
    calls = [f"{reads} and {inputs} beside the `layers` of {_called(body)}"]
    if _is_block(body):
        calls = [f"{inputs} in {_called(body)}", f"{reads} where it is called"]
    first = next(iter(body.body.layers.values()), None)
    alone = "input" in body.body.received and first is not None and first.reads is None
    calls += ["`from: input` at its first layer"] if alone else []
    calls += [] if own == named else [f"`{own}` in the place of `{named}`"]
    *most, last = calls
    return f"pass it: {', '.join(most)}, and {last}" if most else f"pass it: {last}"


def _reads(frame: Frame) -> Iterator[str]:
    """Write what the call of a body reads."""
    assert frame.around is not None
    outer, unit = frame.around
    if unit is None:
        yield "…"
    elif unit.layer.references is not None:
        yield from unit.layer.references
    else:
        yield from (reference(outer, port) for port in unit.sources)


def hidden_number(frame: Frame, name: str) -> Hidden | None:
    """Say which parameter around a block a name is, and how the block may receive it."""
    for body in _outwards(frame):
        block = _block(frame)
        if name not in body.scope.values and not _counts(body, name):
            continue
        own = "number" if name == "index" else name
        where = "counts around this block" if name == "index" else f"is known in {_called(body)}"
        note = f"`{name}` {where}, and a block sees its own parameters and those of the model"
        kind = _kind(body.scope.values.get(name, 0))
        return Hidden(
            note,
            f"pass it: `params: {{{own}: {kind}}}` in block `{block}`, and `{own}: {name}` where "
            "it is called",
        )
    return None


def _of_block(frame: Frame, name: str) -> Hidden | None:
    """Say that a name is a parameter of a block, which only that block sees."""
    *_, outermost = _outwards(frame)
    spec = outermost.body
    blocks = (
        [key for key, body in spec.blocks.items() if name in body.params]
        if isinstance(spec, Spec)
        else []
    )
    if not blocks:
        return None
    note = f"`{name}` is a parameter of block `{blocks[0]}`, which nobody else sees"
    return Hidden(note, f"give the model one of its own, under `params`: `{name}`")


def _counts(frame: Frame, name: str) -> bool:
    """Say whether a body is repeated, so that its call counts by that name."""
    unit = frame.around.unit if frame.around is not None else None
    return name == "index" and unit is not None and unit.layer.repeat is not None


def _kind(value: object) -> str:
    """Write the type of a parameter that takes a value."""
    if isinstance(value, LayerValue):
        return "layer"
    kinds = {bool: "bool", int: "int", float: "float", str: "str", list: "list", tuple: "list"}
    return kinds.get(type(value), "int")


def _outwards(frame: Frame) -> Iterator[Frame]:
    """Give a body, and those around it."""
    while True:
        yield frame
        if frame.around is None:
            return
        frame = frame.around.frame


def _block(frame: Frame) -> str:
    return frame.blocks[-1] if frame.blocks else ""


def _is_block(frame: Frame) -> bool:
    """Say whether a body is a block, and no group."""
    return frame.around is not None and frame.blocks != frame.around.frame.blocks


def _called(frame: Frame) -> str:
    """Name a body in a message."""
    if isinstance(frame.body, Spec) or frame.around is None:
        return "the model"
    if _is_block(frame):
        return f"block `{_block(frame)}`"
    name = "" if frame.around.unit is None else str(frame.around.unit.path[-1])
    return f"group `{name}`" if name and not name.isdigit() else "the group"
