"""The whole compiler on one screen: text, document, network, claims."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archspec.analysis import check_claims, unused
from archspec.analysis.requirements import Required
from archspec.assemble import assemble
from archspec.causes import causes, together
from archspec.diagnostics import Diagnostic, Path
from archspec.elaborate import Choice, elaborate
from archspec.graph import Network
from archspec.places import Texts
from archspec.source import Source
from archspec.spec import Claims, Spec


@dataclass(frozen=True, slots=True)
class Settings:
    """What a caller says beside the spec.

    `parameters` are laid over the spec's (values as YAML gives them), after those of `variant`.
    `inputs` are shapes without the batch: `{"input": (3, 256, 192)}`.
    """

    parameters: Mapping[str, object] = field(default_factory=dict)
    variant: str | None = None
    inputs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def suspends_claims(self) -> bool:
        """Whether the network is another than the one that the spec makes claims about."""
        return bool(self.parameters or self.inputs)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a text: a network where there were no errors, and all that was found.

    `requirements` say for which sizes the network is valid, where its input has free ones.
    """

    network: Network | None
    diagnostics: tuple[Diagnostic, ...]
    spec: Spec | None = None
    requirements: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether one of the diagnostics is an error."""
        return any(item.severity == "error" for item in self.diagnostics)


def compile(source: Source, settings: Settings = Settings()) -> Outcome:
    """Read, elaborate and check one spec for one set of parameters; never raises for a bad one."""
    whole = assemble(source)
    spec, texts, found = whole.spec, whole.texts, list(whole.found)
    if spec is None:
        return _outcome(source, found, None, spec)
    elaboration = elaborate(spec, _choice(settings), whole.included)
    found += [texts.told_finding(finding) for finding in elaboration.findings]
    network = elaboration.network
    requirements: tuple[str, ...] = ()
    if network is not None and network.conditions and not found:
        requirements, impossible = _sizes(texts, network)
        found += impossible
    if network is not None and not found:
        found += _claims(texts, spec, settings, network)
    if not found:
        told = (texts.told(*problem) for problem in unused(spec))
        found += [item for item in told if item.file == source.name]
    return _outcome(source, causes(found), network, spec, requirements)


def check(source: Source, settings: Settings = Settings()) -> Outcome:
    """Do what `validate` does: without settings also every variant, each with its own claims."""
    outcome = compile(source, settings)
    if outcome.spec is None or settings != Settings():
        return outcome
    found = list(outcome.diagnostics)
    for name in outcome.spec.variants:
        found += compile(source, Settings(variant=name)).diagnostics
    network, requirements = outcome.network, outcome.requirements
    return _outcome(source, together(found), network, outcome.spec, requirements)


def _choice(settings: Settings) -> Choice:
    return Choice(settings.variant, settings.parameters, settings.inputs)


def _sizes(texts: Texts, network: Network) -> tuple[tuple[str, ...], list[Diagnostic]]:
    """Say for which sizes a network is valid, and tell the requirements that no size meets."""
    required = Required.of(network, texts.line)
    return required.texts(), [texts.told(*problem) for problem in required.problems()]


def _claims(texts: Texts, spec: Spec, settings: Settings, network: Network) -> Iterator[Diagnostic]:
    if settings.suspends_claims:
        return
    claims: Claims | None = spec.expect
    path: Path = ("expect",)
    if settings.variant is not None:
        claims, path = (
            spec.variants[settings.variant].expect,
            ("variants", settings.variant, "expect"),
        )
    if claims is not None:
        for problem in check_claims(network, claims, path):
            yield texts.told(*problem)


def _outcome(
    source: Source,
    found: list[Diagnostic],
    network: Network | None,
    spec: Spec | None,
    requirements: tuple[str, ...] = (),
) -> Outcome:
    """Put the findings together; what follows from broken YAML on its line is not told again."""
    errors = [item for item in source.diagnostics if item.severity == "error"]
    lines = {(item.file, item.span.line) for item in errors if item.span is not None}
    sound = (
        item for item in found if item.span is None or (item.file, item.span.line) not in lines
    )
    diagnostics = tuple(dict.fromkeys((*source.diagnostics, *sound)))
    failed = any(item.severity == "error" for item in diagnostics)
    return Outcome(None if failed else network, diagnostics, spec, requirements)
