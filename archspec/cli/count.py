"""How a count is written: as a table for people, as JSON and CSV for programs."""

from archspec.analysis import Count
from archspec.cli.count_data import as_csv, as_json
from archspec.cli.count_lines import LEVELS
from archspec.cli.count_table import table

__all__ = ["FORMATS", "LEVELS", "present"]

_WRITERS = {"table": table, "json": as_json, "csv": as_csv}

FORMATS = tuple(_WRITERS)


def present(count: Count, format: str, level: str = "block") -> str:
    """Write a count as a `table`, as `json` or as `csv`, with its rows down to a level.

    `stage` shows the model's own layers, `block` also the repetitions and the layers of groups,
    `layer` every layer. Figures of a row that stands for several are those of all of them.
    """
    return _WRITERS[format](count, level)
