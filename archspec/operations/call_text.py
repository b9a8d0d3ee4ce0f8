"""Python texts of arguments, put together as a colleague would write the call."""

import ast
from collections.abc import Mapping


def keywords(arguments: Mapping[str, str], *without: str) -> str:
    """Write keyword arguments, each with a comma before it.

    >>> keywords({"dim": "1", "keepdim": "True"}, "dim")
    ', keepdim=True'
    """
    return "".join(f", {name}={text}" for name, text in arguments.items() if name not in without)


def unpacked(text: str) -> str:
    """Write a list as several arguments.

    >>> unpacked("(0, 2, n // 3)"), unpacked("(4,)"), unpacked("sizes")
    ('0, 2, n // 3', '4', '*sizes')
    >>> unpacked("()")
    '()'
    """
    if text == "()":  # PyTorch's methods want one argument at least
        return text
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Tuple | ast.List) and tree.elts:
        return ", ".join(ast.get_source_segment(text, item) or "" for item in tree.elts)
    return f"*{text}"


def elements(text: str) -> tuple[str, ...]:
    """Give the texts of the elements of a list.

    >>> elements("(n, 2 * n)")
    ('n', '2 * n')
    """
    tree = ast.parse(text, mode="eval").body
    assert isinstance(tree, ast.Tuple | ast.List)
    return tuple(ast.get_source_segment(text, item) or "" for item in tree.elts)


def tuple_of(texts: tuple[str, ...]) -> str:
    """Write a tuple.

    >>> tuple_of(("a",)), tuple_of(("a", "b"))
    ('(a,)', '(a, b)')
    """
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def given(arguments: Mapping[str, str], name: str) -> str | None:
    """Give the text of an argument; `None` where it is left out, or is null.

    >>> given({"other": "2", "min": "None"}, "other"), given({"min": "None"}, "min")
    ('2', None)
    """
    text = arguments.get(name, "None")
    return None if text == "None" else text


def operand(text: str) -> str:
    """Put parentheses round what is no single thing: it will stand beside an operator.

    >>> operand("n - 1"), operand("0.5"), operand("-2"), operand("(n - 1)")
    ('(n - 1)', '0.5', '-2', '(n - 1)')
    """
    tree = ast.parse(text, mode="eval").body
    grouped = text.startswith("(") and tree.col_offset == 1
    several = isinstance(tree, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp)
    return f"({text})" if several and not grouped else text


def integer(text: str) -> int | None:
    """Read an integer off its text; `None` for any other expression.

    >>> integer("-2"), integer("n")
    (-2, None)
    """
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() else None


def subscript(x: str, dim: str, item: str) -> str:
    """Write `x[:, item]`: what is taken along one dimension.

    >>> subscript("x", "1", "0"), subscript("x", "-2", "::2"), subscript("x", "axis", "1:")
    ('x[:, 0]', 'x[..., ::2, :]', 'x.transpose(0, axis)[1:].transpose(0, axis)')
    """
    index = integer(dim)
    if index is None:
        return f"{x}.transpose(0, {dim})[{item}].transpose(0, {dim})"
    before = ":, " * index if index >= 0 else "..., "
    after = "" if index >= 0 else ", :" * (-index - 1)
    return f"{x}[{before}{item}{after}]"


def interval(start: str, end: str, step: str) -> str:
    """Write a slice, spaced as `ruff format` does; an empty text is left out.

    >>> interval("", "", "2"), interval("1", "-1", ""), interval("n // 2", "", "")
    ('::2', '1:-1', 'n // 2 :')
    """
    parts = [start, end, step] if step else [start, end]
    if all(_is_plain(part) for part in parts if part):
        return ":".join(parts)
    return " : ".join(parts).replace(":  :", "::").strip()


def _is_plain(text: str) -> bool:
    bare = text.removeprefix("-")
    return bare.isidentifier() or integer(bare) is not None
