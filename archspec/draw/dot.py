"""A figure as DOT text; every text of the network stays text."""

import unicodedata
from typing import TYPE_CHECKING

from archspec.draw.compose import figure_of
from archspec.draw.figure import Arrow, Box, Frame, Item, Role, Shortcut, boxes
from archspec.graph import Network

if TYPE_CHECKING:
    from graphviz import Digraph  # type: ignore[import-untyped]  # it has no annotations


_FONT = "Helvetica,Arial,sans-serif"
_GRAPH = {
    "rankdir": "TB",
    "nodesep": "0.3",
    "ranksep": "0.08",
    "labelloc": "t",
    "fontname": _FONT,
    "fontsize": "12",
}
_NODE = {
    "shape": "box",
    "style": "filled",
    "fontname": _FONT,
    "fontsize": "9",
    "margin": "0.1,0.03",
    "height": "0.22",
    "penwidth": "0.8",
}
_EDGE = {
    "fontname": _FONT,
    "fontsize": "8",
    "fontcolor": "#555555",
    "color": "#555555",
    "arrowsize": "0.5",
    "penwidth": "0.8",
}
_PAGE = {"size": "7.5,9.8"}
"""Inches of a page, to which a larger drawing shrinks; one of every layer is read by scrolling."""
_FRAME = {
    "style": "rounded,filled",
    "fillcolor": "#FAFAFA",
    "color": "#BBBBBB",
    "fontcolor": "#555555",
    "fontsize": "9",
    "labeljust": "l",
    "margin": "6",
}
_ROLES = {
    Role.VALUE: {
        "shape": "plaintext",
        "style": "",
        "height": "0.2",
        "width": "0.2",
        "margin": "0.05,0.01",
    },
    Role.WEIGHTED: {"fillcolor": "#D6E4F2", "color": "#35628F"},
    Role.WEIGHTLESS: {"fillcolor": "#FFFFFF", "color": "#888888"},
    Role.JOIN: {"fillcolor": "#FCEBD3", "color": "#A8660D", "style": "rounded,filled"},
    Role.BLOCK: {"fillcolor": "#D9EBE0", "color": "#2F7050", "penwidth": "1.6"},
}
_SKIP = {"color": "#A8660D", "penwidth": "1.2", "weight": "0"}
_SHORTCUTS = {Shortcut.IDENTITY: "solid", Shortcut.PROJECTION: "dashed"}


def to_dot(network: Network, level: str = "stage") -> str:
    """Write a network as a DOT graph at the level `stage`, `block` or `layer`."""
    from graphviz import Digraph

    figure = figure_of(network, level)
    graph = Digraph("network", graph_attr=_GRAPH, node_attr=_NODE, edge_attr=_EDGE)
    graph.attr(label=inert(figure.title), **({} if level == "layer" else _PAGE))
    _add_items(graph, figure.items)
    for arrow in figure.arrows:
        _add_arrow(graph, arrow)
    for box in boxes(figure.items):
        _add_shortcut(graph, box)
    for above, below in figure.stacked:
        graph.edge(above, below, style="invis")
    return str(graph.source)


def inert(text: str) -> str:
    r"""Write a text so that Graphviz shows it as it stands.

    A backslash, an entity, or brackets of HTML mean nothing then.

    >>> inert("<b>"), inert("\\N"), inert("&lt;")
    ('<b>', '\\\\N', '&amp;lt;')
    """
    from graphviz import escape

    visible = "".join(map(_visible, text))
    # Its class marks it as no HTML for the package, so that it must stay what it is.
    label: str = escape(visible.replace("&", "&amp;"))
    return label


def _visible(character: str) -> str:
    return "\N{REPLACEMENT CHARACTER}" if unicodedata.category(character) == "Cc" else character


def _add_items(graph: "Digraph", items: tuple[Item, ...]) -> None:
    for item in items:
        if isinstance(item, Frame):
            with graph.subgraph(name=item.key, graph_attr=_frame_style(item)) as inner:
                inner.attr(label=inert(item.heading))
                _add_items(inner, item.items)
        else:
            graph.node(item.key, _label(item), **_box_style(item))


def _frame_style(frame: Frame) -> dict[str, str]:
    return _FRAME | ({"style": f"{_FRAME['style']},dashed"} if frame.training else {})


def _box_style(box: Box) -> dict[str, str]:
    """Leave a box empty that has no weights of its own, and dash one for training."""
    style = dict(_ROLES[box.role])
    if box.role is Role.VALUE:
        return style
    if box.shares:
        style["fillcolor"] = "#FFFFFF"
    if box.training:
        style["style"] = f"{style.get('style', _NODE['style'])},dashed"
    return style


def _label(box: Box) -> str:
    from graphviz import nohtml

    text: str = nohtml(r"\n".join(inert(line) for line in (box.heading, box.facts) if line))
    return text


def _add_arrow(graph: "Digraph", arrow: Arrow) -> None:
    style = _SKIP if arrow.skips else {"weight": "100"}
    if arrow.training:
        style = style | {"style": "dashed"}
    # A blank label makes Graphviz keep room for the curve within its frame.
    label = inert(f" {arrow.label} ") if arrow.label else "  " if arrow.skips else None
    graph.edge(arrow.tail, arrow.head, label, **style)


def _add_shortcut(graph: "Digraph", box: Box) -> None:
    """Draw the way around a closed block as a loop from its top to its foot."""
    style = _SHORTCUTS.get(box.shortcut)
    if style:
        graph.edge(f"{box.key}:ne", f"{box.key}:se", **(_SKIP | {"style": style}))
