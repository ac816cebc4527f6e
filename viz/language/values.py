"""The values of a program that are neither numbers, texts, sequences nor tensors.

None of them is a Python callable, and none has an attribute that the program can name: what a
program may do with a value stands in the tables of `functions` and `members`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

Value = Any
"""None, bool, int, float, str, list, tuple, dict, set, range, dtype, Tensor, array, a layer, an
optimizer, an object of a class of the program, or of a class below."""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A module as the program sees it: a prefix of the names in the closed table."""

    name: str

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"


@dataclass(frozen=True, slots=True)
class Function:
    """A row of the closed table: a function of torch or of Python.

    inner      True where the function belongs to the language itself: it is called with the machine
               and the syntax node before the arguments
    callbacks  True where it may be given functions of the program, which it calls
    """

    name: str
    call: Callable[..., Value]
    inner: bool = False
    callbacks: bool = False

    def __repr__(self) -> str:
        return f"<function {self.name}>"


@dataclass(frozen=True, slots=True)
class Method:
    """A function of the closed table of members, with the value it belongs to."""

    function: Function
    receiver: Value

    def __repr__(self) -> str:
        return f"<method {self.function.name}>"


@dataclass(frozen=True, slots=True, eq=False)
class Class:
    """A row of the closed table that is a class of torch or of Python: it makes values of its kind.

    make   what a call of it runs, where that is not the class itself
    """

    name: str
    kind: type
    make: Function | None = None

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Class) and self.kind is other.kind

    def __hash__(self) -> int:
        return hash(self.kind)

    def __repr__(self) -> str:
        return "<class 'object'>" if self.kind is ProgramObject else repr(self.kind)


ADDRESS = re.compile(r" object at 0x[0-9a-f]+")

NOWHERE: Mapping[str, Any] = MappingProxyType({})


class Frame:
    """The variables of one call of a function; of the program itself where `parent` is None.

    names      the names that belong to this frame because the function assigns them; the program's
               own frame has every other name
    function   the function whose call this is; None for the program, a class or a comprehension
    of_class   True for the body of a class, whose names its methods don't see
    elsewhere  the frames of names that `global` or `nonlocal` mentions
    """

    __slots__ = ("elsewhere", "function", "names", "of_class", "parent", "variables")

    def __init__(
        self,
        variables: dict[str, Value],
        names: frozenset[str] = frozenset(),
        parent: Frame | None = None,
        function: UserFunction | None = None,
        of_class: bool = False,
        elsewhere: Mapping[str, Frame] = NOWHERE,
    ) -> None:
        self.variables = variables
        self.names = names
        self.parent = parent
        self.function = function
        self.of_class = of_class
        self.elsewhere = elsewhere

    @property
    def closure(self) -> Frame | None:
        """The frame that a function made here looks its names up in."""
        return self.parent if self.of_class else self


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a function, with the values of their defaults.

    plain       by position or by name; `keyword_only` follow a star
    rest, more  the names that take what is left: `*args`, `**kwargs`
    """

    plain: tuple[str, ...]
    keyword_only: tuple[str, ...]
    rest: str | None
    more: str | None
    defaults: Mapping[str, Value]

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.plain, *self.keyword_only)


@dataclass(slots=True, eq=False)
class UserFunction:
    """A `def` or `lambda` of the program, with the values of its defaults and where it was made.

    body    does what the function does; gives what it returns
    elsewhere   the names that it declares `global`, and those it declares `nonlocal`
    owner   the class in whose body it stands
    modes   the grad modes that decorate it
    """

    name: str
    node: ast.FunctionDef | ast.Lambda
    parameters: Parameters
    body: Callable[[Any], Value]
    names: frozenset[str]
    parent: Frame | None
    elsewhere: tuple[tuple[str, ...], tuple[str, ...]] | None = None
    owner: ProgramClass | None = None
    modes: tuple[Any, ...] = ()

    def __repr__(self) -> str:
        return f"<function {self.name}>"

    def __deepcopy__(self, memo: object) -> UserFunction:
        return self  # as Python's own functions are


@dataclass(frozen=True, slots=True)
class BoundFunction:
    """A method of the program, with the object it belongs to."""

    function: UserFunction
    receiver: Value

    def __repr__(self) -> str:
        return f"<bound method {self.function.name}>"


@dataclass(frozen=True, slots=True)
class Decorated:
    """`@staticmethod`, `@classmethod` or `@property` in the body of a class."""

    word: str
    function: UserFunction


@dataclass(slots=True, eq=False)
class ProgramClass:
    """A class of the program.

    kind    the real class that was made for it; its methods lead back into the interpreter
    table   what the body of the class bound
    """

    name: str
    kind: type
    table: dict[str, Value]

    def __repr__(self) -> str:
        return f"<class '__main__.{self.name}'>"

    def __deepcopy__(self, memo: object) -> ProgramClass:
        return self


class ProgramObject:
    """What an object of a class of the program is, where the class derives from nothing."""


@dataclass(frozen=True, slots=True)
class Super:
    """`super()`: the object, seen from behind the class."""

    behind: type
    receiver: Value


@dataclass(frozen=True, slots=True)
class GradMode:
    """`torch.no_grad()` and its kin: of use in a `with` statement or as a decorator.

    enter     makes the context manager anew for each use
    lasting   True where it works from a line of its own, until the program ends
    """

    name: str
    enter: Callable[[], Any]
    lasting: bool = False

    def __repr__(self) -> str:
        return f"<{self.name}()>"


@dataclass(frozen=True, slots=True)
class Ignored:
    """What a picture of matplotlib is here: everything can be asked of it, and nothing happens."""

    name: str

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(frozen=True, slots=True)
class GradFn:
    """A node of the engine's graph. It prints without its address, which differs in every run."""

    node: Any

    def __repr__(self) -> str:
        return ADDRESS.sub("", repr(self.node))


def kind_of(value: Value) -> str:
    """The word for a value's kind in a sentence.

    >>> kind_of(2), kind_of(None), kind_of(Namespace("torch"))
    ('int', 'None', 'module')
    """
    if value is None:
        return "None"
    words: dict[type, str] = {
        Namespace: "module",
        Function: "function",
        Method: "method",
        UserFunction: "function",
        BoundFunction: "method",
        Class: "class",
        ProgramClass: "class",
        Super: "super",
        Ignored: "picture",
        GradMode: "grad mode",
        GradFn: "grad_fn",
    }
    return words.get(type(value), type(value).__name__)
