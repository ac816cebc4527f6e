"""How a child ended that gave no answer, as the one sentence that a person is told."""

from __future__ import annotations

import signal

import msgspec

from viz.errors import LimitError
from viz.limits import Limits
from viz.trace import Record

CRASHES = ("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT", "SIGTRAP")


class Ending(Record, frozen=True):
    """What the server knows of a child that is no more.

    exit_code   as in subprocess: negative for a signal; None where no child could be made
    problem     why no child could be made
    """

    exit_code: int | None
    problem: str = ""

    def to_json(self) -> bytes:
        return msgspec.json.encode(self)

    @staticmethod
    def from_json(data: bytes) -> Ending:
        return msgspec.json.decode(data, type=Ending)


def too_slow(phase: str, limits: Limits) -> LimitError:
    seconds = f"{limits.seconds:g} seconds"
    match phase:
        case "running":
            return LimitError(
                f"the program did not finish within {seconds} and was stopped.",
                hint="Is there a loop that never ends? Fewer steps or smaller tensors take less.",
            )
        case "repeating":
            return LimitError(
                f"running the program again and again took longer than {seconds} and was stopped.",
                hint="A program that takes less time itself can be repeated.",
            )
        case "drawing" | "rendering":
            return LimitError(
                f"drawing the graph took longer than {seconds} and was stopped.",
                hint="A program with fewer operations can be drawn.",
            )
        case _:
            return LimitError(
                f"reading the program took longer than {seconds} and was stopped.",
                hint="Is a shorter program possible?",
            )


def died(ending: Ending, phase: str, limits: Limits) -> LimitError:
    """Why a child ended by itself before it answered."""
    code = ending.exit_code
    if code is None:
        return LimitError(
            f"the server could not start another process ({ending.problem}).",
            hint="Try again in a moment.",
        )
    if code >= 0:
        return LimitError(
            f"the process of this program ended without an answer (exit code {code}).",
            hint="Only this run is lost. Smaller tensors or other values may work.",
        )
    name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
    if name == "SIGXCPU":
        return too_slow(phase, limits)
    if name == "SIGSYS":
        return LimitError(
            "this program was stopped: it tried to reach outside its own process (SIGSYS).",
            hint="Files, network and other programs are out of reach here.",
        )
    if name in CRASHES:
        what = "Graphviz" if phase in ("drawing", "rendering") else "PyTorch"
        return LimitError(
            f"{what} itself crashed at this point ({name}).",
            hint="Only this run is lost. Other values, or smaller ones, may work.",
        )
    return LimitError(
        f"the operating system stopped this program ({name}), most often for lack of memory.",
        hint="Try again in a moment, or with smaller tensors.",
    )


def unreadable() -> LimitError:
    """A child that answers what it may not: no program of the language can make it do so."""
    return LimitError(
        "the process of this program gave an answer that can't be read, and was stopped.",
        hint="Please report it, with the program.",
    )
