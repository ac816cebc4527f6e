"""Graphviz's commands by the Graphviz inside pygraphviz: `dot -Tsvg [-o FILE] FILE`, `neato`..."""

from __future__ import annotations

import sys


def main(name: str) -> None:
    words = sys.argv[1:]
    if "-V" in words:
        print(f"{name} - graphviz version 14.1.5 (pygraphviz)", file=sys.stderr)
        return
    import pygraphviz  # Asking for the version shall not wait for it.

    target = words.pop(words.index("-o") + 1) if "-o" in words else None
    form = next((word[2:] for word in words if word.startswith("-T")), "svg").partition(":")[0]
    engine = next((word[2:] for word in words if word.startswith("-K")), name)
    more = " ".join(word for word in words if word.startswith(("-n", "-G", "-N", "-E")))
    sources = [word for word in words if not word.startswith("-")]
    if sources:
        with open(sources[0], encoding="utf-8") as file:
            text = file.read()
    else:
        text = sys.stdin.read()
    picture = pygraphviz.AGraph(string=text).draw(prog=engine, format=form, args=more)
    if target is None and "-O" in words:
        target = f"{sources[0]}.{form}"
    if target is None:
        sys.stdout.buffer.write(picture)
    else:
        with open(target, "wb") as file:
            file.write(picture)
