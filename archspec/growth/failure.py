"""Why a network cannot be grown into another one."""

_DEEP = "the deep network"


class CannotGrow(Exception):
    """One network does not become another by layers and widths that change nothing at first.

    `subject` is the layer of the deep network at which it shows, and `reason` what is said of it.
    """

    def __init__(self, reason: str, subject: str = _DEEP) -> None:
        self.reason = reason
        self.subject = subject
        super().__init__(f"{subject} {reason}")

    def at(self, path: str) -> "CannotGrow":
        """Name the layer, where nothing nearer was named.

        >>> print(CannotGrow("has no shortcut around it").at("layer1.0"))
        `layer1.0` has no shortcut around it
        """
        return CannotGrow(self.reason, f"`{path}`") if self.subject == _DEEP else self
