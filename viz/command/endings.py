"""How a run ends: one sentence with its place, and an exit code."""

from __future__ import annotations

import errno

from viz.errors import LimitError, UserError

OK, WRONG, LIMIT = 0, 1, 3
INTERRUPTED, BROKEN_PIPE = 130, 141
"""As a shell gives them for the signals SIGINT and SIGPIPE."""


def sentence(error: UserError, name: str) -> str:
    """
    >>> sentence(UserError("unknown function 'torch.sinn'.", line=3, column=6), "program.py")
    "program.py:3:7: unknown function 'torch.sinn'."
    """
    place = name
    if error.line is not None:
        place += f":{error.line}"
        if error.column is not None:
            place += f":{error.column + 1}"  # Editors count columns from 1.
    given = f"input '{error.name}': " if error.name is not None else ""
    return f"{place}: {given}{error.message}{' ' + error.hint if error.hint else ''}"


def code_of(error: UserError) -> int:
    return LIMIT if isinstance(error, LimitError) else WRONG


def is_broken_pipe(error: OSError) -> bool:
    """Windows says EINVAL where a pipe is gone."""
    return error.errno in (errno.EPIPE, errno.EINVAL) and error.filename is None
