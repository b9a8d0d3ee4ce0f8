"""Help that is sure enough to be applied: another word, or a layer in between."""


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


def meant(old: str, new: str) -> Suggestion:
    """Ask whether a known name was meant.

    >>> meant("rellu", "relu")
    'did you mean `relu`?'
    """
    return Suggestion(f"did you mean `{new}`?", old, new)


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
