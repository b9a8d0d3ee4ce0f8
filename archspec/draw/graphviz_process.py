"""A program by itself, `python graphviz_process.py svg`: DOT text on stdin, the picture on stdout.

It runs Graphviz' library in a process of its own, where a crash or an endless layout does no harm.
"""

import sys

from pygraphviz import AGraph  # type: ignore[import-untyped]  # it has no annotations


def main(format: str) -> None:
    """Lay out the graph on stdin with Graphviz' library, and write the picture to stdout."""
    graph = AGraph(string=sys.stdin.buffer.read().decode())
    if format == "png":
        graph.graph_attr["dpi"] = "200"
    sys.stdout.buffer.write(graph.draw(format=format, prog="dot"))


if __name__ == "__main__":
    main(sys.argv[1])
