"""SeeGrad: watch the real autograd engine run your own PyTorch program backward.

    import viz

    trace = viz.explain("(y - x*w)**2", {"x": 2, "y": 3, "w": 1})
    viz.draw(trace)       # torchviz's picture, with names, values and gradients
    viz.render(trace)     # the same as the bytes of an SVG file
    viz.animate(trace)    # the backward pass, one step at a time
    viz.save_html(trace, "lesson.html")  # the same as one offline file
    viz.save(trace, "lesson.json.gz")    # all of it, for viz.load or the page
    viz.picture(trace)    # the same at its end, as the bytes of an SVG or PNG file
    viz.film(trace)       # ... and as a GIF

    with viz.watch() as watch:          # any PyTorch code, in this process
        loss = model(x)
    trace = watch.backward(loss)

Names are loaded when they are first used: a program that only reads traces loads no plotly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from viz.draw import animate
    from viz.errors import InputError, LimitError, ProgramError, UserError
    from viz.files import load, save
    from viz.html import save_html
    from viz.limits import Limits
    from viz.raster import film, picture
    from viz.sandbox import Form
    from viz.study import Proof
    from viz.trace import Trace
    from viz.watching import Watch

__all__ = [
    "InputError",
    "LimitError",
    "Limits",
    "ProgramError",
    "Proof",
    "Trace",
    "UserError",
    "animate",
    "draw",
    "explain",
    "film",
    "load",
    "picture",
    "prove",
    "render",
    "save",
    "save_html",
    "watch",
]

_HOMES = {
    "InputError": "viz.errors",
    "LimitError": "viz.errors",
    "Limits": "viz.limits",
    "ProgramError": "viz.errors",
    "Proof": "viz.study",
    "Trace": "viz.trace",
    "UserError": "viz.errors",
    "animate": "viz.draw",
    "load": "viz.files",
    "save": "viz.files",
    "film": "viz.raster",
    "picture": "viz.raster",
    "save_html": "viz.html",
}


def explain(
    source: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    limits: Limits | None = None,
    record: Iterable[int] = (),
) -> Trace:
    """Runs the program in a child process and returns what the engine did.

    source   an expression, such as "(y - x*w)**2", or a program
    inputs   a value for each free name or parameter: a number, nested lists of numbers, text such
             as "randn(2, 3)", anything with `tolist()`, or a pair (value, requires_grad).
             Inputs require grad unless the pair says otherwise. Where values are given, `notices`
             names every input that has none and what was taken for it.
    limits   what the run may cost; `viz.Limits()` where None
    record   numbers of calls of backward, from 0, to be recorded step by step in a training loop,
             beside the first and the last; `history` has every call in a few numbers

    Raises ProgramError, InputError (also for a value whose name the program lacks) or LimitError.
    Where the engine stopped in the middle of a backward pass, the error's `trace` shows it up to
    there.
    """
    from viz import sandbox
    from viz.limits import DEFAULT

    _check_text(source)
    given = [_to_input(name, value) for name, value in (inputs or {}).items()]
    answer = sandbox.explain(
        source, given, limits or DEFAULT, record=record, exact=inputs is not None
    )
    return answer.trace


def render(trace: Trace, form: Form = "svg", backward: int = -1, **options: Any) -> bytes:
    """torchviz's picture as the bytes of a file, drawn without a Graphviz on this computer.

    form      "svg", "png" or "pdf"
    options   those of `viz.draw`: attributes, saved, theme

    Raises InputError where the trace has no such backward pass, LimitError for a drawing that is
    too large or takes too long.
    """
    from viz import sandbox
    from viz.draw import draw

    return sandbox.render(draw(trace, backward, **options).source, form)


def prove(
    source: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    backward: int = -1,
    limits: Limits | None = None,
) -> Proof:
    """Compares every gradient with the slope of the loss, by running the program again and again.

    Each element of each leaf that the graph reaches (some of them, where there are many) is moved a
    little to either side: the difference quotient is beside the engine's gradient in the Proof,
    with the verdict "agrees", "differs", "kink", "cut" or "unknown".

    source, inputs, limits   as for `explain`
    backward                 which call of backward, from 0; below 0 from the last

    Raises ProgramError, InputError or LimitError.
    """
    from viz import sandbox
    from viz.limits import DEFAULT

    _check_text(source)
    given = [_to_input(name, value) for name, value in (inputs or {}).items()]
    return sandbox.prove(source, given, backward, limits or DEFAULT)


def watch(*, array_values: int = 64) -> Watch:
    """Records your own PyTorch code, in this process; nothing that it computes is changed.

        with viz.watch() as watch:
            loss = model(x)
        trace = watch.backward(loss)      # runs loss.backward(); here or inside the block

    Of each operation: its values, the path of its module, its line, your names for its results.
    `watch.grad(...)` is `torch.autograd.grad(...)`, recorded; a plain `loss.backward()` inside the
    block is recorded as well. `watch.trace` holds all passes so far. The notices of a trace say
    what was out of sight.

    array_values   a tensor with more elements is summarised: shape, range, mean, norm

    Raises InputError for an `array_values` below 1, and where the same watch is entered twice.
    """
    from viz.watching import Watch

    return Watch(sys._getframe(1), array_values)


def _check_text(source: Any) -> None:
    from viz.errors import InputError

    if not isinstance(source, str):
        raise InputError(
            f"the program is a text, and this is a {type(source).__name__}.",
            hint="Code of your own is recorded by: with viz.watch() as watch: ...",
        )


def _to_input(name: str, value: Any) -> Any:
    from viz.trace import Input

    if isinstance(value, Input):
        return Input(name=name, text=value.text, requires_grad=value.requires_grad)
    if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], bool):
        return Input(name=name, text=_to_text(value[0]), requires_grad=value[1])
    return Input(name=name, text=_to_text(value))


def _to_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    # numpy's numbers and arrays, and tensors, without knowing any of them.
    return repr(value.tolist() if hasattr(value, "tolist") else value)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'viz' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Makes `viz.draw` the function, also once something has imported the folder viz/draw.

    Python sets a folder as an attribute of its parent when it is imported; `sys.modules` holds it
    all the same, and `from viz.draw import ...` finds it there.
    """

    @property
    def draw(self) -> Callable[..., Any]:
        function: Callable[..., Any] = import_module("viz.draw").draw
        return function

    @draw.setter
    def draw(self, folder: ModuleType) -> None:
        """What is set here is the folder, and not wanted."""


sys.modules[__name__].__class__ = _Package
