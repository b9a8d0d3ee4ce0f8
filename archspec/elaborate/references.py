"""References: `conv1`, `split.1`, `stage.high`; of a repeated layer `m.3`, `m.3.1` and `m.*`."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from archspec.diagnostics import Remedy, UnknownReference, Word
from archspec.expressions import Poisoned
from archspec.graph import Port
from archspec.spec import close_match, listed


class Gives(NamedTuple):
    """What a name gives: its ports, the labels of outputs, and the ports of each repetition."""

    ports: tuple[Port, ...]
    labels: tuple[str, ...] = ()
    repetitions: tuple[tuple[Port, ...], ...] = ()
    repeated: bool = False
    absent: bool = False
    missing: bool = False
    failed: bool = False


_MOST_WAYS = 8
"""So many names are offered one by one in the place of a wrong one."""

WHOLE = Gives(())
"""One value, or several that are called by their numbers."""


def referred(reference: str, gives: Gives) -> tuple[Port, ...]:
    """Find the ports that a reference names, given what its first name gives."""
    name, *parts = reference.split(".")
    if gives.failed and parts:
        raise Poisoned
    if gives.missing:
        raise UnknownReference(f"`{name}` is absent, and nothing stands in for it")
    if gives.absent:
        return _absent(parts, gives)
    if gives.repeated and parts and (parts[0] == "*" or parts[0].isdigit()):
        return _repetition(reference, name, parts, gives)
    if not parts:
        return gives.ports
    if len(parts) > 1:
        raise UnknownReference(
            f"`{reference}` has too many parts", help=_known(reference, name, gives)
        )
    return (_part(reference, name, parts[0], gives),)


def _absent(parts: list[str], gives: Gives) -> tuple[Port, ...]:
    """Name the value of an absent layer by its number, though another stands in for it."""
    if parts[:1] == ["*"]:
        return ()
    if len(parts) == 1 and parts[0].isdigit():
        return (Port(gives.ports[0].name, int(parts[0])),)
    return gives.ports


def _repetition(reference: str, name: str, parts: list[str], gives: Gives) -> tuple[Port, ...]:
    if parts[0] == "*" and len(parts) == 1:
        return tuple(port for ports in gives.repetitions for port in ports)
    number = int(parts[0]) if parts[0] != "*" else -1
    if not 0 <= number < len(gives.repetitions) or len(parts) > 2:
        count = len(gives.repetitions)
        text = f"its repetitions are `{name}.0` to `{name}.{count - 1}`"
        ways = (Word(reference, f"{name}.{each}") for each in range(min(count, _MOST_WAYS)))
        help = Remedy(text, *ways)
        raise UnknownReference(f"`{reference}` is no repetition of `{name}`", help=help)
    ports = gives.repetitions[number]
    if len(parts) == 1:
        return ports
    return (_part(reference, f"{name}.{parts[0]}", parts[1], Gives(ports, gives.labels)),)


def _part(reference: str, name: str, part: str, gives: Gives) -> Port:
    """Find one of several values: of a repeated layer that of the last repetition, by its label."""
    if part in gives.labels:
        return gives.ports[gives.labels.index(part)]
    if part.isdigit() and int(part) < len(gives.ports) and not gives.repeated:
        return gives.ports[int(part)]
    help = close_match(part, gives.labels) or _known(reference, name, gives)
    raise UnknownReference(f"`{name}` gives no value `{part}`", help=help)


def _known(reference: str, name: str, gives: Gives) -> str:
    """Say what there is to read instead, each of which may have been meant."""
    if not gives.labels and len(gives.ports) == 1:
        return Remedy(f"it gives one value, `{name}`", Word(reference, name))
    if not gives.labels and gives.repeated:
        return f"its values have no names: `{name}.0.1` is the second one of the first repetition"
    parts: Sequence[object] = gives.labels or range(len(gives.ports))
    known = [f"{name}.{part}" for part in parts]
    text = f"{'the last repetition' if gives.repeated else 'it'} gives {listed(known)}"
    return Remedy(text, *(Word(reference, each) for each in known[:_MOST_WAYS]))


def spliced(name: str, held: Collection[str]) -> UnknownReference:
    """Say that a name was left out by `splice`, and what stands in its place."""
    text = f"what it held stands here as {listed(held)}"
    help = Remedy(text, *(Word(name, each) for each in [*held][:_MOST_WAYS]))
    return UnknownReference(f"`{name}` is spliced, and its name left out", help=help)


def unknown(
    name: str,
    known: Collection[str],
    later: Collection[str],
    current: str,
    inputs: Collection[str] = (),
) -> UnknownReference:
    """Say that a name is none of those above, and what may have been meant."""
    above = "a layer reads only what stands above it"
    if not name:
        return UnknownReference("a reference begins with a name", help=above)
    if name == current:
        return UnknownReference(f"`{name}` would read itself", help=above)
    if name in later:
        return UnknownReference(f"`{name}` does not stand above this layer", help=above)
    known = [item for item in known if "{" not in item]  # repeated 0 times, it has no name
    match = close_match(name, known)
    help = match or f"it may read {listed(known, 'or')}; a body sees no other values"
    if match is None:
        help = Remedy(help, *(Word(name, item) for item in known[:_MOST_WAYS]))
    number = counted(name, known, inputs)
    if number is None:
        return UnknownReference(f"nothing above is called `{name}`", help=help)
    text = f"nothing above is called `{name}`, which would be `{number}`"
    alone = "; without `from` a layer reads the one above it" if name == "-1" else ""
    return UnknownReference(text, help=Remedy(f"write `{number}`{alone}", Word(name, number)))


def counted(name: str, known: Sequence[str], inputs: Collection[str]) -> str | None:
    """Find what a number would be that counts layers: back from here, or from the first one."""
    layers = [item for item in known if item not in inputs]
    if name.isdigit():
        return layers[int(name)] if int(name) < len(layers) else None
    back = int(name[1:]) if name[:1] == "-" and name[1:].isdigit() else 0
    return known[-back] if 0 < back <= len(known) else None
