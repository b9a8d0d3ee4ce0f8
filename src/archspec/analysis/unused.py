"""Find what a document mentions nowhere: layers that nothing reads, names that nothing uses."""

import re
from collections.abc import Iterator, Mapping

from archspec.analysis.mentions import Mentions
from archspec.diagnostics import Path, Place, Problem, UnreadLayer, UnusedName
from archspec.spec import Body, Layer, Spec, texts

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def unused(spec: Spec) -> Iterator[tuple[Problem, Place]]:
    """Give a warning for each layer, input, parameter, `let` name and block nothing mentions."""
    bodies = list(_bodies(spec))
    keys = [key for body, _ in bodies for key in body.layers if "{" in key]
    words = set(_WORD.findall(" ".join([*keys, *texts(_contents(spec))])))
    for kind, names, path in _named(spec):
        for name in names:
            if name not in words:
                yield _unused(kind, name, (*path, name), key=True)
    for body, path in bodies:
        yield from _unread(body, path)


def _unused(kind: str, name: str, path: Path, *, key: bool) -> tuple[Problem, Place]:
    return UnusedName(f"nothing uses the {kind} `{name}`"), Place(path, key=key)


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


# --- layers and inputs ------------------------------------------------------------------------


def _unread(body: Body, path: Path) -> Iterator[tuple[Problem, Place]]:
    """Find layers and inputs that neither the next layer reads without `from`, nor anyone by name.

    In a list with absent layers no number is sure.
    """
    mentions = Mentions.of(body)
    for name, place in _written_inputs(body, path):
        if not mentions.reads_inputs and not mentions.names(name):
            yield UnusedName(f"nothing uses the input `{name}`"), place
    if body.numbered and any(map(_shifts, body.layers.values())):
        return
    for key, help in mentions.passed_over():
        if not mentions.names(key):
            problem = UnreadLayer(f"nothing reads the layer `{key}`", help=help)
            yield problem, Place((*path, "layers", key), key=True)


def _written_inputs(body: Body, path: Path) -> Iterator[tuple[str, Place]]:
    """Give the inputs that are written down; a body that says nothing of them receives one."""
    if isinstance(body, Spec):
        for name, (_, where) in body.tensors.items():
            yield name, Place(where, key=True)
        return
    for index, name in enumerate(body.inputs or ()):
        yield name, Place((*path, "inputs", index))


def _shifts(layer: Layer) -> bool:
    """Say whether the layers behind it in a list may have other numbers than they seem to."""
    return layer.when is not None or isinstance(layer.repeat, str) or bool(layer.splice)


def _contents(spec: Spec) -> object:
    """All that may mention a name: the names themselves where they are defined do not."""
    defined = [spec.let, spec.init, spec.input, spec.inputs, *spec.params.values()]
    blocks = [
        [block.let, block.layers, block.outputs, list(block.params.values())]
        for block in spec.blocks.values()
    ]
    variants = [list(item.parameters.values()) for item in spec.variants.values()]
    return [defined, spec.layers, spec.outputs, blocks, variants]
