"""Folders are permissions: what each may import, read from the source and held to a table."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

DATA = {
    "viz.trace", "viz.record", "viz.history", "viz.study", "viz.errors", "viz.limits", "msgspec"
}  # fmt: skip

# What reaches outside the process, or brings in what is not plain data.
DANGEROUS = {
    "ctypes", "http", "marshal", "multiprocessing", "pickle", "resource", "shelve", "shutil",
    "signal", "socket", "subprocess", "tempfile", "urllib.request",
}  # fmt: skip

# Sizes of labels are layout's plain data as much as places are.
LAYOUT_DATA = {"viz.layout.places", "viz.layout.sizes"}

NUMBERS = {f"viz.layout.{name}" for name in ("columns", "lanes", "rows", "threads")}

DRAW = DATA | LAYOUT_DATA | {"viz.draw", "viz.rules", "plotly", "graphviz", "numpy"}

CHILD = DATA | {
    "viz.sandbox", "viz.language", "viz.capture", "viz.again", "viz.layout", "viz.fold"
}  # fmt: skip

# A place is a file or a folder; the longest one that fits a file rules it. Besides what its row
# names, a place may import itself, and the standard library without the dangerous part.
ALLOWED: dict[str, set[str]] = {
    # Everything in viz, but only when a name is used.
    "viz/__init__.py": set(),
    "viz/errors.py": set(),
    "viz/limits.py": {"msgspec"},
    "viz/record.py": {"msgspec"},
    "viz/history.py": {"viz.record"},
    "viz/graph.py": {"viz.record"},
    "viz/study.py": {"viz.record"},
    "viz/soundness.py": {"viz.record", "viz.history", "viz.trace"},
    # A notebook asks an object itself for its HTML: `_repr_html_` loads the drawing when it does.
    "viz/trace.py": {
        "msgspec",
        "viz.errors",
        "viz.record",
        "viz.history",
        "viz.graph",
        "viz.soundness",
    }
    | {"viz.html.notebook"},
    "viz/files.py": {"viz.trace", "viz.errors"},
    "viz/language": DATA | {"torch", "numpy"},
    "viz/capture": DATA | {"torch", "torchviz", "graphviz"},
    # It knows live tensors, and runs whatever it is given: not the language.
    "viz/again": DATA | {"torch", "numpy", "viz.capture"},
    "viz/rules": {"viz.trace", "viz.study", "viz.errors", "numpy", "yaml"},
    "viz/layout": {"viz.trace", "viz.errors", "viz.limits", "pygraphviz"},
    "viz/layout/places.py": {"viz.trace"},
    # Numbers alone: how nodes and arcs stand, whatever they are.
    "viz/layout/layered.py": {"numpy", *NUMBERS},
    "viz/layout/columns.py": set(),
    "viz/layout/lanes.py": set(),
    "viz/layout/threads.py": NUMBERS,
    "viz/layout/rows.py": {"numpy", *NUMBERS},
    "viz/fold": DATA | {"numpy", "viz.layout.layered"},
    "viz/fold/overview.py": {"viz.record"},
    # What the page makes of a Backward for the child that folds it.
    "viz/fold/columns.py": {"viz.record", "viz.trace"},
    # The door for a person's own code: live tensors, and whatever module they are in.
    "viz/watching": DATA | {"torch", "viz.capture"},
    "viz/draw": DRAW,
    # What is said of an item of an overview, and the overview as text.
    "viz/draw/item.py": DRAW | {"viz.fold.overview"},
    "viz/draw/folded.py": {"msgspec", "viz.fold.overview"},
    # In a notebook, `viz.animate(trace)` lays out by itself; the page never calls it.
    "viz/draw/animate.py": DRAW | {"viz.layout"},
    # The same marks in pixels: font files are read, and one is unpacked for the drawing library.
    "viz/raster": DRAW | {"PIL", "resvg_py", "fontTools", "shutil", "tempfile"},
    "viz/raster/pictures.py": DRAW | {"viz.raster", "viz.layout", "PIL"},
    # From a terminal: it reads the files that it is told to, and writes those; it runs nothing.
    "viz/command": DRAW
    | {"viz", "viz.files", "viz.html", "viz.command", "click", "tempfile", "webbrowser"},
    "viz/__main__.py": {"viz.command"},
    # The page's side of the sandbox: no torch, and no room that has it.
    "viz/sandbox": DATA
    | {"viz.layout.places", "viz.fold.overview", "viz.fold.columns", "subprocess", "socket"},
    "viz/sandbox/lockdown.py": {"viz.limits", "pyseccomp", "resource"},
    # The child's side.
    "viz/sandbox/job.py": CHILD,
    "viz/sandbox/picture.py": CHILD | {"pygraphviz"},
    "viz/sandbox/warm.py": CHILD | {"torch"},
    "viz/sandbox/server.py": CHILD | {"ctypes", "signal", "socket"},
    "viz/sandbox/once.py": CHILD,
    "viz/sandbox/endings.py": DATA | {"signal"},
    # Scripts and styles, as text.
    "viz/assets": set(),
    # The offline file: made where the trace is, also beside a person's own model.
    "viz/html": DRAW | {"viz.assets", "viz.layout", "viz.fold"},
    "viz/page": DATA
    | LAYOUT_DATA
    | {
        "viz.assets",
        "viz.draw",
        "viz.files",
        "viz.fold.overview",
        "viz.html.document",
        "viz.rules",
        "viz.sandbox",
        "plotly",
        "streamlit",
    },
    "streamlit_app.py": {"streamlit", "viz.page"},
}

# A room of the child is reached from the page's side through nothing but its plain data.
THE_PAGE_IMPORTS = ("viz.page", "viz.draw", "viz.sandbox", "viz.trace", "viz.rules")

CHILD_ONLY = {f"viz.sandbox.{name}" for name in ("job", "once", "picture", "server", "warm")}


def sources() -> list[Path]:
    pages = [ROOT / "streamlit_app.py"]
    return sorted((ROOT / "viz").rglob("*.py")) + [page for page in pages if page.exists()]


def place_of(path: str) -> str:
    return max((place for place in ALLOWED if is_in(path, place)), key=len)


def is_in(path: str, place: str) -> bool:
    return path == place or path.startswith(place + "/")


def imports_of(text: str, module: str) -> Iterator[tuple[int, str]]:
    """Every module that the text imports, wherever in it; `from a import b` gives a.b and a."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=origin, names=names, level=level):
                base = module.rsplit(".", level)[0] if level else ""
                full = ".".join(filter(None, [base, origin]))
                yield from ((node.lineno, f"{full}.{alias.name}") for alias in names)


