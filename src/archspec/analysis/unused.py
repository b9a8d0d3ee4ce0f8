"""Find what a document mentions nowhere: layers that nothing reads, names that nothing uses."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from archspec.diagnostics import Path, Place, Problem, UnreadLayer, UnusedName
from archspec.spec import Body, Layer, Spec, texts

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[0-9]+")


def unused(spec: Spec) -> Iterator[tuple[Problem, Place]]:
    """Give a warning for each layer, parameter, `let` name and block that nothing mentions."""
    words = set(_WORD.findall(" ".join(texts(_contents(spec)))))
    for kind, names, path in _named(spec):
        for name in names:
            if name not in words:
                yield (
                    UnusedName(f"nothing uses the {kind} `{name}`"),
                    Place((*path, name), key=True),
                )
    for body, path in _bodies(spec):
        yield from _unread(body, path)


def _named(spec: Spec) -> Iterator[tuple[str, Mapping[str, object], Path]]:
    yield "parameter", spec.params, ("params",)
    yield "block", spec.blocks, ("blocks",)
    for name, block in spec.blocks.items():
        yield "parameter", block.params, ("blocks", name, "params")
    for body, path in _bodies(spec):
        yield "`let` name", body.let, (*path, "let")


def _bodies(spec: Spec) -> Iterator[tuple[Body, Path]]:
    yield from _below(spec, ())
    for name, block in spec.blocks.items():
        yield from _below(block, ("blocks", name))


def _below(body: Body, path: Path) -> Iterator[tuple[Body, Path]]:
    yield body, path
    for key, layer in body.layers.items():
        if layer.body is not None:
            yield from _below(layer.body, (*path, "layers", key, "body"))


def _unread(body: Body, path: Path) -> Iterator[tuple[Problem, Place]]:
    """Find layers that neither the next one reads without `from`, nor anyone by name."""
    if body.numbered and any(map(_shifts, body.layers.values())):
        return
    read = {name for layer in body.layers.values() for name in _references(layer)}
    for key, after in pairwise(body.layers):
        skipped = body.layers[after].references is not None and not body.layers[key].splice
        if skipped and key not in read and key not in _sized(body):
            yield (
                UnreadLayer(
                    f"nothing reads the layer `{key}`",
                    help=f"`{after}`, the next layer, reads something else by `from`",
                ),
                Place((*path, "layers", key), key=True),
            )


def _shifts(layer: Layer) -> bool:
    """Say whether the layers behind it in a list may have other numbers than they seem to."""
    return layer.when is not None or isinstance(layer.repeat, str) or bool(layer.splice)


def _references(layer: Layer) -> list[str]:
    return [reference.partition(".")[0] for reference in layer.references or ()]


def _sized(body: Body) -> set[str]:
    """Name the layers whose sizes an expression asks for: `x` in `x.channels`."""
    found = texts([_own(layer) for layer in body.layers.values()])
    return {match[0] for text in found for match in re.findall(r"(\w+)\.(\w+)", text)}


def _own(layer: Layer) -> object:
    return [layer.arguments, layer.first, layer.when, layer.repeat]


def _contents(spec: Spec) -> object:
    """All that may mention a name: the names themselves where they are defined do not."""
    defined = [spec.let, spec.init, spec.input, *spec.params.values()]
    blocks = [
        [block.let, block.layers, list(block.params.values())] for block in spec.blocks.values()
    ]
    return [
        defined,
        spec.layers,
        blocks,
        [list(item.parameters.values()) for item in spec.variants.values()],
    ]
