"""Note what a layer has beside its constructor: rules for its weights, and shared weights."""

from collections.abc import Mapping

from archspec.document import Rule, read_rule
from archspec.emit.argument import Tied
from archspec.emit.constructing.notes import Notes
from archspec.emit.initial import OwnInit, ranks_of, surely_has, zero_rows_of
from archspec.emit.naming.names import Names
from archspec.emit.slots import CannotSay, Use, leaf_of
from archspec.operations import Operation


def remember_tie(notes: Notes, uses: tuple[Use, ...]) -> None:
    """Remember that a layer has the weight of another one."""
    ties = {leaf_of(use).tie for use in uses}
    if len(ties) != 1:
        raise CannotSay("a weight is shared in some uses only")
    tie = ties.pop()
    if tie is not None:
        for use in uses:
            tied = Tied(use.path, tie.path, tie.weight, tie.up)
            notes.ties[id(use.trace), use.path] = tied


def remember_init(notes: Notes, uses: tuple[Use, ...], operation: type[Operation]) -> None:
    """Remember the rules that a layer has of its own, to be written after the general ones."""
    raw = uses[0].node.origin.init
    if not isinstance(raw, dict):
        return
    if any(use.node.origin.init != raw for use in uses):
        raise CannotSay("a layer has different rules for its weights")
    rules = {weight: read_rule(rule) for weight, rule in raw.items()}
    outer = outer_names(notes.names, uses[0], operation, rules)
    leaves = [leaf_of(use) for use in uses]
    present = frozenset(w for w in rules if all(surely_has(leaf, w) for leaf in leaves))
    made = leaves[0].operation.made_of()
    if any(leaf.operation.made_of() != made for leaf in leaves):
        raise CannotSay("a weight is computed in some uses only")
    ranks = ranks_of(leaves[0])
    if any(rule.indexed for rule in rules.values()) and any(
        ranks_of(leaf) != ranks for leaf in leaves
    ):
        raise CannotSay("a weight has several numbers of dimensions")
    rows = next((found for found in map(zero_rows_of, leaves) if found), {})
    for use in uses:
        own = OwnInit(use.path, operation, rules, outer, present, made, ranks, rows)
        notes.initial[id(use.trace), use.path] = own


def outer_names(
    names: Names, use: Use, operation: type[Operation], rules: Mapping[str, Rule]
) -> dict[str, str]:
    """Keep the names in rules that are no arguments of the operation, and no inferred ones."""
    found: dict[str, str] = {}
    own = operation.model_fields.keys() | set(operation.inferred)
    for rule in rules.values():
        for name in sorted(rule.free_names - own):
            written = names.named(name, use.context)
            kept = written.isidentifier()
            found[name] = names.keep(written)[4:] if kept else written
    return found
