"""Walk a checked program and do what it says with live tensors; tell the observer what happens."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any, Protocol

import torch

from viz.errors import LimitError, ProgramError, UserError
from viz.language.builtins import BUILTINS
from viz.language.capacity import need_items, within_memory
from viz.language.explain import Operands, explain
from viz.language.expressions import EXPRESSIONS
from viz.language.functions import PREDEFINED, bare_function
from viz.language.place import located, text_at
from viz.language.program import Program
from viz.language.results import Candidate, Results
from viz.language.statements import STATEMENTS, Signal
from viz.language.unknown import unknown_name
from viz.language.values import Frame, Value
from viz.limits import Limits
from viz.trace import Notice

ITERATORS: list[Any] = [enumerate([]), zip(), reversed(()), reversed([]), reversed(range(0))]
ITERABLE = (list, tuple, range, str, torch.Tensor, *map(type, ITERATORS))
MOST_NOTICES = 50


class Observer(Protocol):
    """Who is told what a program does. `line` counts from 1; 0 and None stand for no line."""

    def enter_line(self, line: int) -> None:
        """A statement begins, or goes on after a function that it called has returned."""

    def name_tensor(self, name: str, tensor: torch.Tensor, line: int) -> None:
        """A variable, a parameter or an input now names this tensor."""

    def backward(
        self,
        tensor: torch.Tensor,
        gradient: Any = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
        line: int | None = None,
    ) -> None:
        """Does the real backward. `line` is None where it was called for the student."""


class Machine:
    """The state of one run: variables, the line, what was printed, what was spent."""

    def __init__(self, program: Program, observer: Observer, limits: Limits) -> None:
        self.program = program
        self.observer = observer
        self.limits = limits
        self.frame = Frame()
        self.module = self.frame
        self.line = 0
        self.steps = 0
        self.depth = 0
        self.printed: list[str] = []
        self.printed_characters = 0
        self.notices: dict[Notice, None] = {}
        self.backwards = 0
        self.last_value: tuple[Value, int] | None = None
        self.results = Results()

    # One entry for expressions, one for statements. The handlers stand in tables by node type;
    # whatever one of them raises leaves as a UserError with the place of the innermost node.

    def evaluate(self, node: ast.expr) -> Value:
        self.tick()
        try:
            return EXPRESSIONS[type(node)](self, node)
        except UserError as error:
            located(error, node, self.program.source)
            raise
        except Exception as error:
            raise self.explained(error, node, ()) from error

    def execute(self, statements: list[ast.stmt]) -> Signal | None:
        for statement in statements:
            self.tick()
            self.enter_line(statement.lineno)
            try:
                signal = STATEMENTS[type(statement)](self, statement)
            except UserError as error:
                located(error, statement, self.program.source)
                raise
            except Exception as error:
                raise self.explained(error, statement, ()) from error
            if signal is not None:
                return signal
        return None

    def perform(
        self, node: ast.AST, operands: Operands, function: Any, *values: Any, **named: Any
    ) -> Value:
        """Call torch or Python; what they refuse is explained, with the operands."""
        try:
            return within_memory(function(*values, **named), self.limits)
        except UserError as error:
            located(error, node, self.program.source)
            raise
        except Exception as error:
            raise self.explained(error, node, operands) from error

    def explained(self, error: Exception, node: ast.AST, operands: Operands) -> UserError:
        found = explain(error, node, operands, self.program.source, self.limits)
        return located(found, node, self.program.source)

    def tick(self) -> None:
        self.steps += 1
        if self.steps > self.limits.steps:
            raise LimitError(
                f"the program takes more than {self.limits.steps:,} steps.",
                line=self.line or None,
                hint="Is there a loop that never ends?",
            )

    def enter_line(self, line: int) -> None:
        self.line = line
        self.observer.enter_line(line)

    # Variables.

    def lookup(self, node: ast.Name, called: bool = False) -> Value:
        """The value of a name, as Python finds it; `called` where it stands before `(...)`."""
        name = node.id
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.variables:
                return frame.variables[name]
            if name in frame.names:
                raise ProgramError(
                    f"the variable '{name}' is used before it has a value in its function.",
                    hint="A variable that a function assigns is its own; give it a value first.",
                )
            frame = frame.parent
        if name in PREDEFINED:
            return PREDEFINED[name]
        if name in BUILTINS:
            return BUILTINS[name]
        if self.program.kind == "expression" and (found := bare_function(name)) is not None:
            return found
        raise located(self.unknown_name(name, called), node, self.program.source)

    def unknown_name(self, name: str, called: bool) -> ProgramError:
        variables: list[str] = []
        frame: Frame | None = self.frame
        while frame is not None:
            variables += frame.variables
            frame = frame.parent
        return unknown_name(name, self.program, variables, called=called)

    def bind(self, name: str, value: Value, line: int) -> None:
        self.frame.variables[name] = value
        if isinstance(value, torch.Tensor):
            self.observer.name_tensor(name, value, line)
            given = value.is_leaf and value.requires_grad
            if self.frame is self.module and not given:
                self.results.add(Candidate(value, f"'{name}'", line))

    # What the program says, and what is said about it.

    def returned(self, function: str, value: Value, line: int) -> None:
        """A function that the program itself called has returned."""
        if isinstance(value, torch.Tensor):
            self.results.add(Candidate(value, f"what '{function}' returned", line))

    def print(self, text: str) -> None:
        self.printed_characters += len(text)
        if self.printed_characters > self.limits.printed_characters:
            raise LimitError(
                f"the program prints more than {self.limits.printed_characters:,} characters."
            )
        self.printed.append(text)

    def notice(self, text: str) -> None:
        """Say it once for each line."""
        if len(self.notices) < MOST_NOTICES:
            self.notices[Notice(text, self.line or None)] = None

    def notice_of_run(self, text: str) -> None:
        """Say something that belongs to no line."""
        self.notices[Notice(text)] = None

    def text_of(self, node: ast.AST) -> str:
        return text_at(node, self.program.source)

    # Sequences.

    def iterable(self, value: Value) -> Value:
        """The value itself, where a `for` loop can go over it."""
        if not isinstance(value, ITERABLE):
            raise TypeError(f"'{type(value).__name__}' object is not iterable")
        return value

    def iterate(self, value: Value) -> Iterator[Value]:
        """The items one by one; each costs a step."""
        for item in self.iterable(value):
            self.tick()
            yield item

    def items(self, value: Value) -> list[Value]:
        found: list[Value] = []
        for item in self.iterate(value):
            found.append(item)
            need_items(len(found), self.limits)
        return found

    def truth(self, node: ast.expr, value: Value) -> bool:
        """Whether an `if` takes the value as true."""
        return bool(self.perform(node, ((node, value),), bool, value))

    def backward(
        self,
        node: ast.AST,
        tensor: torch.Tensor,
        *values: Any,
    ) -> None:
        """`tensor.backward(gradient, retain_graph, create_graph, inputs)` of the program."""
        self.backwards += 1
        written = getattr(getattr(node, "func", node), "value", node)
        self.perform(
            node, ((written, tensor),), self.observer.backward, tensor, *values, line=self.line
        )

    def backward_without_line(self, tensor: torch.Tensor) -> None:
        """The backward that the program left out."""
        self.backwards += 1
        self.perform(self.program.tree, (), self.observer.backward, tensor, line=None)
