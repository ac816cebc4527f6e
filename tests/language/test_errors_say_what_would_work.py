"""An error names the line, marks the place, and says what would work."""

import pytest

from tests.language.running import run_source
from viz.errors import LimitError, ProgramError, UserError
from viz.language.text import to_text
from viz.limits import DEFAULT

W = "w = torch.ones(2, 3, requires_grad=True)\n"


def error_of(source: str) -> UserError:
    with pytest.raises(UserError) as caught:
        run_source(source)
    return caught.value


def marked(source: str) -> str:
    """The characters that the error marks."""
    error = error_of(source)
    assert error.line is not None
    return source.split("\n")[error.line - 1][error.column : error.end_column]


# source, what is marked, what the message says, what the hint says
CASES = {
    "power": ("x^2", "x^2", "'^' is no power", "Did you mean 'x**2'?"),
    "power of a compound": ("(x + 1)^2", "(x + 1)^2", "'^'", "Did you mean '(x + 1)**2'?"),
    "product": ("y = 2x", "2x", "neither a number nor a name", "Did you mean '2*x'?"),
    "open": ("y = (1 + 2", "(", "'(' was never closed", "Close the bracket."),
    "closed": ("y = 1 + 2)", ")", "unmatched ')'", "Remove this bracket"),
    "equals": ("x = = y", "= =", "not an operator", "Did you mean '==' or '='?"),
    "compare": ("if x = 3:\n    pass", "x = 3", "invalid syntax", "'=='"),
    "times": ("w×x", "×", "no character '×'", "Did you mean '*'?"),
    "divided": ("w÷x", "÷", "no character '÷'", "Did you mean '/'?"),
    "minus": ("w − x", "−", "no character '−'", "Did you mean '-'?"),
    "smart quotes": ("print(“a”)", "“", "no character '“'", 'Did you mean "a"?'),
    "no-break space": ("x\u00a0* w", "\u00a0", "U+00A0", "a plain space"),
    "zero width": ("x\u200b + 1", "\u200b", "U+200B", "Delete it"),
    "two names": ("x y", "y", "invalid syntax", "an operator"),
    "tabs": ("if 1:\n        x = 1\n\ty = 2", "", "tabs and spaces", "spaces only"),
    "indent": ("def f(x):\nreturn x", "return", "indented block", "Indent"),
    "quotes": ("print('a)", "'", "unterminated", "Close the quotes."),
    "colon": ("if 1\n    pass", "", "expected ':'", "ends with a colon"),
    "unknown name": ("loss = 1\nprint(los)", "los", "unknown name 'los'", "Did you mean 'loss'?"),
    "unknown function": (
        "torch.sinn(x)",
        "torch.sinn",
        "unknown function 'torch.sinn'",
        "'torch.sin'",
    ),
    "function of F": ("torch.mse_loss(x, y)", "torch.mse_loss", "unknown function", "'F.mse_loss'"),
    "unknown bare function": ("sinn(x)", "sinn", "unknown function 'sinn'", "Did you mean 'sin'?"),
    "number into a loss": ("F.mse_loss(1.0, x)", "F.mse_loss", "no attribute", "torch.tensor(2.0)"),
    "class of tensors": ("torch.Tensors([1.])", "torch.Tensors", "unknown", "'torch.Tensor'"),
    "no dimensions": ("F.cross_entropy(x, y)", "F.cross_entropy", "no dimensions", "brackets"),
    "power too large": ("2.0**10000", "2.0**10000", "Numerical result out of range.", "too large"),
    "left out": ("torch.load(3)", "torch.load", "'torch.load' is not part of the language", None),
    "unknown method": ("x.sinn()", "x.sinn", "'.sinn'", "Did you mean 'sin'?"),
    "method of a float": ("x = 2.0\nx.sqrt()", "x.sqrt", "type float", "torch.tensor(2.0)"),
    "unknown argument": ("x.sum(dimm=0)", "x.sum(dimm=0)", "'dimm'", "Did you mean 'dim'?"),
    "shapes": (
        f"{W}x = torch.ones(4)\ny = w * x",
        "w * x",
        "'w' has shape [2, 3] and 'x' has shape [4]: The size of tensor a (3)",
        "each pair must be equal",
    ),
    "shapes of matrices": (
        f"{W}x = torch.ones(4, 2)\ny = w @ x",
        "w @ x",
        "'w' has shape [2, 3] and 'x' has shape [4, 2]: mat1 and mat2",
        "In a @ b",
    ),
    "shapes in a call": (
        f"{W}x = torch.ones(4)\ny = torch.add(w, x)",
        "torch.add(w, x)",
        "'w' has shape [2, 3] and 'x' has shape [4]",
        "equal",
    ),
    "shapes in a method": (
        f"{W}x = torch.ones(4, 2)\ny = w.matmul(x)",
        "w.matmul(x)",
        "'w' has shape [2, 3] and 'x' has shape [4, 2]",
        "In a @ b",
    ),
    "shapes in a list": (
        f"{W}x = torch.ones(4, 2)\ny = torch.cat([w, x])",
        "torch.cat([w, x])",
        "'w' has shape [2, 3] and 'x' has shape [4, 2]",
        "equal",
    ),
    "reshape": (f"{W}y = w.view(4)", "w.view(4)", "'w' has shape [2, 3]: shape '[4]'", "product"),
    "whole numbers": (
        "w = torch.tensor(2, requires_grad=True)",
        "torch.tensor(2, requires_grad=True)",
        "floating point",
        "2. instead of 2",
    ),
    "sum": (f"{W}w.backward()", "w.backward()", "'w' has shape [2, 3]", "w.sum().backward()"),
    "sum of a compound": (f"{W}(w*2).backward()", "(w*2).backward()", "scalar", "(w*2).sum()"),
    "no leaf": (
        "x = torch.tensor(1.)\n(x*2).backward()",
        "(x*2).backward()",
        "does not require grad",
        "requires_grad=True",
    ),
    "no gradient yet": (
        f"{W}w.grad.zero_()",
        "w.grad.zero_",
        "'w.grad' is None: backward has not run yet",
        "Call backward()",
    ),
    "step without gradient": (
        f"{W}v = w - 0.1 * w.grad",
        "0.1 * w.grad",
        "'w.grad' is None",
        "Call backward()",
    ),
    "nothing returned": (
        "def f(x):\n    y = x\nz = f(1) + 2",
        "f(1) + 2",
        "'f(1)' is None",
        "return a value",
    ),
    "twice": (
        f"{W}y = (w**2).sum()\ny.backward()\ny.backward()",
        "y.backward()",
        "a second time",
        "retain_graph=True",
    ),
    "leaf in place": (f"{W}w += 1", "w += 1", "in-place operation", "torch.no_grad()"),
    "leaf index in place": (f"{W}w[0] = 1", "w[0]", "leaf Variable", "torch.no_grad()"),
    "overwritten": (
        f"{W}y = w.exp()\ny += 1\ny.sum().backward()",
        "y.sum().backward()",
        "modified by an inplace operation",
        "x = x + 1",
    ),
    "truth": (f"{W}if w > 0:\n    pass", "w > 0", "'w > 0' has shape [2, 3]", "(w > 0).all()"),
    "index of a number": ("x = torch.tensor(1.)\nx[0]", "x[0]", "0-dim", "single number"),
    "index": ("x = torch.ones(3)\nx[5]", "x[5]", "'x' has shape [3]: index 5", "count from 0"),
    "index of a list": ("x = [1]\nx[5]", "x[5]", "list index out of range", "count from 0"),
    "dimension": (f"{W}w.sum(dim=4)", "w.sum(dim=4)", "Dimension out of range", "count from 0"),
    "item": (f"{W}w.item()", "w.item()", "'w' has shape [2, 3]", "one element"),
    "dtypes": (
        "a = torch.ones(2, 2)\nb = torch.ones(2, 2, dtype=torch.int64)\na @ b",
        "a @ b",
        "same dtype",
        "one dtype",
    ),
    "number into torch": (
        "torch.sin(2.0)",
        "torch.sin(2.0)",
        "must be Tensor",
        "torch.tensor(2.0)",
    ),
    "not a function": ("x = 2\nx(3)", "x(3)", "'x' is not a function", "Did you mean 'x * (...)'?"),
    "flag of a result": (
        f"{W}y = w * 2\ny.requires_grad = False",
        "y.requires_grad",
        "leaf variables",
        ".detach()",
    ),
    "unbound": (
        "def f():\n    a = b\n    b = 1\nf()",
        "b",
        "'b' is used before it has a value",
        "its own",
    ),
    "missing argument": (
        "def f(a, b):\n    return a\nf(1)",
        "f(1)",
        "needs a value for 'b'",
        "f(a, b)",
    ),
    "too many arguments": (
        "def f(a):\n    return a\nf(1, 2)",
        "f(1, 2)",
        "takes 1",
        "parameters are a",
    ),
    "unknown parameter": (
        "def f(alpha):\n    return 1\nf(alpah=2)",
        "f(alpah=2)",
        "'alpah'",
        "'alpha'",
    ),
    "division": ("y = 1 / 0", "1 / 0", "division by zero", "inf"),
    "types": ("y = 'a' + 1", "'a' + 1", "str", "1 is of type int"),
    "unpacking": ("a, b = 1, 2, 3", "a, b = 1, 2, 3", "2 names", None),
    "assertion": (
        "assert 1 > 2, 'order'",
        "assert 1 > 2, 'order'",
        "'1 > 2' is false: order",
        None,
    ),
    "with": ("with torch.no_grad:\n    x = 1", "", "torch.no_grad()", "with the brackets"),
    "format": ("f'{2.5:spam}'", "2.5", "'spam' is not known", "'.4f'"),
    "format of a tensor": (f"{W}f'{{w:.2f}}'", "w", "unsupported format", ".item()"),
    "class": ("class Net(torch.nn.Modul): pass", "torch.nn.Modul", "unknown", "torch.nn.Module"),
    "base": ("class N(torch.Tensor):\n    pass", "class N(torch.Tensor):", "derive", "nn.Module"),
    "metaclass": ("class N(metaclass=type):\n    pass", "class N", "metaclasses", None),
    "match": ("match 1:\n    case _:\n        pass", "match 1", "'match'", "'if'"),
    "device": ("torch.ones(2, device='cuda')", "torch.ones", "only device", "Leave out 'device='."),
    "gradient of a result": (
        f"{W}y = w * 2\ny.sum().backward()\ny.grad.zero_()",
        "y.grad.zero_",
        "leaves only, and 'y' was computed",
        "y.retain_grad()",
    ),
    "a key": ("d = {'a': 1}\nd['b']", "d['b']", "there is no key 'b'", "list(d)"),
    "super is forgotten": (
        "class N(nn.Module):\n    def __init__(self):\n        self.l = nn.Linear(1, 1)\nN()",
        "self.l",
        "before Module.__init__()",
        "super().__init__()",
    ),
    "forward is forgotten": (
        "class N(nn.Module):\n    pass\nN()(torch.ones(1))",
        "N()(torch.ones(1))",
        "missing the required",
        "Define forward(self, x)",
    ),
    "a layer that is misspelt": (
        "class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.layer = nn.Linear(1, 1)\n    def forward(self, x):\n"
        "        return self.leyer(x)\nN()(torch.ones(1))",
        "self.leyer",
        "'.leyer'",
        "Did you mean 'layer'?",
    ),
    "class numbers": (
        "nn.CrossEntropyLoss()(torch.randn(2, 3), torch.tensor([0., 1.]))",
        "nn.CrossEntropyLoss()(",
        "Long",
        "target.long()",
    ),
    "an optimizer of one tensor": (f"{W}torch.optim.SGD(w, lr=1)", "torch.opt", "iterable", "[w"),
    "an optimizer of a result": (
        f"{W}torch.optim.SGD([w * 2], lr=1)",
        "torch.optim.SGD",
        "non-leaf",
        "changes leaves",
    ),
    "numpy of a leaf": (f"{W}w.numpy()", "w.numpy()", "numpy()", "w.detach().numpy()"),
    "raise": ("raise ValueError('bad')", "raise", "raises ValueError: bad", None),
    "files": ("import os", "import os", "'os' is not available: there are no files", None),
    "module": ("import flax as np", "import flax as np", "'flax' is not available", "torch.nn"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_message_and_the_hint_say_it(case):
    source, _, message, hint = CASES[case]
    error = error_of(source)
    assert message in error.message
    assert hint is None or (error.hint is not None and hint in error.hint)
    assert error.message.endswith((".", "!", "?"))


@pytest.mark.parametrize("case", CASES)
def test_the_place_is_marked(case):
    source, place, _, _ = CASES[case]
    assert marked(source).startswith(place)


@pytest.mark.parametrize("case", CASES)
def test_no_address_and_no_name_of_ours_is_told(case):
    said = str(error_of(CASES[case][0]))
    assert "0x" not in said
    assert "viz." not in said
    assert "Namespace" not in said


def test_the_cause_is_kept():
    error = error_of(f"{W}y = w * torch.ones(4)")
    assert isinstance(error.__cause__, RuntimeError)
    assert isinstance(error_of("y = (1").__cause__, SyntaxError)


def test_columns_count_characters_where_python_counts_bytes():
    assert marked("θθ = 'αβγ' + 1") == "'αβγ' + 1"


# A program that never calls backward, and has no result to call it on.
NO_RESULT = {
    "not a scalar": ("x * 2", "[1, 2]", ".sum() or .mean()"),
    "cut off": ("x.detach() * 2", "1.", ".detach()"),
    "truth values": ("x > 0", "1.", "bool"),
    "a plain number": ("x.item()", "1.", "leave out .item()"),
    "several": ("(x, x)", "1.", "the sum of these"),
    "nothing": ("print(x)", "1.", "Return a tensor"),
}


@pytest.mark.parametrize("case", NO_RESULT)
def test_a_result_that_backward_cannot_start_from_says_what_would_work(case):
    source, text, hint = NO_RESULT[case]
    with pytest.raises(ProgramError) as caught:
        run_source(source, x=text)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("x = torch.tensor(1.)\ny = x * 2", "requires_grad=True"),
        ("a = 1\nb = 2", "Compute a result"),
        ("w = torch.tensor(1., requires_grad=True)", "Compute a result"),
        ("def f(x):\n    return x\nw = 1", "Call f(...)"),
        ("def f(x):\n    pass", "Return a tensor"),
        ("", "Type an expression"),
        ("# only a comment", "Type an expression"),
    ],
)
def test_a_program_without_a_result_says_what_would_work(source, hint):
    error = error_of(source)
    assert hint in (error.hint or "")


