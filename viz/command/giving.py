"""Read what an option gives: an input with its value, limits."""

from __future__ import annotations

from typing import Any

import click

from viz.limits import VARIABLE, Limits, read_limits
from viz.trace import Input

FIXED = ":fixed"


class Given(click.ParamType[Input]):
    """ "x=2" or "x=2:fixed"."""

    name = "input"

    def convert(self, value: Any, param: Any, ctx: Any) -> Input:
        name, sign, text = str(value).partition("=")
        if not sign or not name.strip().isidentifier() or not text.strip():
            self.fail(f"{value!r} is no input; write it as x=2, or x=2{FIXED} without gradient.")
        fixed = text.rstrip().endswith(FIXED)
        text = text.strip().removesuffix(FIXED).strip()
        return Input(name=name.strip(), text=text, requires_grad=not fixed)


class Limiting(click.ParamType[str]):
    """ "seconds=60, steps=100_000"."""

    name = "limits"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        try:
            self.read(str(value))
        except ValueError as error:
            self.fail(str(error))
        return str(value)

    @staticmethod
    def read(text: str) -> Limits:
        """Raises ValueError, with one sentence."""
        try:
            return read_limits(text)
        except ValueError as error:
            raise ValueError(str(error).removeprefix(f"{VARIABLE}: ")) from error
