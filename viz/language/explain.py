"""Turn what torch or Python refused into PyTorch's own first sentence and a plain one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Any

import torch

from viz.errors import ProgramError, UserError
from viz.language.capacity import too_many_elements
from viz.language.functions import NAMES
from viz.language.place import text_at
from viz.language.reasons import REASONS, SHAPES_DIFFER
from viz.language.source import nested_too_deeply
from viz.language.values import BoundFunction, Method, Value, kind_of
from viz.limits import Limits

Operands = Sequence[tuple[ast.AST, Any]]
"""What stood where in the operation that was refused: the syntax node and its value."""

NO_MEMORY = re.compile(
    r"not enough memory|can't allocate|allocate memory|bad_alloc|std::bad_array|out of memory"
    r"|exceeds? the maximum|Storage size calculation overflowed|integer multiplication overflow"
    r"|maximum size for tensor|size is too large|array is too big",
    re.IGNORECASE,
)
ADDRESS = re.compile(r" ?(at )?0x[0-9a-fA-F]+")
SENTENCE_END = re.compile(r"(?<=[\w)\]'\"]{2})\.(?:\s|$)|\n")
LONGEST_SENTENCE = 300
ABOUT_TYPES = r"unsupported operand|not supported between|must be|can only concatenate"
ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Tuple)


def explain(
    error: BaseException, node: ast.AST, operands: Operands, source: str, limits: Limits
) -> UserError:
    """The UserError that says in plain words what `error` means; without its place."""
    if isinstance(error, MemoryError) or NO_MEMORY.search(first_lines(error)):
        return too_many_elements(limits)
    if isinstance(error, RecursionError):
        return nested_too_deeply(limits)
    plain = getattr(error, "plain", None)
    if isinstance(plain, str):  # whoever watched the run knows more than PyTorch says
        return ProgramError(plain, hint=getattr(error, "cure", None))
    said = str(error)
    special = (
        explain_power(node, operands, source)
        or explain_key(error)
        or explain_none(operands, source)
        or explain_method(operands, source)
        or explain_math(said, node, source)
        or explain_dtype(said, node)
    )
    if special is not None:
        return special
    if any(re.search(pattern, said) for pattern in SHAPES_DIFFER):
        return shapes_differ(error, node, operands, source)
    for pattern, hint in REASONS:
        if re.search(pattern, said):
            wrong = with_shapes(first_sentence(error), operands, source)
            return ProgramError(wrong, hint=hint.replace("NAME", first_name(operands, source)))
    return ProgramError(first_sentence(error), hint=types_of(error, operands, source))


def first_lines(error: BaseException) -> str:
    return str(error)[:2000]


def first_sentence(error: BaseException) -> str:
    """PyTorch's own first sentence, without addresses.

    >>> first_sentence(RuntimeError("sizes do not match. More follows."))
    'sizes do not match.'
    """
    numbered = isinstance(error, (KeyError, OverflowError)) and error.args  # (34, "... range")
    said = str(error.args[-1]) if numbered else str(error)
    said = (
        ADDRESS.sub("", said.replace("TensorBase", "Tensor")).strip()
        or f"this fails with {type(error).__name__}"
    )
    said = said.split(", but expected one of")[0].split("\nException raised from")[0]
    end = SENTENCE_END.search(said)
    said = (said[: end.start()] if end else said)[:LONGEST_SENTENCE].rstrip(" .:;")
    return f"{said}."


def explain_power(node: ast.AST, operands: Operands, source: str) -> ProgramError | None:
    """`x^2`: Python's exclusive or, which people write for a power."""
    if not isinstance(getattr(node, "op", None), ast.BitXor) or len(operands) != 2:
        return None
    (left, _), (right, _) = operands
    return ProgramError(
        "'^' is no power in Python, but the exclusive or of whole numbers.",
        hint=f"Did you mean '{operand(left, source)}**{operand(right, source)}'?",
    )


def explain_key(error: BaseException) -> ProgramError | None:
    """`x["b"]`: Python's own message is the key alone."""
    if not isinstance(error, KeyError) or len(error.args) != 1 or " " in str(error.args[0]):
        return None
    return ProgramError(
        f"there is no key {str(error)[:60]}.", hint="list(d) gives the keys that a dict has."
    )


def explain_none(operands: Operands, source: str) -> ProgramError | None:
    """`w - 0.1*w.grad` before there is a gradient; the result of a function without `return`."""
    for node, value in operands:
        if value is None and not isinstance(node, ast.Constant):
            written = text_at(node, source)
            if written.endswith(".grad"):
                return ProgramError(
                    f"'{written}' is None: there is no gradient yet.",
                    hint="Call backward() on a result that depends on it first.",
                )
            return ProgramError(f"'{written}' is None.", hint="Does its function return a value?")
    return None


