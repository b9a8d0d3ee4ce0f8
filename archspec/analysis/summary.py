"""The one line that says what a network is."""

from archspec.analysis.counts import count
from archspec.analysis.totals import Amount
from archspec.analysis.wording import shapes_text, size_text
from archspec.graph import Network

_UNKNOWN = "an unknown number of MACs"


def facts(network: Network) -> str:
    """Say layers, parameters, MACs and depth in one line; layers are operations, repeated ones too.

    A line reads `175 layers, 25,557,032 parameters, 4,089,184,256 MACs at 3×224×224, depth 50`.
    """
    found = count(network)
    totals = found.totals
    shapes = shapes_text(found.named_inputs.items(), " and ")
    layers = _counted(totals.operations, "layer")
    parameters = _counted(totals.parameters, "parameter")
    frozen = f" ({totals.frozen:,} of them frozen)" if totals.frozen else ""
    return (
        f"{layers}, {parameters}{frozen}, {_macs(totals.macs)} at {shapes}, depth {found.depth:,}"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _macs(macs: Amount) -> str:
    least = "" if macs.exact else "at least "
    if isinstance(macs.least, int):
        return least + _counted(macs.least, "MAC") if macs.exact or macs.least else _UNKNOWN
    text = size_text(macs.least)
    if text is None:
        return f"{least}MACs that depend on {' and '.join(sorted(macs.least.symbols))}"
    return f"{least}{text} MACs"
