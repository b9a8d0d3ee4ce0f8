"""The command line: the only place that knows terminals and exit codes."""

import os

# When the first model is made, pydantic asks every installed distribution for plugins, which takes
# time and runs their code. A command that reads files from strangers wants neither.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
