"""What `archspec fix` does: the changes to a text that are certain, made and tried out."""

from archspec.fix.mend import Mended, mend

__all__ = ["Mended", "mend"]
