"""What one run may cost. One place, one number each; each is named in the sentence that refuses."""

from __future__ import annotations

import os

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """The limits of one run; the defaults suit a class on one shared server."""

    seconds: float = 10.0
    """Wall-clock time of the child process, checking and drawing included."""
    memory_bytes: int = 1 << 30
    """Memory of the child above what torch itself has mapped."""
    source_bytes: int = 64 * 1024
    """Length of the program's text in UTF-8."""
    syntax_nodes: int = 20_000
    """Nodes of the syntax tree."""
    nesting: int = 100
    """Depth of the syntax tree."""
    steps: int = 2_000_000
    """Statements, rounds of loops and calls of functions that the interpreter executes."""
    call_depth: int = 100
    """Functions of the program that are inside one another."""
    integer_bits: int = 4096
    """Length of a whole number of the program."""
    sequence_items: int = 100_000
    """Items of a list, tuple or text of the program."""
    operations: int = 3_000
    """Operations in the graph of one recorded backward pass."""
    total_operations: int = 100_000
    """Operations that are watched over the whole program."""
    backwards: int = 50
    """Backward passes of a program that are all recorded step by step."""
    recorded_operations: int = 10_000
    """Operations in these graphs together, up to which they all are."""
    first_backwards: int = 3
    """Of a program with more: so many of the first, those asked for, and the last."""
    backward_calls: int = 20_000
    """Calls of backward, recorded step by step or not."""
    history_calls: int = 10_000
    """Calls of backward in the curves; of more, evenly chosen ones."""
    history_leaves: int = 20
    """Leaves that have a curve."""
    printed_characters: int = 20_000
    """Text that the program prints."""
    input_characters: int = 4_000
    """Text of one input."""
    array_values: int = 64
    """A tensor with more elements is summarised: shape, range, mean, norm."""
    answer_bytes: int = 20_000_000
    """Size of the answer of the child process."""


def read_limits(text: str) -> Limits:
    """The default limits, changed as whoever runs the server wants: "seconds=5, steps=100_000".

    Raises ValueError, with one sentence, for an unknown name or a value that is no positive number.

    >>> read_limits("seconds=2.5, printed_characters=1_000").seconds
    2.5
    """
    changed: dict[str, float] = {}
    kinds = {field.name: field.type for field in msgspec.structs.fields(Limits)}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, value = (piece.strip() for piece in part.partition("="))
        if name not in kinds:
            raise ValueError(f"{VARIABLE}: unknown limit {name!r}; there are {', '.join(kinds)}.")
        try:
            number = kinds[name](value)
        except ValueError:
            number = -1
        if not 0 < number < float("inf"):
            raise ValueError(f"{VARIABLE}: {name} must be a positive number, not {value!r}.")
        changed[name] = number
    return msgspec.structs.replace(DEFAULTS, **changed)


VARIABLE = "SEEGRAD_LIMITS"
"""The environment variable with limits for this server."""

DEFAULTS = Limits()
DEFAULT = read_limits(os.environ.get(VARIABLE, ""))
