"""How a document names the file in which a problem stands."""

import os
from pathlib import Path, PurePath
from urllib.parse import quote


def uri(name: str, root: Path) -> str:
    """Give a relative reference below the root, percent-encoded, else a URI of the whole path.

    >>> uri("specs/my net.yaml", Path.cwd())
    'specs/my%20net.yaml'
    """
    path = path_below(name, root)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def path_below(name: str, root: Path) -> PurePath:
    """Make the name of a file relative to the root, where it stands below it.

    >>> path_below(str(Path.cwd() / "specs" / "net.yaml"), Path.cwd()).as_posix()
    'specs/net.yaml'
    """
    path = Path(os.path.abspath(name))
    return path.relative_to(root) if path.is_relative_to(root) else path
