"""Turn the closed tables of viz/language into docs/language.md.

`python -m scripts.describe_language` writes it. The words stand here, the names come from the
tables: a test compares the file with this text.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from viz.language import functions, members
from viz.language.builtins import BUILTINS
from viz.language.classes import METHODS
from viz.language.grammar import OUTSIDE
from viz.language.tables import objects_of_torch, python_names, tensor_names, torch_names
from viz.language.text import WIDEST
from viz.limits import DEFAULT

PAGE = Path(__file__).parents[1] / "docs" / "language.md"

WORDS = """\
# The language

A program is Python, as far as this page goes, and does what Python with PyTorch does: the same
printed text, the same numbers, the same gradients, the same random numbers. It is read by an
interpreter of this project's own; it is never given to `eval` or `exec`. What a program may name
stands in closed tables of full dotted names; a name that is not there does not exist.

## What is in

Statements: assignments (several targets, stars, with annotations, augmented), `def` with defaults,
`*args`, `**kwargs` and keyword-only parameters, `lambda`, `return`, `yield` and `yield from` on
lines of their own, `class`, `if`, `for` and `while` with `else`, `break`, `continue`, `pass`,
`with` for the grad modes of torch, `try` with `except`, `else` and `finally`, `raise`, `assert`,
`del`, `global`, `nonlocal`, `import`.

Expressions: numbers, texts, f-strings, lists, tuples, dicts, sets, comprehensions, arithmetic,
comparisons, `and`, `or`, `not`, conditional expressions, `:=`, calls with stars, indices, slices.

Classes derive from `nn.Module` and other layers, `torch.autograd.Function`, `Dataset`, an
exception, or nothing; there is inheritance, `super()`, `@property`, `@staticmethod` and
`@classmethod`. For torch they are classes like any other: `parameters()`, `state_dict()` and
`print(model)` are PyTorch's own. Of the methods with two underscores a class may define
{methods}.

Functions may be decorated by the grad modes of torch and by functions of the program.

## What differs from Python

- `torch.empty`, `torch.Tensor(2, 3)` and their kin give zeros. PyTorch gives what was in memory
  before, which is different every time.
- A generator expression is computed at once, where Python computes it item by item.
- `print(x.grad_fn)` leaves out the address in memory.
- `.cuda()` and other devices than the CPU are refused; `torch.cuda.is_available()` is False.
- `num_workers`, `pin_memory` and the like are left out, with a notice.
- Anomaly detection does nothing. Of matplotlib, curves are kept and drawn by the page.
- `torch.autograd.functional` and `is_grads_batched=True` run, and are not drawn.
- `try` catches what Python and PyTorch refuse. It never catches a limit, or what the language
  itself leaves out: these end the program, and no `finally` runs after them.

## What is out, and why

- Names with two underscores, names that torch keeps for itself in a layer, `getattr`, `eval`,
  `open` and their kin: they lead out of the program.
- Hooks and other callbacks of the engine: the recorder uses them.
- `async`, `match`, decorators of classes, metaclasses, type parameters, positional-only
  parameters (`/`), `with` for anything but grad modes: no course needs them.
- Formats with attributes (`'{{0.real}}'`) or wider than {widest} characters.
- Modules: {outside}.
"""

LIMITS = f"""
## Limits

A program may have {DEFAULT.source_bytes:,} bytes, take {DEFAULT.seconds:g} seconds and
{DEFAULT.steps:,} steps (a statement, a round of a loop and a call take one each), and print
{DEFAULT.printed_characters:,} characters. Its functions may be {DEFAULT.call_depth} calls inside
one another, its whole numbers {DEFAULT.integer_bits:,} binary digits long, its lists and texts
{DEFAULT.sequence_items:,} items. They all stand in `viz/limits.py`.
"""


def names(found: object) -> str:
    """A paragraph of names."""
    words = sorted(found) if not isinstance(found, str) else found.split()
    return textwrap.fill(" ".join(f"`{word}`" for word in words), 98, break_on_hyphens=False)


def section(title: str, paragraphs: dict[str, object]) -> str:
    parts = [f"### {name}\n\n{names(found)}\n" for name, found in paragraphs.items() if found]
    return f"\n## {title}\n\n" + "\n".join(parts)


def modules() -> dict[str, object]:
    """Every module with the names that its rows have."""
    found: dict[str, list[str]] = {}
    for full in functions.NAMES:
        module, _, name = full.rpartition(".")
        if module and full not in functions.NAMESPACES:
            found.setdefault(module, []).append(name)
    return {f"`{module}`": found[module] for module in sorted(found)}


def refused(table: dict[str, str]) -> dict[str, object]:
    return {f"{reason[0].upper()}{reason[1:]}": listed for reason, listed in table.items()}


def objects() -> dict[str, object]:
    return {
        "A tensor": members.TENSOR,
        "A layer": objects_of_torch.LAYER_METHODS,
        "An optimizer": objects_of_torch.OPTIMIZER_METHODS,
        "A learning-rate schedule": objects_of_torch.SCHEDULER_METHODS,
        "A distribution": [
            *objects_of_torch.DISTRIBUTION_METHODS.split(),
            *objects_of_torch.DISTRIBUTION_ATTRIBUTES.split(),
        ],
        "A text": members.TEXT,
        "A list": members.LIST,
        "A dict": python_names.DICT_METHODS,
        "A set": python_names.SET_METHODS,
    }


def text() -> str:
    """The whole page."""
    outside = "; ".join(f"`{name}` - {why.rstrip('.')}" for name, why in OUTSIDE.items())
    words = WORDS.format(
        methods=", ".join(f"`{name}`" for name in sorted(METHODS)), widest=WIDEST, outside=outside
    )
    return "".join(
        [
            words,
            LIMITS,
            section("Functions and classes, by module", modules()),
            section("Python's own functions and classes", {"Without an import": BUILTINS}),
            section("Members, by kind of value", objects()),
            section("Functions of torch that are left out", refused(torch_names.REFUSED)),
            section("Members of a tensor that are left out", refused(tensor_names.REFUSED)),
        ]
    )


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text(), encoding="utf-8")
