"""The form of an entry of the menu of examples."""

from __future__ import annotations

from viz.trace import Input, Record


class Example(Record, frozen=True):
    """One entry of the menu. An expression has inputs; a program brings its own values.

    second     the other one of two programs that are compared
    backward   which call of backward is shown, of two programs of both, from 0; None: the first
    stops      whether PyTorch refuses its backward pass in the middle
    view       which tab is open below the stage; "" for the first
    """

    slug: str
    title: str
    source: str
    inputs: tuple[Input, ...] = ()
    second: str = ""
    backward: int | None = None
    stops: bool = False
    view: str = ""

    @property
    def is_expression(self) -> bool:
        return "\n" not in self.source
