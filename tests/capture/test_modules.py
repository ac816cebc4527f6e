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
