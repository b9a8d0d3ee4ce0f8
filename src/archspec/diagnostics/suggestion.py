"""Help that is sure enough to be applied: another word, or a layer in between."""

from archspec.diagnostics.slips import is_slip


class Suggestion(str):
    """What a person reads, and what `archspec fix` does: `old` becomes `new`.

    >>> help = Suggestion("did you mean `relu`?", "rellu", "relu")
    >>> print(help, help.new)
    did you mean `relu`? relu
    """

    old: str
    new: str

    def __new__(cls, text: str, old: str, new: str) -> "Suggestion":
        """Make the text, and remember the words."""
        made = super().__new__(cls, text)
        made.old, made.new = old, new
        return made


def meant(old: str, new: str) -> str:
    """Ask whether a known name was meant, which is sure where it is one slip away, or the same.

    The same is also what PyTorch's class is called, and a name that stands there twice.

    >>> meant("rellu", "relu"), type(meant("rellu", "relu")).__name__
    ('did you mean `relu`?', 'Suggestion')
    >>> type(meant("nn.ReLU6", "relu6")).__name__, type(meant("drop_rate", "growth_rate")).__name__
    ('Suggestion', 'str')
    """
    text = f"did you mean `{new}`?"
    same = _plain(old) == _plain(new) or old.split() == [new, new]
    return Suggestion(text, old, new) if same or is_slip(old, new) else text


def _plain(name: str) -> str:
    """Write a name as PyTorch's classes and ours have in common."""
    return name.rpartition(".")[2].replace("_", "").lower()


class Projection(str):
    """What a person reads, and what `archspec fix` does: a layer stands between two others.

    `reads` is whose value the `layer`, as it is written in YAML, changes.

    >>> Projection("project `a`", "a", "{op: conv2d, from: a, out_channels: 4}").reads
    'a'
    """

    reads: str
    layer: str

    def __new__(cls, text: str, reads: str, layer: str) -> "Projection":
        """Make the text, and remember the layer."""
        made = super().__new__(cls, text)
        made.reads, made.layer = reads, layer
        return made
