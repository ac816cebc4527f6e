"""Keep where all random numbers stand, so that every run of a program draws the same ones."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch


class Chance:
    """The state of all generators at one moment. Those that a program makes are its own."""

    def __init__(self) -> None:
        self._torch = torch.get_rng_state()
        self._python = random.getstate()
        self._numpy: Any = np.random.get_state()

    def restore(self) -> None:
        torch.set_rng_state(self._torch)
        random.setstate(self._python)
        np.random.set_state(self._numpy)
