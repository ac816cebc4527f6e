"""A pasted program's modules: each operation and each parameter knows where it belongs."""

from tests.recording import recorded


def test_the_operations_of_a_program_know_their_modules():
    trace = recorded(
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.first = nn.Linear(2, 3)
                self.act = nn.Tanh()

            def forward(self, x):
                return self.act(self.first(x)).exp()

        net = Net()
        loss_of = nn.MSELoss()
        loss = loss_of(net(torch.ones(1, 2)), torch.zeros(1, 3))
        loss.backward()
        """
    )
    nodes = trace.backwards[0].nodes
    modules = {node.name: node.module for node in nodes if node.kind == "operation"}
    assert modules["AddmmBackward0"] == "first"
    assert modules["TanhBackward0"] == "act"
    assert modules["ExpBackward0"] == ""
    assert modules["MseLossBackward0"] == "loss_of"
    owners = {node.variable: node.module for node in nodes if node.kind == "leaf"}
    assert owners == {"first.weight": "first", "first.bias": "first"}


def test_parameters_of_alike_modules_are_told_apart_by_their_paths():
    trace = recorded(
        """
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = nn.Linear(2, 2)

            def forward(self, x):
                return self.inner(x)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.blocks = nn.Sequential(Block(), Block())
                self.head = nn.Linear(2, 1)

            def forward(self, x):
                return self.head(self.blocks(x))

        net = Net()
        for _ in range(2):
            net(torch.ones(1, 2)).sum().backward()
        """
    )
    for backward in trace.backwards:
        assert sorted(leaf.name for leaf in backward.leaves if leaf.requires_grad) == [
            "blocks.0.inner.bias",
            "blocks.0.inner.weight",
            "blocks.1.inner.bias",
            "blocks.1.inner.weight",
            "head.bias",
            "head.weight",
        ]
