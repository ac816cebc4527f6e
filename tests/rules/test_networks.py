"""Small networks as people write them: no card raises a false alarm, and most lines are checked."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.traces import backward_of
from viz.rules import explain_step, text_of

NETWORKS = {
    "a convolutional network": """
        torch.manual_seed(0)
        layers = torch.nn.Sequential(
            torch.nn.Conv2d(1, 2, 2), torch.nn.BatchNorm2d(2), torch.nn.ReLU(),
            torch.nn.MaxPool2d(2), torch.nn.Flatten(), torch.nn.Linear(8, 3),
        )
        x = torch.randn(2, 1, 5, 5)
        loss = F.cross_entropy(layers(x), torch.tensor([0, 2]))
    """,
    "a depthwise convolution with group norm": """
        torch.manual_seed(1)
        layers = torch.nn.Sequential(
            torch.nn.Conv1d(4, 4, 3, padding=1, groups=4), torch.nn.GroupNorm(2, 4),
            torch.nn.GELU(), torch.nn.AdaptiveAvgPool1d(2), torch.nn.ConvTranspose1d(4, 1, 2),
        )
        loss = layers(torch.randn(1, 4, 4)).square().mean()
    """,
    "a transformer block": """
        torch.manual_seed(2)
        d = 4
        tokens = torch.tensor([[0, 2, 1, 2]])
        table = torch.randn(3, d, requires_grad=True)
        W = [torch.randn(d, d, requires_grad=True) for _ in range(4)]
        x = F.embedding(tokens, table)
        n = F.layer_norm(x, (d,))
        q, k, v = ((n @ w).view(1, 4, 2, 2).transpose(1, 2) for w in W[:3])
        a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + a.transpose(1, 2).reshape(1, 4, d) @ W[3]
        logits = F.layer_norm(x, (d,)) @ table.T
        loss = F.cross_entropy(logits[:, :-1].reshape(-1, 3), tokens[:, 1:].reshape(-1))
    """,
    "multi-head attention with a mask": """
        torch.manual_seed(3)
        layer = torch.nn.MultiheadAttention(4, 2, batch_first=True)
        x = torch.randn(1, 3, 4)
        mask = torch.nn.Transformer.generate_square_subsequent_mask(3)
        loss = layer(x, x, x, attn_mask=mask)[0].square().sum()
    """,
    "recurrent cells": """
        torch.manual_seed(4)
        gru, lstm = torch.nn.GRUCell(2, 3), torch.nn.LSTMCell(2, 3)
        h, state = torch.zeros(1, 3), (torch.zeros(1, 3), torch.zeros(1, 3))
        for x in torch.randn(2, 1, 2):
            h, state = gru(x, h), lstm(x, state)
        loss = (h * state[0]).sum()
    """,
    "a recurrent layer": """
        torch.manual_seed(5)
        layer = torch.nn.GRU(2, 3, batch_first=True)
        out, last = layer(torch.randn(2, 3, 2))
        loss = out.sum() + last.square().sum()
    """,
    "slices and assignments": """
        x = torch.arange(6.0).reshape(2, 3).requires_grad_()
        y = torch.zeros(2, 3)
        y[:, 0] = x[:, -1] * 2
        y[0, 1:] += x[1, :2]
        z = torch.cat([y.flip(1), x.T.reshape(3, 2).T], dim=1).cumsum(1)
        p, q = z.chunk(2, dim=1)
        loss = (F.pad(p, (1, 0)) [:, 1:] * q.roll(1, 1))[y > 1].sum()
    """,
    "einsum, distances and triangles": """
        torch.manual_seed(6)
        a, b = torch.randn(2, 3, requires_grad=True), torch.randn(3, 2, requires_grad=True)
        m = torch.einsum("ij,jk->ik", a, b)
        s = torch.baddbmm(m, a[None], b[None]).tril() + torch.outer(a[0, :2], b[:2, 1])
        loss = torch.cdist(a, b.T).sum() + s.diagonal(dim1=-2, dim2=-1).sum() + s.inverse().sum()
    """,
}


@pytest.mark.parametrize("network", NETWORKS)
def test_no_line_differs_and_most_are_checked(network: str):
    backward = backward_of(NETWORKS[network])
    verdicts: Counter[str] = Counter()
    for step in range(len(backward.steps)):
        card = explain_step(backward, step)
        for line in card.lines:
            assert line.engine != "differs", f"{card.title}: {text_of(line.parts)}"
            verdicts[line.engine] += 1
    assert verdicts["agrees"] > 3 * verdicts["unchecked"]
