"""All texts in a part of a document, in which names may be mentioned."""

from pydantic import BaseModel

_SILENT = frozenset({type(None), bool, int, float})


def texts(value: object) -> list[str]:
    """Gather every text in a part of the document; keys are not texts.

    >>> sorted(texts({"op": "conv2d", "kernel_size": [1, "k"]}))
    ['conv2d', 'k']
    """
    found: list[str] = []
    waiting = [value]
    for item in waiting:  # which grows on the way
        if isinstance(item, str):
            found.append(item)
        elif type(item) in _SILENT:
            continue
        elif isinstance(item, dict):
            waiting += item.values()
        elif isinstance(item, list | tuple):
            waiting += item
        elif isinstance(item, BaseModel):  # what it was not given says nothing
            waiting += [getattr(item, name) for name in item.model_fields_set]
    return found
