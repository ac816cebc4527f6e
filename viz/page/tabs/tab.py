"""The form of a tab: what is shown of one backward pass below the stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from viz.draw.stage import Stage
from viz.draw.theme import ThemeName
from viz.page import engine
from viz.sandbox import Answer
from viz.trace import Backward


@dataclass(frozen=True)
class Shown:
    """What the stage shows at present.

    content   a short name for this backward pass with its numbers: a key for caches
    run       a short name for what is stepped through
    is_file   whether it comes from a trace file, so that nothing can be run again
    """

    answer: Answer
    chosen: int
    colours: ThemeName
    forward_first: bool
    content: str
    run: str
    is_file: bool = False

    @property
    def stage(self) -> Stage:
        """The figure with all its frames; of a large graph it takes its time."""
        return engine.drawn_stage(
            self.content, self.chosen, self.colours, self.forward_first, self.answer
        )

    @property
    def backward(self) -> Backward:
        return self.answer.trace.backwards[self.chosen]


@dataclass(frozen=True)
class Tab:
    """name: in the link; title: on the page; there: whether there is anything to show;
    again: whether it runs the program again."""

    name: str
    title: str
    show: Callable[[Shown], None]
    there: Callable[[Shown], bool] = lambda shown: True
    again: bool = False
