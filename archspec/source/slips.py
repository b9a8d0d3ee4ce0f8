"""Recognise what was probably meant where a text says something else to YAML."""

import ast
import re

_CLOSING = {")": "(", "]": "[", "}": "{"}
_LONGEST = 80
_ANCHOR_OR_TAG = re.compile(r"(?:[&!]\S*\s+)*")


def whole_expression(text: str) -> str:
    """Take the expression at the start of a text, with the commas and brackets inside it.

    >>> whole_expression("min(a, b), stride: 2}")
    'min(a, b)'
    >>> whole_expression("depths[0]}")
    'depths[0]'
    """
    opened: list[str] = []
    for position, character in enumerate(text):
        if character in "([{":
            opened.append(character)
        elif _ends(character, opened) or text.startswith(" #", position):
            return text[:position].strip()
    return text.strip()


def _ends(character: str, opened: list[str]) -> bool:
    """Tell whether a value ends here; the bracket that a character closes is taken off."""
    if character == ",":
        return not opened
    if character not in _CLOSING:
        return False
    return not opened or opened.pop() != _CLOSING[character]


def is_cut(text: str) -> bool:
    """Tell whether a plain value has an open parenthesis: then a comma has cut it off.

    >>> is_cut("min(a"), is_cut("min(a)")
    (True, False)
    """
    return text.count("(") > text.count(")")


def short(text: str) -> str:
    """Shorten a text that stands in a message, which is one line.

    >>> short("a" * 100)[-3:]
    'aa…'
    """
    text = text.replace("\n", " ")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def quoted(text: str) -> str:
    """Put a text in the quotes that need no escape.

    >>> quoted("min(a, b)")
    '"min(a, b)"'
    """
    text = short(text)
    plain = '"' not in text and "\\" not in text
    return f'"{text}"' if plain else "'" + text.replace("'", "''") + "'"


def as_list(text: str) -> str | None:
    """Write a tuple of Python as the list of YAML that it stands for; `None` for anything else.

    >>> as_list("(3, 3)"), as_list("2 * width, (min(a, b), 1)"), as_list("(a + b) * c")
    ('[3, 3]', '[2 * width, ["min(a, b)", 1]]', None)
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return _list(tree) if isinstance(tree, ast.Tuple | ast.List) else None


def items_of(text: str) -> list[object]:
    """Give the items of a tuple of Python as texts, in lists as they are nested.

    >>> items_of("(3, (a + b, 1))")
    ['3', ['a + b', '1']]
    """
    return _items(ast.parse(text.strip(), mode="eval").body)


def _items(tree: ast.expr) -> list[object]:
    assert isinstance(tree, ast.Tuple | ast.List)
    inner = (ast.Tuple, ast.List)
    return [_items(item) if isinstance(item, inner) else ast.unparse(item) for item in tree.elts]


def is_tuple(text: str) -> bool:
    """Tell whether a value is written as a tuple of Python, in parentheses.

    >>> is_tuple("(3, 3)"), is_tuple("(a + b) * (c + d)"), is_tuple("min(a, b)")
    (True, False, False)
    """
    return text[:1] == "(" and text[-1:] == ")" and "," in text and as_list(text) is not None


def _list(tree: ast.expr) -> str:
    if isinstance(tree, ast.Tuple | ast.List):
        return f"[{', '.join(map(_list, tree.elts))}]"
    text = ast.unparse(tree)
    return quoted(text) if re.search(r"[\[\]{},#]|: ", text) else text


def element_of_list(text: str) -> tuple[str, str, str] | None:
    """Find an element that an expression takes of a list of its own: the list, it, and the rest.

    >>> element_of_list("(width // [2, 4][0])")
    ('[2, 4][0]', '2', '(width // 2)')
    """
    found = re.search(r"(?<![\w\])])(\[[^\[\]]+\])\[(-?\d+)\]", text)
    if found is None:
        return None
    items, index = [item.strip() for item in found[1][1:-1].split(",")], int(found[2])
    if not -len(items) <= index < len(items):
        return None
    return found[0], items[index], text.replace(found[0], items[index])


def value_offset(written: str) -> int | None:
    r"""Find where a value begins in what is written for it, or `None` where it is escaped.

    >>> value_offset('"a + b"'), value_offset("&width a + b"), value_offset(r'"a\tb"')
    (1, 7, None)
    """
    prefix = _ANCHOR_OR_TAG.match(written)
    start = prefix.end() if prefix else 0
    body = written[start:]
    if body[:1] not in ("'", '"'):
        return start
    escaped = "\\" in body if body[0] == '"' else "''" in body[1:-1]
    return None if escaped else start + 1
