"""A figure as Mermaid text, which Markdown pages draw by themselves."""

from collections.abc import Iterator

from archspec.draw.compose import figure_of
from archspec.draw.figure import Arrow, Box, Frame, Item, Role, Shortcut, boxes
from archspec.graph import Network

_CLASSES = {
    Role.WEIGHTED: "fill:#D6E4F2,stroke:#35628F,color:#000",
    Role.WEIGHTLESS: "fill:#FFFFFF,stroke:#888888,color:#000",
    Role.JOIN: "fill:#FCEBD3,stroke:#A8660D,color:#000",
    Role.BLOCK: "fill:#D9EBE0,stroke:#2F7050,stroke-width:2px,color:#000",
    Role.VALUE: "fill:none,stroke:none",
}
_MARKS = {"shares": "fill:#FFFFFF", "training": "stroke-dasharray:4 3"}
_SHAPES = {Role.JOIN: ('(["', '"])')}
_LOOPS = {Shortcut.IDENTITY: "-->", Shortcut.PROJECTION: "-.->"}
_PLAIN = " ×·.,_=|…()[]+*/⌊⌋⌈⌉"
"""Signs that mean nothing inside quotes."""


def to_mermaid(network: Network, level: str = "stage") -> str:
    """Write a network as a Mermaid flowchart at the level `stage`, `block` or `layer`."""
    figure = figure_of(network, level)
    drawn = list(boxes(figure.items))
    lines = [
        "flowchart TB",
        *(f"    classDef {role.value} {style}" for role, style in _CLASSES.items()),
        *_items(figure.items, "    "),
        *(f"    {_arrow(arrow)}" for arrow in figure.arrows),
        *(
            f"    {box.key} {_LOOPS[box.shortcut]} {box.key}"
            for box in drawn
            if box.shortcut in _LOOPS
        ),
        *(f"    {above} ~~~ {below}" for above, below in figure.stacked),
        *_marked(drawn),
    ]
    return "\n".join(lines) + "\n"


def inert(text: str) -> str:
    """Write a text so that Mermaid shows it as it stands.

    >>> inert('conv "1"'), inert("<b>")
    ('conv #34;1#34;', '#60;b#62;')
    """
    return "".join(sign if sign.isalnum() or sign in _PLAIN else f"#{ord(sign)};" for sign in text)


def _items(items: tuple[Item, ...], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Frame):
            yield f'{indent}subgraph {item.key}["{inert(item.heading)}"]'
            yield from _items(item.items, f"{indent}    ")
            yield f"{indent}end"
        else:
            yield f"{indent}{_box(item)}"


def _box(box: Box) -> str:
    label = "<br/>".join(inert(line) for line in (box.heading, box.facts) if line)
    left, right = _SHAPES.get(box.role, ('["', '"]'))
    return f"{box.key}{left}{label}{right}:::{box.role.value}"


def _marked(drawn: list[Box]) -> Iterator[str]:
    """Give the classes of boxes that are drawn otherwise, where there are some."""
    for mark, style in _MARKS.items():
        keys = [box.key for box in drawn if getattr(box, mark) and box.role is not Role.VALUE]
        if keys:
            yield f"    classDef {mark} {style}"
            yield f"    class {','.join(keys)} {mark}"


def _arrow(arrow: Arrow) -> str:
    line = "-.->" if arrow.training else "==>" if arrow.skips else "-->"
    label = f'|"{inert(arrow.label)}"|' if arrow.label else ""
    return f"{arrow.tail} {line}{label} {arrow.head}"
