"""What a person is told when what they wrote can't be run: where, what, and what would work."""

from __future__ import annotations

from typing import Any, ClassVar


class UserError(Exception):
    """One clear sentence about the user's own text. Shown as it is; never with a traceback.

    message   what is wrong, without the place ("unknown function 'torch.sinn'.")
    line      line of the program, from 1; None where no line is to blame
    column, end_column   characters of that line, from 0, the end not included
    hint      what would work ("Did you mean 'torch.sin'?")
    name      the input to blame, for an InputError
    trace     the Trace up to the error, where the engine stopped in the middle of a backward pass;
              else None
    answer    the same as the page gets it, with the places of the nodes
    so_far    what the run had printed and noticed, for whoever makes the trace
    """

    kind: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        end_column: int | None = None,
        hint: str | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.end_column = end_column
        self.hint = hint
        self.name = name
        self.trace: Any = None
        self.answer: Any = None
        self.so_far: Any = None

    def __str__(self) -> str:
        place = f"Line {self.line}: " if self.line is not None else ""
        if self.name is not None:
            place = f"Input '{self.name}': "
        return f"{place}{self.message}{' ' + self.hint if self.hint else ''}"

    def to_wire(self) -> dict[str, Any]:
        """Plain data, from which `from_wire` makes an equal error."""
        fields = ("message", "line", "column", "end_column", "hint", "name")
        return {"kind": self.kind, **{field: getattr(self, field) for field in fields}}

    @staticmethod
    def from_wire(data: dict[str, Any]) -> UserError:
        kinds: dict[str, type[UserError]] = {
            kind.kind: kind for kind in (ProgramError, InputError, LimitError)
        }
        data = dict(data)
        return kinds[data.pop("kind")](data.pop("message"), **data)


class ProgramError(UserError):
    """The program can't be read, is outside the language, or PyTorch refused it."""

    kind = "program"


class InputError(UserError):
    """The value of an input can't be read or used."""

    kind = "input"


class LimitError(UserError):
    """The program asked for more than it may have: time, memory, steps, text, size."""

    kind = "limit"
