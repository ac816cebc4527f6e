"""The README's example for one's own notebook or script runs, and says what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

README = Path(__file__).parents[2] / "README.md"


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    text = README.read_text(encoding="utf-8")
    section = text.partition("## In your own notebook or script")[2]
    code = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert code is not None
    scope: dict[str, Any] = {}
    exec(code[1], scope)
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in printed] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    names = {node.variable for node in scope["trace"].backwards[0].nodes}
    assert {"error", "loss", "0.weight"} <= names
