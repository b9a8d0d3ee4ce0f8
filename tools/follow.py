"""Follow a page in an empty folder, command by command; `make follow` runs it.

Files that the page shows are written, its commands and its Python are run, and the pictures must be
there in the end. It fails where anything shows something else than the page says. Blocks of `sh`,
which install, are what `make follow` does before.
"""

import os
import re
import sys
from difflib import unified_diff
from pathlib import Path
from tempfile import TemporaryDirectory

from support.pages import followed

_PICTURE = re.compile(r"!\[[^\]]*\]\(([^)]+)\)")


def main(name: str) -> int:
    """Follow one page; the status is 1 if it says what does not happen."""
    page = Path(name).read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        now = followed(page)
        missing = [picture for picture in _PICTURE.findall(page) if not Path(picture).exists()]
        made = sorted(path.name for path in Path().iterdir())
        os.chdir("/")
    differences = list(
        unified_diff(page.splitlines(), now.splitlines(), "the page", "what happens")
    )
    print(*differences, *(f"no picture {picture}" for picture in missing), sep="\n")
    print(f"{name}: {'other than it says' if differences or missing else 'as it says'}; made:")
    print(*made)
    return 1 if differences or missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