def explain_method(operands: Operands, source: str) -> ProgramError | None:
    """`x.sum + 1`: the method itself, where its result was meant."""
    for node, value in operands:
        if isinstance(value, (Method, BoundFunction)):
            written = text_at(node, source)
            return ProgramError(
                f"'{written}' is a method, not what it gives.",
                hint=f"Did you forget the ()? Write {written}()."
                if isinstance(node, ast.Attribute)
                else "Did you forget the () where it was named?",
            )
    return None


def explain_math(said: str, node: ast.AST, source: str) -> ProgramError | None:
    """`math.exp(x)` of a tensor that is no single number."""
    if "converted to" not in said or not isinstance(node, ast.Call):
        return None
    written = text_at(node.func, source)
    module, _, name = written.partition(".")
    if module != "math" or f"torch.{name}" not in NAMES:
        return None
    return ProgramError(
        f"'{written}' takes one number, not a tensor.", hint=f"Use torch.{name}(...)."
    )


def explain_dtype(said: str, node: ast.AST) -> ProgramError | None:
    """`requires_grad=True` beside a dtype of whole numbers."""
    keywords = node.keywords if isinstance(node, ast.Call) else []
    if "floating point" not in said or not any(each.arg == "dtype" for each in keywords):
        return None
    return ProgramError(
        "a tensor of this dtype can't require grad: only floating-point numbers have gradients.",
        hint="Use a floating dtype: dtype=torch.float32.",
    )


def shapes_differ(
    error: BaseException, node: ast.AST, operands: Operands, source: str
) -> ProgramError:
    named = named_shapes(operands, source)
    said = first_sentence(error)
    wrong = f"{' and '.join(named)}: {said}" if named else said
    return ProgramError(wrong, hint=how_shapes_fit(node, said))


def named_shapes(operands: Operands, source: str) -> list[str]:
    """ "'w' has shape [2, 3]", for every tensor among the operands."""
    found: list[str] = []
    for node, value in operands:
        inside = parts_of(node, value)
        for part, tensor in inside:
            if isinstance(tensor, torch.Tensor):
                found.append(f"'{text_at(part, source)}' has shape {list(tensor.shape)}")
    return found[:4]


def parts_of(node: ast.AST, value: Value) -> Iterable[tuple[ast.AST, Value]]:
    """`torch.cat([a, b])`: the tensors stand inside a list."""
    if isinstance(node, (ast.List, ast.Tuple)) and isinstance(value, (list, tuple)):
        return zip(node.elts, value, strict=False)
    return [(node, value)]


def how_shapes_fit(node: ast.AST, said: str) -> str:
    if "except in dimension" in said:
        dim = re.search(r"except in dimension (-?\d+)", said)
        which = f"dimension {dim[1]}" if dim else "one dimension"
        return f"cat joins tensors along {which}: all sizes except that of {which} must be equal."
    if "stack expects" in said:
        return "stack lays tensors of one shape on one another: all their sizes must be equal."
    if "number of dimensions" in said:
        return "All of them need equally many dimensions: .unsqueeze(0) adds one."
    matrix = (
        isinstance(getattr(node, "op", None), ast.MatMult) or "mat1" in said or "1D tensors" in said
    )
    if matrix or "matrix" in said or "batch" in said:
        return "In a @ b, the last size of a must equal the last but one of b (or its only one)."
    if "shape '" in said:
        return "The product of the sizes must stay the same."
    return (
        "Sizes are compared from the last to the first: each pair must be equal, or one of them 1."
    )


def with_shapes(said: str, operands: Operands, source: str) -> str:
    """The sentence with the one tensor that it is about, where its shape says something."""
    about = re.search(r"dimension|index|ambiguous|[Ss]calar|one element|elements", said)
    named = named_shapes(operands[:1], source) if about else []
    return f"{named[0]}: {said}" if named else said


def first_name(operands: Operands, source: str) -> str:
    return operand(operands[0][0], source) if operands else "x"


def operand(node: ast.AST, source: str) -> str:
    """The expression as it was written, in brackets where `.sum()` or `**` can't follow without."""
    text = text_at(node, source)
    return text if isinstance(node, ATOMS) else f"({text})"


def types_of(error: BaseException, operands: Operands, source: str) -> str | None:
    """For a TypeError of Python: which operand is of which type."""
    if not isinstance(error, TypeError) or not re.search(ABOUT_TYPES, str(error)):
        return None
    parts = [f"{text_at(node, source)} is of type {kind_of(value)}" for node, value in operands[:3]]
    return f"{' and '.join(parts)}." if parts else None
