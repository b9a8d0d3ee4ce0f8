"""The three levels of detail: stages, blocks and layers."""

from collections.abc import Iterator

from archspec.draw.figure import Figure, Frame, Item, boxes
from archspec.draw.grouping import Definition, definitions, names_of
from archspec.draw.sketch import Detail, Sketch
from archspec.graph import Kind, Network

LEVELS = ("stage", "block", "layer")

_WITHOUT_BLOCKS = frozenset(Kind) - {Kind.BLOCK}


def figure_of(network: Network, level: str) -> Figure:
    """Decide what is drawn at the level `stage`, `block` or `layer`."""
    if level not in LEVELS:
        raise ValueError(f"there is no level `{level}`, only `stage`, `block` and `layer`")
    return {"stage": _stages, "block": _blocks, "layer": _layers}[level](network)


def _stages(network: Network) -> Figure:
    """Close blocks, open everything else, and let layers share boxes."""
    return _finished(network, Sketch(Detail(_WITHOUT_BLOCKS), network.batch))


def _layers(network: Network) -> Figure:
    """Open everything; only equal layers in a row share a box."""
    return _finished(network, Sketch(Detail(frozenset(Kind), merges=False), network.batch))


def _blocks(network: Network) -> Figure:
    """Draw the stages, and beside them each different block once."""
    found = definitions(network)
    detail = Detail(_WITHOUT_BLOCKS, block_name=names_of(found))
    sketch = Sketch(detail, network.batch)
    stages = sketch.whole([network.model])
    frames = tuple(_frame(sketch, definition) for definition in found)
    tallest = _rows(sketch, stages)
    stacked = tuple(_stacked(sketch, frames, tallest))
    return Figure(network.model.name, (*stages, *frames), tuple(sketch.arrows), stacked)


def _stacked(sketch: Sketch, frames: tuple[Frame, ...], tallest: int) -> Iterator[tuple[str, str]]:
    """Put frames into columns that are as tall as the model: a page is not as wide as they are."""
    height = tallest
    for above, frame in zip((None, *frames), frames, strict=False):
        own = _rows(sketch, frame.items)
        fits = above is not None and height + own <= tallest
        if above is not None and fits:
            yield list(boxes(above.items))[-1].key, next(boxes(frame.items)).key
        height = own + (height if fits else 0)


def _rows(sketch: Sketch, items: tuple[Item, ...]) -> int:
    return 1 + max(sketch.ranks[box.key] for box in boxes(items))


def _frame(sketch: Sketch, definition: Definition) -> Frame:
    return Frame(sketch.frame_key(), definition.name, sketch.whole(definition.modules))


def _finished(network: Network, sketch: Sketch) -> Figure:
    items = sketch.whole([network.model])
    return Figure(network.model.name, items, tuple(sketch.arrows))
