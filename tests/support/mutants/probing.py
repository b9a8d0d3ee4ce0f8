"""Other parameters and inputs than the spec names: what differs there differs for a user, too."""

from collections.abc import Iterator, Mapping
from functools import cache

from archspec.pipeline import Settings, compile
from archspec.source import Source
from support.mutants.fingerprint import Fingerprint, fingerprint
from support.mutants.originals import before


def difference(spec: str, source: Source) -> str:
    """Name a setting at which a text builds another network than the original; else nothing."""
    for title, wanted in _networks(spec).items():
        settings = dict(_settings(before(spec)))[title]
        if _built(source, settings) != wanted:
            return title
    return ""


@cache
def _networks(spec: str) -> Mapping[str, Fingerprint]:
    """Take down the networks of an original at all settings that it accepts."""
    built = ((title, _built(before(spec), item)) for title, item in _settings(before(spec)))
    return {title: network for title, network in built if network is not None}


def _built(source: Source, settings: Settings) -> Fingerprint | None:
    network = compile(source, settings).network
    return None if network is None else fingerprint(network)


def _settings(source: Source) -> Iterator[tuple[str, Settings]]:
    """Change one parameter at a time, from what the spec itself and each variant say."""
    data = source.data
    assert isinstance(data, dict)
    blocks = tuple(data.get("blocks", {}))
    for name, default in data.get("params", {}).items():
        for value in _others(default, blocks):
            yield f"{name}={value}", Settings({name: value})
    for name, shape in _shapes(data).items():
        for other in _shaped(shape):
            yield f"{name}={other}", Settings(inputs={name: other})


def _others(default: object, blocks: tuple[str, ...]) -> Iterator[object]:
    """Give values near to a default, and the other choices."""
    if isinstance(default, dict):
        yield from default.get("choices", ())
        yield from blocks if {"block", "op"} & default.keys() else ()
    elif isinstance(default, bool):
        yield not default
    elif isinstance(default, int):
        yield from (default + 1, default - 1, 2 * default, 3 * default)
    elif isinstance(default, float):
        yield from (default / 2, default + 0.1, 3.7 * default, 10 * default)
    elif isinstance(default, list):
        yield from _other_lists(default)


def _other_lists(default: list[object]) -> Iterator[object]:
    yield [*default, default[-1]]
    for index, item in enumerate(default):
        if isinstance(item, int) and not isinstance(item, bool):
            yield [*default[:index], item + 1, *default[index + 1 :]]
            yield [*default[:index], 2 * item, *default[index + 1 :]]


def _shapes(data: Mapping[str, object]) -> Mapping[str, object]:
    inputs = data.get("inputs", {"input": data.get("input")})
    assert isinstance(inputs, dict)
    full = {
        name: item["shape"] if isinstance(item, dict) else item for name, item in inputs.items()
    }
    return {name: shape for name, shape in full.items() if isinstance(shape, list)}


def _shaped(shape: object) -> Iterator[tuple[int, ...]]:
    """Give other sizes, without the batch, of those that are numbers or symbols."""
    assert isinstance(shape, list)
    sizes = tuple(size if isinstance(size, int) else 96 for size in shape[1:])
    yield sizes
    for index, size in enumerate(sizes):
        for other in (size + 1, size + 32, 2 * size):
            yield (*sizes[:index], other, *sizes[index + 1 :])
