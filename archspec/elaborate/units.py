"""Find out what a layer is, before it is built."""

from archspec.diagnostics import MisplacedKey, Path, Place
from archspec.elaborate.building import Building
from archspec.elaborate.frames import Frame, Unit
from archspec.elaborate.names import Given
from archspec.elaborate.targets import resolve
from archspec.graph import Origin, Port
from archspec.spec import Layer


def unit_of(
    builder: Building,
    frame: Frame,
    layer: Layer,
    name: str,
    path: Path,
    reads: tuple[Port, ...],
    given: list[Given],
) -> Unit:
    """Find out what a layer is, and what it reads."""
    target = resolve(builder.report, builder.spec, layer, frame.keys, path)
    if target.operation is None and target.init is not None:
        text = "`init` belongs to an operation, not to a block or group"
        builder.report.add(MisplacedKey(text), Place(target.init_path, key=True))
    return Unit(
        layer=layer,
        target=target,
        name=name,
        path=path,
        reads=tuple([item.port for item in given]),
        inputs=tuple([item.tensor for item in given]),
        origin=Origin(layer, reads, layer.arguments, target.parameter, target.init),
        sources=reads,
    )
