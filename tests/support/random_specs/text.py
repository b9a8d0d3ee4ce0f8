"""Write data as YAML: a line for each layer, `{}` and `[]` inside it."""

import re
from collections.abc import Iterator, Mapping, Sequence

_PLAIN = re.compile(r"[A-Za-z_][\w .+*/%<>=()-]*|[0-9][\w .+*/%<>=()-]*")
_WORDS = re.compile(r"-?[0-9.]+|true|false|null|~")


def yaml(data: Mapping[str, object]) -> str:
    """Write a mapping.

    >>> print(yaml({"name": "Net", "layers": {"a": "relu", "b": {"op": "add", "from": [1, "a"]}}}))
    name: Net
    layers: {a: relu, b: {op: add, from: [1, a]}}
    """
    return "\n".join(_mapping(data, 0))


def _mapping(data: Mapping[str, object], depth: int) -> Iterator[str]:
    for key, value in data.items():
        yield from _item(f"{'  ' * depth}{_key(key)}:", value, depth)


def _sequence(data: Sequence[object], depth: int) -> Iterator[str]:
    for value in data:
        yield from _item(f"{'  ' * depth}-", value, depth)


def _item(head: str, value: object, depth: int) -> Iterator[str]:
    if not _is_long(value):
        yield f"{head} {flow(value)}"
        return
    yield head
    if isinstance(value, Mapping):
        yield from _mapping(value, depth + 1)
    elif isinstance(value, list):
        yield from _sequence(value, depth + 1)


def _is_long(value: object) -> bool:
    if isinstance(value, Mapping):
        return "layers" in value or any(map(_is_long, value.values())) or len(flow(value)) > 90
    return isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value)


def flow(value: object) -> str:
    """Write a value on one line.

    >>> flow({"p": 0.5, "from": ["m.*", "a"], "bias": True, "size": None})
    '{p: 0.5, from: [m.*, a], bias: true, size: null}'
    """
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_key(key)}: {flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(flow, value))}]"
    if isinstance(value, str):
        return _text(value)
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w.-]+", key) else f'"{key}"'


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and not _WORDS.fullmatch(text) and text.strip() == text
    return text if plain else f'"{text}"'
