"""What is read off a checked network without torch: counts, depth, and the line of facts."""

from archspec.analysis.claims import check_claims
from archspec.analysis.counts import Amount, Count, Row, Totals, count
from archspec.analysis.depth import depth
from archspec.analysis.summary import facts
from archspec.analysis.unused import unused

__all__ = ["Amount", "Count", "Row", "Totals", "check_claims", "count", "depth", "facts", "unused"]