def is_allowed(imported: str, place: str) -> bool:
    own = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if place == "viz/sandbox" and any(covers(child, imported) for child in CHILD_ONLY):
        return False
    if any(covers(name, imported) for name in ALLOWED[place] | {own}):
        return True
    top = imported.split(".")[0]
    dangerous = any(covers(name, imported) for name in DANGEROUS)
    return top in sys.stdlib_module_names and not dangerous


def covers(name: str, imported: str) -> bool:
    return imported == name or imported.startswith(name + ".")


@pytest.mark.parametrize("source", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_imports_what_its_folder_may(source: Path) -> None:
    path = source.relative_to(ROOT).as_posix()
    place = place_of(path)
    module = path.removesuffix(".py").replace("/", ".")
    found = imports_of(source.read_text(encoding="utf-8"), module)
    wrong = [f"line {line}: {name}" for line, name in found if not is_allowed(name, place)]
    assert not wrong, f"{path} may not import this (see the row {place!r} of the table)"


@pytest.mark.parametrize(
    ("place", "imported"),
    [
        ("viz/page", "torch"),
        ("viz/page", "viz.language.check"),
        ("viz/page", "viz.layout.arrange"),
        ("viz/draw", "streamlit"),
        ("viz/draw", "torch.nn"),
        ("viz/layout", "viz.draw.theme"),
        ("viz/language", "pickle"),
        ("viz/language", "viz.capture.Recorder"),
        ("viz/trace.py", "viz.rules"),
        ("viz/sandbox", "viz.sandbox.job.perform"),
        ("viz/sandbox", "torch"),
        ("viz/sandbox/job.py", "streamlit"),
        ("viz/rules", "subprocess"),
    ],
)
def test_the_table_refuses(place: str, imported: str) -> None:
    assert not is_allowed(imported, place)


def test_imports_are_found_wherever_they_stand() -> None:
    text = "import a.b\ndef f():\n    from .c import d\n    from ..e import g\n"
    found = imports_of(text, "viz.room.file")
    assert [name for _, name in found] == ["a.b", "viz.room.c.d", "viz.e.g"]


def test_what_the_page_imports_leaves_torch_and_graphviz_out() -> None:
    script = f"""
import importlib, pkgutil, sys
child_only = {CHILD_ONLY!r}
for name in {THE_PAGE_IMPORTS!r}:
    room = importlib.import_module(name)
    for found in pkgutil.walk_packages(getattr(room, "__path__", []), name + "."):
        if found.name not in child_only:
            importlib.import_module(found.name)
print(*sorted({{"torch", "pygraphviz", "torchviz"}} & set(sys.modules)))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
