"""The shipped specs as they are, each with its variants taken down once."""

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from functools import cache
from pathlib import Path

from archspec.graph import Module
from archspec.pipeline import Settings, compile
from archspec.source import Source, read
from archspec.source.library import shipped
from support.mutants.fingerprint import Fingerprint, fingerprint


@cache
def texts() -> Mapping[str, str]:
    """Read the shipped specs."""
    return {spec.path.name: spec.path.read_text() for spec in shipped()}


@cache
def folder() -> Path:
    """Give the folder in which the shipped specs stand, and find each other."""
    return shipped()[0].path.parent


def opened(spec: str, text: str) -> Source:
    """Read a text as if it stood in the place of a shipped spec."""
    return read(text, spec, folder=folder())


@cache
def before(spec: str) -> Source:
    """Read a shipped spec."""
    return opened(spec, texts()[spec])


def variants_of(source: Source) -> tuple[str, ...]:
    """Name the variants of a text, as it stands there."""
    variants = source.data.get("variants") if isinstance(source.data, dict) else None
    return tuple(variants) if isinstance(variants, dict) else ()


@cache
def original(spec: str) -> Mapping[str | None, Fingerprint]:
    """Take down a shipped spec and its variants; `None` stands for the spec itself."""
    found: dict[str | None, Fingerprint] = {}
    for variant in (None, *variants_of(before(spec))):
        network = compile(before(spec), Settings(variant=variant)).network
        assert network is not None
        found[variant] = fingerprint(network)
    return found


@cache
def names_of(spec: str, block: str) -> tuple[Mapping[str, object], ...]:
    """List the values of a block's own names, in a shipped spec and its variants."""
    compiled = (
        compile(before(spec), Settings(variant=variant)).network
        for variant in (None, *variants_of(before(spec)))
    )
    modules = (module for network in compiled if network for module in network.modules())
    return tuple(
        {name: module.scope[name] for name in own_names(module)}
        for module in modules
        if module.path == ("blocks", block)
    )


def own_names(module: Module) -> Iterator[str]:
    """Name the parameters and `let` names of a block."""
    yield from module.arguments
    yield from module.definition.let if module.definition is not None else ()


def shown(spec: str, text: str) -> str:
    """Show the lines of a shipped spec that a text has otherwise."""
    lines = unified_diff(texts()[spec].splitlines(), text.splitlines(), n=0, lineterm="")
    return "\n".join((spec, *(line for line in lines if not line.startswith(("---", "+++")))))
