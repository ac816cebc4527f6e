"""The program that is measured: the lab notebook's, one weight, one error, one backward."""

from __future__ import annotations

NOTEBOOK = """\
x = torch.tensor(2.)
w = torch.tensor({weight}, requires_grad=True)
y = torch.tensor(3.)
y_pred = x * w
s = y - y_pred
loss = s**2
loss.backward()
print(w.grad)"""


def edited(count: int) -> str:
    """The program after this many edits: each is new to every cache.

    >>> edited(1) != edited(2)
    True
    """
    return NOTEBOOK.format(weight=2 + count / 1000)
