"""The state of one run: variables, the line, what was printed, what was spent; and who is told."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import torch
from torch.nn.parameter import is_lazy

from viz.errors import LimitError, ProgramError, UserError
from viz.language.builtins import BUILTINS
from viz.language.capacity import need_items, within_memory
from viz.language.explain import explain
from viz.language.functions import PREDEFINED, bare_function
from viz.language.iterables import ITERABLE
from viz.language.observer import Observer
from viz.language.pictures import Pictures
from viz.language.place import located, text_at
from viz.language.program import Program
from viz.language.results import Candidate, Results
from viz.language.taken import Taken
from viz.language.text import whole_characters
from viz.language.unknown import unknown_name
from viz.language.values import Frame, Ignored, ProgramClass, ProgramObject, Value, kind_of
from viz.limits import Limits
from viz.trace import Notice

MOST_NOTICES = 50
NOTHING: Mapping[str, Any] = {}


class Machine:
    """What the closures that `expressions` and `statements` build work on."""

    def __init__(self, program: Program, observer: Observer, limits: Limits) -> None:
        self.program = program
        self.observer = observer
        self.tell_line = observer.enter_line
        self.limits = limits
        self.most_steps = limits.steps
        self.frame = Frame({})
        self.module = self.frame
        self.line = 0
        self.steps = 0
        self.depth = 0
        self.printed: list[str] = []
        self.printed_characters = 0
        self.notices: dict[Notice, None] = {}
        self.backwards = 0
        self.ran_unseen = False
        self.last_value: tuple[Value, int] | None = None
        self.results = Results()
        self.pictures = Pictures()
        self.classes: dict[type, ProgramClass] = {}
        self.handled: list[UserError] = []
        self.taken = Taken(observer)

    def perform(
        self,
        node: ast.AST,
        parts: Sequence[ast.AST],
        function: Any,
        values: Sequence[Any],
        named: Mapping[str, Any] = NOTHING,
    ) -> Value:
        """Call torch or Python; what they refuse is explained, with what stood where.

        parts   the syntax nodes of the values, as far as they have one
        """
        try:
            if self.taken:
                return within_memory(self.taken.call(function, values, named), self.limits)
            return within_memory(function(*values, **named), self.limits)
        except UserError as error:
            located(error, node, self.program.source)
            raise
        except Exception as error:
            raise self.explained(error, node, parts, values) from error

    def explained(
        self,
        error: Exception,
        node: ast.AST,
        parts: Sequence[ast.AST] = (),
        values: Sequence[Any] = (),
    ) -> UserError:
        operands = tuple(zip(parts, values, strict=False))
        found = explain(error, node, operands, self.program.source, self.limits)
        return located(found, node, self.program.source)

    def placed(self, error: UserError, node: ast.AST) -> UserError:
        """The same error, with the place of the node where it has none yet."""
        return located(error, node, self.program.source)

    def tick(self) -> None:
        self.steps += 1
        if self.steps > self.most_steps:
            raise self.too_many_steps()

    def too_many_steps(self) -> LimitError:
        return LimitError(
            f"the program takes more than {self.limits.steps:,} steps.",
            line=self.line or None,
            hint="Is there a loop that never ends?",
        )

    def enter_line(self, line: int) -> None:
        self.line = line
        self.tell_line(line)

    # Variables.

    def lookup(self, node: ast.Name, called: bool = False) -> Value:
        """The value of a name, as Python finds it; `called` where it stands before `(...)`."""
        name = node.id
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.elsewhere:
                frame = frame.elsewhere[name]
            if name in frame.variables:
                return frame.variables[name]
            if name in frame.names:
                error = ProgramError(
                    f"the variable '{name}' is used before it has a value in its function.",
                    hint="A variable that a function assigns is its own; give it a value first.",
                )
                cause = UnboundLocalError(
                    f"cannot access local variable '{name}' where it is not associated with a value"
                )
                raise self.placed(error, node) from cause
            frame = frame.parent
        if name in PREDEFINED:
            return PREDEFINED[name]
        if name in BUILTINS:
            return BUILTINS[name]
        if self.program.kind == "expression" and (found := bare_function(name)) is not None:
            return found
        cause_by_name = NameError(f"name '{name}' is not defined")
        raise self.placed(self.unknown_name(name, called), node) from cause_by_name

    def unknown_name(self, name: str, called: bool) -> ProgramError:
        variables: list[str] = []
        frame: Frame | None = self.frame
        while frame is not None:
            variables += frame.variables
            frame = frame.parent
        return unknown_name(name, self.program, variables, called=called)

    def bind(self, name: str, value: Value, line: int) -> None:
        frame = self.frame
        if frame.elsewhere and name in frame.elsewhere:
            frame = frame.elsewhere[name]
        frame.variables[name] = value
        if value is None:
            return
        if isinstance(value, torch.Tensor):
            self.observer.name_tensor(name, value, line)
            if frame is self.module and not (value.is_leaf and value.requires_grad):
                self.results.add(Candidate(value, f"'{name}'", line))
        elif isinstance(value, torch.nn.Module):
            if name != "self":  # its own methods' word for it
                self.observer.name_module(name, value)
            self.name_parameters(name, value, line)

    def name_parameters(self, name: str, layer: torch.nn.Module, line: int) -> None:
        """`layer.weight`: the parameters of a layer that a variable or an attribute now names."""
        for path, parameter in layer.named_parameters():
            if is_lazy(parameter):  # it has no shape before its first input
                continue
            self.observer.name_tensor(f"{name}.{path}", parameter, line)

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
        self.printed.append(whole_characters(text))

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
        if isinstance(value, ITERABLE):
            return value
        if isinstance(value, Ignored):
            return ()
        if isinstance(value, ProgramObject):
            return iter(value)  # type: ignore[call-overload]
        raise TypeError(f"'{kind_of(value)}' object is not iterable")

    def iterate(self, value: Value) -> Iterator[Value]:
        """The items one by one; each costs a step."""
        for item in self.iterable(value):
            self.steps += 1
            if self.steps > self.most_steps:
                raise self.too_many_steps()
            yield item

    def items(self, value: Value) -> list[Value]:
        found: list[Value] = []
        for item in self.iterate(value):
            found.append(item)
            if len(found) > self.limits.sequence_items:
                need_items(len(found), self.limits)
        return found

    def truth(self, node: ast.expr, value: Value) -> bool:
        """Whether an `if` takes the value as true."""
        if value is True or value is False:
            return bool(value)
        return bool(self.perform(node, (node,), bool, (value,)))

    def backward(self, node: ast.AST, tensor: torch.Tensor, *values: Any) -> None:
        """`tensor.backward(gradient, retain_graph, create_graph, inputs)` of the program."""
        self.backwards += 1
        written = getattr(getattr(node, "func", node), "value", node)
        self.perform(
            node, (written,), self.observer.backward, (tensor, *values), {"line": self.line}
        )

    def backward_of_several(self, node: ast.Call, *values: Any) -> None:
        """`torch.autograd.backward(tensors, gradients, retain_graph, create_graph, inputs)`."""
        self.backwards += 1
        self.perform(
            node, node.args, self.observer.backward_of_several, values, {"line": self.line}
        )

    def gradients(self, node: ast.Call, values: Sequence[Any], named: Mapping[str, Any]) -> Value:
        """`torch.autograd.grad(outputs, inputs, ...)`: the gradients."""
        self.backwards += 1
        named = {**named, "line": self.line}
        return self.perform(node, node.args, self.observer.gradients, values, named)

    def unseen(self, function: str) -> None:
        """A function that runs the engine by itself: it counts as no backward pass."""
        self.ran_unseen = True
        self.notice(
            f"{function} ran, and what the engine did in it is not drawn. "
            "torch.autograd.grad and backward() are."
        )

    def backward_without_line(self, tensor: torch.Tensor) -> None:
        """The backward that the program left out."""
        self.backwards += 1
        self.perform(self.program.tree, (), self.observer.backward, (tensor,), {"line": None})
