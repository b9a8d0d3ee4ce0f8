"""Calls with places, `self.conv({0})`, and what may stand in these."""

import ast
from functools import lru_cache


def filled(template: str, texts: tuple[str, ...]) -> str:
    """Put what is read into a call, in parentheses where an operator asks for them.

    >>> filled("{0} * {1}", ("a + b", "c")), filled("f({0})", ("a + b",))
    ('(a + b) * c', 'f(a + b)')
    >>> filled("{0} == {1}", ("a > b", "c"))
    '(a > b) == c'
    """
    needs = _operands(template, len(texts))
    return template.format(
        *(
            f"({text})" if index in needs and _is_operator(text) else text
            for index, text in enumerate(texts)
        )
    )


_OWNERS = ast.BinOp | ast.UnaryOp | ast.Compare | ast.IfExp | ast.Attribute | ast.Subscript
"""What has operands: `a > b == c` would compare `b` with both."""


@lru_cache(maxsize=1024)
def _operands(template: str, count: int) -> frozenset[int]:
    """Say which places of a template are operands of an operator, or hold an attribute's owner."""
    names = [f"place_{index}" for index in range(count)]
    tree = ast.parse(template.format(*names), mode="eval")
    found = set()
    for node in ast.walk(tree):
        owner = isinstance(node, _OWNERS)
        for child in ast.iter_child_nodes(node) if owner else ():
            if isinstance(child, ast.Name) and child.id in names:
                found.add(names.index(child.id))
    return frozenset(found)


@lru_cache(maxsize=4096)
def _is_operator(text: str) -> bool:
    if text.startswith("*"):
        return False
    tree = ast.parse(text, mode="eval").body
    grouped = text.startswith("(") and text.endswith(")") and tree.col_offset == 1
    kinds = ast.BinOp | ast.UnaryOp | ast.IfExp | ast.Compare | ast.BoolOp
    return isinstance(tree, kinds) and not grouped


def takes_star(template: str, index: int, count: int) -> bool:
    """Say whether several values may stand in a place of a call, as `*values` says it.

    >>> takes_star("torch.cat(({0}, {1}), dim=1)", 1, 2), takes_star("{0} + {1}", 1, 2)
    (True, False)
    """
    return index not in _operands(template, count)
