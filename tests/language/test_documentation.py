"""The page about the language says what the tables say."""

import torch

from scripts import describe_language
from tests.language.running import run_source
from viz.language import functions

PAGE = describe_language.PAGE.read_text(encoding="utf-8")


def test_the_page_is_what_the_tables_give():
    again = "run `python -m scripts.describe_language` again"
    assert describe_language.text() == PAGE, again


def test_every_row_stands_on_the_page():
    for full in functions.NAMES.keys() - functions.NAMESPACES:
        assert f"`{full.rpartition('.')[2]}`" in PAGE, full


def test_zeros_stand_for_memory_that_nobody_wrote():
    source = "x = torch.empty(2, 3)\nprint(x, torch.Tensor(2), torch.FloatTensor(1, 1))\n"
    end = "torch.ones(1, requires_grad=True).sum().backward()\n"
    printed = run_source(source + end)[0].printed
    zeros = (torch.zeros(2, 3), torch.zeros(2), torch.zeros(1, 1))
    assert printed == " ".join(map(str, zeros)) + "\n"
