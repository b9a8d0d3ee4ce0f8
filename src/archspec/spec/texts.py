"""All texts in a part of a document, in which names may be mentioned."""

from pydantic import BaseModel


def texts(value: object) -> list[str]:
    """Gather every text in a part of the document; keys are not texts.

    >>> sorted(texts({"op": "conv2d", "kernel_size": [1, "k"]}))
    ['conv2d', 'k']
    """
    found: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
        elif item is None or isinstance(item, int | float):
            continue
        elif isinstance(item, BaseModel):  # what it was not given says nothing
            waiting.extend([getattr(item, name) for name in item.model_fields_set])
    return found
