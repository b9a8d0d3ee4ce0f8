"""Find what a document mentions nowhere: layers that nothing reads, names that nothing uses."""

from collections.abc import Iterator

from archspec.analysis.mentions import Mentions
from archspec.analysis.scopes import Defined, Words, seen
from archspec.diagnostics import Path, Place, Problem, UnreadLayer, UnusedName
from archspec.spec import Body, Layer, Spec, texts


def unused(spec: Spec) -> Iterator[tuple[Problem, Place]]:
    """Give a warning for each layer, input, name, block and kernel that nothing mentions."""
    whole = seen(spec)
    for item in whole.unused:
        yield _unused(item.kind, item.name, item.path, *_notes(item, whole.words))
    for name in spec.blocks:
        if name not in whole.words.values | whole.words.layers:
            yield _unused("block", name, ("blocks", name))
    if spec.kernels:
        said = texts([spec.params, spec.blocks, spec.layers, spec.variants])
        for name in [name for name in spec.kernels if name not in said]:
            yield _unused("kernel", name, ("kernels", name))
    for body, path in _bodies(spec):
        yield from _unread(body, path)


def _unused(kind: str, name: str, path: Path, *notes: str) -> tuple[Problem, Place]:
    return UnusedName(f"nothing uses the {kind} `{name}`", notes=notes), Place(path, key=True)


def _notes(item: Defined, words: Words) -> Iterator[str]:
    """Say why what looks like a mention is none."""
    if item.name in words.layers:
        yield f"the layer `{item.name}` is not that {item.kind}, which is no layer"


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
    mentions = Mentions(body)
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