@pytest.mark.parametrize(
    "source",
    [
        "9**9**9",
        "1 << 10**10",
        "[0] * 10**9",
        "'a' * 10**9",
        "list(range(10**9))",
        "sum(range(10**10))",
        "x = []\nx += range(10**10)",
        "x = []\nx.extend(range(10**10))",
        "a = 'a' * 1000\nwhile True:\n    a = f'{a}{a}'",
        "a = 'a' * 1000\nwhile True:\n    a = '%s%s' % (a, a)",
        "a = [1]\nfor i in range(60):\n    a = [a, a]\nprint(a)",
        "a = ['a' * 90000] * 1000\nprint(a)",
        "a = 1\nwhile True:\n    a = a + a",
        "while True:\n    pass",
        "while True:\n    print('again')",
        "def f(x):\n    return f(x)\nf(1)",
        "(lambda f: f(f))(lambda f: f(f))",
        "torch.ones(2**40, 2**40)",
        "torch.zeros((10**6, 10**6))",
        "torch.full((10**6, 10**6), 1.)",
        "torch.eye(10**6)",
        "torch.arange(10**12)",
        "torch.linspace(0, 1, 10**12)",
        "torch.randperm(10**10)",
        "torch.ones(1).expand(10**12)",
        "torch.broadcast_to(torch.ones(1), (10**12,))",
        "torch.ones(10, 10).repeat(10**6, 10**6)",
        "torch.ones(100).repeat_interleave(10**8)",
        "torch.tensor(range(10**9))",
        "-" * 200 + "1",
        "x" + "+1" * 150,
        "x" + ".T" * 200,
        "x" + "[0]" * 200,
        "not " * 200 + "x",
        "lambda: " * 200 + "1",
        "x*" + "9" * 2000,
        "x*0x" + "f" * 4000,
        "x = 1\n" * 20_000,
    ],
)
def test_what_is_too_large_is_a_limit_error(source):
    error = error_of(source)
    assert isinstance(error, LimitError), error
    assert len(str(error)) < 300


def test_the_text_of_a_list_is_measured_before_it_is_made():
    shared = ["a" * 90_000] * 1000
    with pytest.raises(LimitError):
        to_text(shared, DEFAULT)
    nested = [0]
    for _ in range(60):
        nested = [nested, nested]
    with pytest.raises(LimitError):
        to_text(nested, DEFAULT)


@pytest.mark.parametrize("source", ["x\x00", "x = 1 # \u202e hidden", "x\u2067", "x\x1b", "\ud800"])
def test_characters_that_hide_something_are_refused(source):
    assert isinstance(error_of(source), ProgramError)
