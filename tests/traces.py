"""Make real Traces from plain Python text, for tests: CPython runs it, the Recorder watches.

This is not the language of the program (viz/language): any Python goes, and nothing is checked.
"""

from __future__ import annotations

import ast
import contextlib
import io
import sys
import textwrap
from types import FrameType
from typing import Any

import torch

from viz.capture import Plan, Recorder
from viz.limits import DEFAULT, Limits
from viz.trace import Backward, Trace

_FILE = "<traced program>"
_BACKWARD = "_recorded_backward"
_OF_SEVERAL = "_recorded_backward_of_several"
_GRAD = "_recorded_grad"


def trace_of(source: str, limits: Limits = DEFAULT, plan: Plan | None = None) -> Trace:
    """Run a program line by line through the Recorder.

    `x.backward(...)`, `torch.autograd.backward(...)` and `torch.autograd.grad(...)` are recorded; a
    program that never calls them gets backward called on the value of its last line, or on the last
    variable that requires grad. `torch` and `F` are there already.

    >>> trace_of("x = torch.tensor(3.0, requires_grad=True)\\ny = x**2").backwards[0].nodes[1].name
    'PowBackward0'
    """
    program = _Program(textwrap.dedent(source).strip("\n"), Recorder(limits, plan))
    return program.run()


def backward_of(source: str, limits: Limits = DEFAULT) -> Backward:
    """The last backward pass of a program."""
    return trace_of(source, limits).backwards[-1]


class _Program:
    def __init__(self, source: str, recorder: Recorder) -> None:
        self.source = source
        self.recorder = recorder
        self.line = 1
        self.lines: dict[FrameType | None, int] = {}
        self.names: dict[str, Any] = {
            "torch": torch,
            "F": torch.nn.functional,
            _BACKWARD: self._backward,
            _OF_SEVERAL: self._backward_of_several,
            _GRAD: self._grad,
        }

    def run(self) -> Trace:
        tree = _CallsOfBackward().visit(ast.parse(self.source))
        last = tree.body[-1]
        if isinstance(last, ast.Expr):
            name = ast.copy_location(ast.Name("_last", ast.Store()), last)
            tree.body[-1] = ast.copy_location(ast.Assign([name], last.value), last)
        code = compile(ast.fix_missing_locations(tree), _FILE, "exec")
        printed = io.StringIO()
        with self.recorder, contextlib.redirect_stdout(printed):
            self._traced(code)
            if not self.recorder.history.calls:
                self.recorder.backward(self._result())
        return Trace(
            source=self.source,
            printed=printed.getvalue(),
            backwards=self.recorder.backwards,
            history=self.recorder.history,
        )

    def _traced(self, code: Any) -> None:
        before = sys.gettrace()
        sys.settrace(self._trace)
        try:
            exec(code, self.names)
        finally:
            sys.settrace(before)

    def _trace(self, frame: FrameType, event: str, _argument: Any) -> Any:
        """Before each line: name what the line before it bound, then enter the line."""
        if frame.f_code.co_filename != _FILE:
            return None
        # When a frame begins, its locals are parameters: the line of `def` names them.
        line = self.lines.get(frame, frame.f_lineno)
        for name, value in list(frame.f_locals.items()):
            if isinstance(value, torch.Tensor) and name != "_last":
                self.recorder.name_tensor(name, value, line)
        # After a return, the rest of the caller's line goes on.
        self.lines[frame] = frame.f_lineno
        self.line = self.lines.get(frame.f_back, 1) if event == "return" else frame.f_lineno
        self.recorder.enter_line(self.line)
        return self._trace

    def _backward(self, tensor: torch.Tensor, *args: Any, **kwargs: Any) -> None:
        self.recorder.backward(tensor, *args, **kwargs, line=self.line)

    def _backward_of_several(self, *args: Any, **kwargs: Any) -> None:
        self.recorder.backward_of_several(*args, **kwargs, line=self.line)

    def _grad(self, outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        gradients = args[0] if args else kwargs.pop("grad_outputs", None)
        return self.recorder.gradients(
            outputs, inputs, gradients, *args[1:], **kwargs, line=self.line
        )

    def _result(self) -> torch.Tensor:
        candidates = [
            value
            for value in self.names.values()
            if isinstance(value, torch.Tensor) and value.requires_grad
        ]
        last = self.names.get("_last")
        if isinstance(last, torch.Tensor) and last.requires_grad:
            candidates.append(last)
        return candidates[-1]


class _CallsOfBackward(ast.NodeTransformer):
    """`x.backward(...)` becomes a call of the recorder with x as the first argument."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        recorded = {
            "torch.autograd.backward": _OF_SEVERAL,
            "torch.autograd.grad": _GRAD,
        }.get(ast.unparse(node.func))
        if recorded is not None:
            call = ast.Call(ast.Name(recorded, ast.Load()), node.args, node.keywords)
            return ast.copy_location(call, node)
        if not (isinstance(node.func, ast.Attribute) and node.func.attr == "backward"):
            return node
        function = ast.Name(_BACKWARD, ast.Load())
        call = ast.Call(function, [node.func.value, *node.args], node.keywords)
        return ast.copy_location(call, node)
