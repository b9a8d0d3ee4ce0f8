"""The one line that says what a network is."""

from archspec.analysis.counts import count
from archspec.analysis.totals import Amount
from archspec.graph import Network


def facts(network: Network) -> str:
    """Say layers, parameters, MACs and depth in one line; layers are operations, repeated ones too.

    A line reads `175 layers, 25,557,032 parameters, 4,089,184,256 MACs at 3×224×224, depth 50`.
    """
    found = count(network)
    totals = found.totals
    shapes = " and ".join(str(tensor) for tensor in found.inputs.values())
    layers = _counted(totals.operations, "layer")
    parameters = _counted(totals.parameters, "parameter")
    frozen = f" ({totals.frozen:,} of them frozen)" if totals.frozen else ""
    return (
        f"{layers}, {parameters}{frozen}, {_macs(totals.macs)} at {shapes}, depth {found.depth:,}"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _macs(macs: Amount) -> str:
    if not isinstance(macs.least, int):
        return f"MACs that depend on {' and '.join(sorted(macs.least.symbols))}"
    if macs.exact:
        return _counted(macs.least, "MAC")
    return f"at least {_counted(macs.least, 'MAC')}" if macs.least else "an unknown number of MACs"
