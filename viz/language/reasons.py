"""The refusals of PyTorch that students meet, and what would work instead.

One row for each: what its message says, and the plain sentence after it. NAME stands for the
expression that the message is about.
"""

from __future__ import annotations

SHAPES_DIFFER = (
    r"must match the size of tensor",
    r"shapes cannot be multiplied",
    r"size mismatch",
    r"inconsistent tensor size",
    r"Expected size for first two dimensions",
    r"shape '.*' is invalid for input",
    r"must match except in dimension",
    r"must have same number of dimensions",
    r"stack expects each tensor to be equal size",
    r"is not broadcastable|not broadcastable|doesn't match the broadcast shape",
    r"expanded size of the tensor",
    r"both arguments to matmul need to be at least 1D",
    r"Expected (input )?batch_size",
    r"expected a matrix|must be a matrix|vector and vector expected|1D tensors expected",
    r"output with shape .* doesn't match",
    r"shape mismatch",
    r"does not match the size of|must have the same (size|shape)",
)

REASONS: tuple[tuple[str, str], ...] = (
    (
        r"before Module\.__init__\(\) call",
        "The first line of __init__ is super().__init__().",
    ),
    (
        r'missing the required "forward" function',
        "Define forward(self, x) in the class, indented as far as __init__.",
    ),
    (
        r"expected target dtype|expected scalar type Long|Expected floating point type for target",
        "Class numbers are whole numbers, and probabilities are floats: target.long() or .float().",
    ),
    (
        r"all elements of (input|target) should be between 0 and 1",
        "BCELoss takes probabilities: torch.sigmoid(...) first, or BCEWithLogitsLoss.",
    ),
    (
        r"params argument given to the optimizer|optimizer got an empty parameter list",
        "Give it a list: [w, b], or model.parameters().",
    ),
    (
        r"can't optimize a non-leaf Tensor",
        "An optimizer changes leaves: create the tensor with requires_grad=True, compute later.",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "numpy has no gradients: write NAME.detach().numpy().",
    ),
    (
        r"Inference tensors cannot be saved for backward",
        "What inference_mode() gives is for no graph: use 'with torch.no_grad():' or .clone() it.",
    ),
    (
        r"appears to not have been used in the graph",
        "No path leads there from the result: leave it out, or say allow_unused=True to get None.",
    ),
    (r"Can't detach views in-place", "Write v = v.detach() instead of v.detach_()."),
    (r"attempting to assign a gradient of size", "A gradient has the shape of its tensor."),
    (
        r"index out of range in self",
        "An embedding of n rows takes whole numbers from 0 to n - 1.",
    ),
    (
        r"[Oo]nly Tensors of floating point|only differentiate.*floating",
        "A tensor of whole numbers has no gradient: write 2. instead of 2, or call .float() first.",
    ),
    (
        r"grad can be implicitly created only for scalar",
        "backward() starts from one number: write NAME.sum().backward() or NAME.mean().backward().",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "NAME does not depend on any tensor with requires_grad=True: create one with "
        "torch.tensor(2.0, requires_grad=True); .detach() and torch.no_grad() cut it off.",
    ),
    (
        r"backward through the graph a second time",
        "backward() throws away what it needs once it is done: compute the result again, or call "
        "backward(retain_graph=True) the first time.",
    ),
    (
        r"leaf Variable that requires grad .*in-place",
        "A leaf may change only where autograd doesn't look: inside 'with torch.no_grad():'.",
    ),
    (
        r"modified by an inplace operation",
        "A value that backward needs was overwritten: write x = x + 1 instead of x += 1.",
    ),
    (
        r"Boolean value of Tensor with",
        "A condition needs one truth value: use NAME.all(), NAME.any() or NAME.sum().",
    ),
    (
        r"invalid index of a 0-dim tensor|0-dim tensor|iteration over a 0-d",
        "It holds a single number and has nothing to index: use it as it is, or .item().",
    ),
    (r"too many indices|IndexError: too many", "Give at most one index for each dimension."),
    (
        r"index .* out of (bounds|range)|(list|tuple|string) index|Target .* out of",
        "Indices count from 0; -1 is the last.",
    ),
    (
        r"tensor has no dimensions",
        "A single number has no dimensions: give the tensor one, with brackets in its value.",
    ),
    (
        r"object has no attribute",
        "A tensor is needed here: write torch.tensor(2.0) instead of 2.0.",
    ),
    (r"Dimension out of range", "Dimensions count from 0; -1 is the last."),
    (
        r"cannot be converted to Scalar|only one element tensors|tensors of one element",
        "Only a tensor with one element is a number: use .sum(), .mean() or an index first.",
    ),
    (
        r"must be Tensor, not (int|float|bool)",
        "torch's functions take tensors: write torch.tensor(2.0); math.sin(2.0) takes a number.",
    ),
    (r"must be Tensor, not list|but found type list", "Write torch.tensor([...]) around the list."),
    (
        r"expected (m1 and m2|both inputs|scalar type)|to have the same dtype|same dtype",
        "Give both tensors one dtype: write 2. instead of 2, or x.float().",
    ),
    (
        r"can't be cast to the desired output type",
        "A tensor of whole numbers can't hold the result in place: write 2. instead of 2.",
    ),
    (
        r"not implemented for '(Long|Int|Bool)'|infer output dtype|Input dtype must be either",
        "This needs floating-point numbers: write 2. instead of 2, or x.float().",
    ),
    (
        r"change requires_grad flags of leaf",
        "Only a created tensor has this switch, not a computed one: .detach() cuts the graph.",
    ),
    (
        r"a view of a leaf Variable that requires grad",
        "A part of a leaf may change only where autograd doesn't look: 'with torch.no_grad():'.",
    ),
    (r"expected sequence of length", "Every row of a tensor needs equally many numbers."),
    (
        r"division by zero|modulo by zero|ZeroDivision",
        "With tensors of floats the result would be inf.",
    ),
    (r"'(method|function)' object is not", "Did you forget the () of a call?"),
    (
        r"object is not iterable|iteration over",
        "A 'for' loop goes over a range, a list or a tensor.",
    ),
    (r"is not subscriptable", "Lists, tuples, texts and tensors have items."),
    (r"Numerical result out of range|math range error|too large", "The number is too large."),
    (r"math domain error", "The function has no value there."),
    (
        r"can't convert complex|ComplexFloat|complex",
        "Complex numbers are not part of the language.",
    ),
    (
        r"can't assign a .* to a|assigned grad has data of a different",
        "A gradient has its tensor's shape.",
    ),
    (r"unsupported format string", "A format such as .4f is for one number: use .item()."),
    (r"singular", "The matrix has no inverse."),
)
