"""Programs in the style of courses on the engine itself."""
# ruff: noqa: E501 - lines as courses write them

PROGRAMS = {
    "gradients that are returned": """
import torch
x = torch.tensor([1., 2.], requires_grad=True)
w = torch.tensor([3., -1.], requires_grad=True)
b = torch.tensor(0.5, requires_grad=True)
s = x * w
y = (s ** 2).sum() + s.mean()
gx, gs = torch.autograd.grad(y, (x, s), retain_graph=True)
print(gx, gs, x.grad)
print(torch.autograd.grad(y, [b, w], allow_unused=True, retain_graph=True))
print(torch.autograd.grad(y, [b, w], materialize_grads=True, retain_graph=True))
print(torch.autograd.grad([y, s], [w], [None, torch.ones(2)], retain_graph=True))
print(torch.autograd.grad(outputs=s, inputs={"x": x}, grad_outputs=torch.ones(2), retain_graph=True))
eye = torch.eye(2)
print(torch.autograd.grad(s, x, eye, is_grads_batched=True))
""",
    "gradients of all parameters": """
import torch
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
loss = net(torch.ones(4, 2)).pow(2).mean()
grads = torch.autograd.grad(loss, net.parameters())
for g in grads:
    print(g.shape, g.norm())
with torch.no_grad():
    for p, g in zip(net.parameters(), grads):
        p -= 0.1 * g
print([p.grad for p in net.parameters()], net(torch.ones(1, 2)))
""",
    "Newton's method": """
import torch
x = torch.tensor(2., requires_grad=True)
for step in range(5):
    f = x**4 - 3*x**2
    slope, = torch.autograd.grad(f, x, create_graph=True)
    curvature, = torch.autograd.grad(slope, x)
    with torch.no_grad():
        x -= slope / curvature
    print(step, x.item(), slope, curvature)
""",
    "a gradient penalty with create_graph": """
import torch
torch.manual_seed(2)
critic = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))
optimizer = torch.optim.SGD(critic.parameters(), lr=0.1)
for step in range(3):
    x = torch.randn(5, 3, requires_grad=True)
    score = critic(x)
    g = torch.autograd.grad(score, x, torch.ones_like(score), create_graph=True)[0]
    loss = score.mean() + 10 * ((g.norm(2, dim=1) - 1) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(loss)
""",
    "backward with create_graph, three times": """
import torch
x = torch.tensor(1.5, requires_grad=True)
y = x.sin() * x
for order in range(3):
    x.grad = None
    y.backward(create_graph=True)
    y = x.grad
    print(order, y)
x.grad = None
""",
    "a Hessian by rows, and beside it PyTorch's": """
import torch
def f(x):
    return (x ** 3).sum() + x[0] * x[1] ** 2
x = torch.tensor([1., 2.], requires_grad=True)
g, = torch.autograd.grad(f(x), x, create_graph=True)
H = torch.stack([torch.autograd.grad(g[i], x, retain_graph=True)[0] for i in range(2)])
print(H, torch.allclose(H, torch.autograd.functional.hessian(f, x.detach())))
v = torch.tensor([1., -1.])
Hv, = torch.autograd.grad(g @ v, x)
print(Hv, torch.allclose(Hv, H @ v))
""",
    "backward from several results": """
import torch
x = torch.tensor([1., 2.], requires_grad=True)
a, b = (x ** 2).sum(), x * 3
torch.autograd.backward([a, b], [torch.tensor(1.), torch.tensor([1., -1.])], retain_graph=True)
print(x.grad)
torch.autograd.backward((a, b.sum()))
print(x.grad)
c = x.exp()
c.retain_grad()
torch.autograd.backward(c.sum(), inputs=[c])
print(x.grad, c.grad)
d = x * 2
d.sum().backward(inputs=d)
print(x.grad, d.grad)
""",
    "the first example of a course": """
import torch
x = torch.ones(2, 2, requires_grad=True)
print(x)
y = x + 2
print(y)
print(y.grad_fn)
z = y * y * 3
out = z.mean()
print(z, out)
torch.manual_seed(0)
a = torch.randn(2, 2)
a = ((a * 3) / (a - 1))
print(a.requires_grad)
a.requires_grad_(True)
print(a.requires_grad)
b = (a * a).sum()
print(b.grad_fn)
out.backward()
print(x.grad)
""",
    "a vector-Jacobian product": """
import torch
torch.manual_seed(0)
x = torch.randn(3, requires_grad=True)
y = x * 2
while y.data.norm() < 1000:
    y = y * 2
print(y)
v = torch.tensor([0.1, 1.0, 0.0001], dtype=torch.float)
y.backward(v)
print(x.grad)
print(x.requires_grad, (x ** 2).requires_grad)
with torch.no_grad():
    print((x ** 2).requires_grad)
y = x.detach()
print(y.requires_grad, x.eq(y).all())
""",
    "Variable, as it was": """
import torch
from torch.autograd import Variable
x = Variable(torch.ones(2, 2), requires_grad=True)
y = x + 2
z = y * y * 3
out = z.mean()
out.backward()
print(x.grad)
w = Variable(torch.FloatTensor([[1, 2], [3, 4]]), requires_grad=True)
v_out = torch.mean(w * w)
v_out.backward()
print(w.grad.data, w.data.numpy(), v_out.data)
t = torch.Tensor(2, 3).fill_(1)
print(t, torch.LongTensor([1, 2]), torch.Tensor([1, 2]).type(), t.size())
""",
    "a two-layer network by hand, in numbers of torch": """
import torch
torch.manual_seed(0)
dtype = torch.float
device = torch.device("cpu")
N, D_in, H, D_out = 8, 20, 10, 3
x = torch.randn(N, D_in, device=device, dtype=dtype)
y = torch.randn(N, D_out, device=device, dtype=dtype)
w1 = torch.randn(D_in, H, device=device, dtype=dtype, requires_grad=True)
w2 = torch.randn(H, D_out, device=device, dtype=dtype, requires_grad=True)
learning_rate = 1e-4
for t in range(30):
    y_pred = x.mm(w1).clamp(min=0).mm(w2)
    loss = (y_pred - y).pow(2).sum()
    if t % 10 == 9:
        print(t, loss.item())
    loss.backward()
    with torch.no_grad():
        w1 -= learning_rate * w1.grad
        w2 -= learning_rate * w2.grad
        w1.grad.zero_()
        w2.grad.zero_()
""",
    "backward by hand beside the engine's": """
import torch
torch.manual_seed(1)
x = torch.randn(5, 3)
y = torch.randn(5, 2)
w = torch.randn(3, 2, requires_grad=True)
b = torch.zeros(2, requires_grad=True)
h = x @ w + b
p = h.sigmoid()
loss = ((p - y) ** 2).mean()
loss.backward()
dp = 2 * (p - y) / p.numel()
dh = dp * p * (1 - p)
dw = x.t() @ dh
db = dh.sum(0)
print(torch.allclose(dw, w.grad), torch.allclose(db, b.grad), (dw - w.grad).abs().max() < 1e-6)
""",
    "a function of one's own": """
import torch
class MyReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return input.clamp(min=0)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input < 0] = 0
        return grad_input
torch.manual_seed(0)
x = torch.randn(4, 3)
w1 = torch.randn(3, 5, requires_grad=True)
w2 = torch.randn(5, 1, requires_grad=True)
for t in range(3):
    relu = MyReLU.apply
    y_pred = relu(x.mm(w1)).mm(w2)
    loss = y_pred.pow(2).sum()
    loss.backward()
    with torch.no_grad():
        w1 -= 1e-3 * w1.grad
        w2 -= 1e-3 * w2.grad
        w1.grad.zero_()
        w2.grad.zero_()
    print(t, loss.item())
print(relu(x.requires_grad_()).grad_fn.name())
""",
    "a function with several inputs, and which of them need a gradient": """
import torch
from torch.autograd import Function
class LinearFunction(Function):
    @staticmethod
    def forward(ctx, input, weight, bias=None):
        ctx.save_for_backward(input, weight, bias)
        output = input.mm(weight.t())
        if bias is not None:
            output += bias.unsqueeze(0).expand_as(output)
        return output
    @staticmethod
    def backward(ctx, grad_output):
        input, weight, bias = ctx.saved_tensors
        grad_input = grad_weight = grad_bias = None
        if ctx.needs_input_grad[0]:
            grad_input = grad_output.mm(weight)
        if ctx.needs_input_grad[1]:
            grad_weight = grad_output.t().mm(input)
        if bias is not None and ctx.needs_input_grad[2]:
            grad_bias = grad_output.sum(0)
        print(ctx.needs_input_grad)
        return grad_input, grad_weight, grad_bias
class MulConstant(Function):
    @staticmethod
    def forward(ctx, tensor, constant):
        ctx.constant = constant
        return tensor * constant
    @staticmethod
    def backward(ctx, grad_output):
        return grad_output * ctx.constant, None
torch.manual_seed(0)
x = torch.randn(2, 3)
w = torch.randn(4, 3, requires_grad=True)
b = torch.randn(4, requires_grad=True)
y = MulConstant.apply(LinearFunction.apply(x, w, b), 5.5)
y.sum().backward()
print(w.grad, b.grad, y.grad_fn.name())
d = torch.randn(3, 3, dtype=torch.double, requires_grad=True)
print(torch.autograd.gradcheck(LinearFunction.apply, (d, d), eps=1e-6, atol=1e-4))
""",
    "a Legendre polynomial with a gradient of its own": """
import torch
import math
class LegendrePolynomial3(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        ctx.save_for_backward(input)
        return 0.5 * (5 * input ** 3 - 3 * input)
    @staticmethod
    def backward(ctx, grad_output):
        input, = ctx.saved_tensors
        return grad_output * 1.5 * (5 * input ** 2 - 1)
dtype = torch.float
x = torch.linspace(-math.pi, math.pi, 100, dtype=dtype)
y = torch.sin(x)
a = torch.full((), 0.0, dtype=dtype, requires_grad=True)
b = torch.full((), -1.0, dtype=dtype, requires_grad=True)
c = torch.full((), 0.0, dtype=dtype, requires_grad=True)
d = torch.full((), 0.3, dtype=dtype, requires_grad=True)
learning_rate = 5e-6
for t in range(50):
    P3 = LegendrePolynomial3.apply
    y_pred = a + b * P3(c + d * x)
    loss = (y_pred - y).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        for param in [a, b, c, d]:
            param -= learning_rate * param.grad
            param.grad = None
print(f'Result: y = {a.item()} + {b.item()} * P3({c.item()} + {d.item()} x)', loss)
""",
    "second derivatives": """
import torch
from torch.autograd import grad
x = torch.tensor(2.0, requires_grad=True)
y = x ** 4
(dy,) = grad(y, x, create_graph=True)
(d2y,) = grad(dy, x, create_graph=True)
d3y = grad(d2y, x)[0]
print(dy, d2y, d3y)
v = torch.tensor([1.0, 2.0], requires_grad=True)
f = (v ** 3).sum()
g, = torch.autograd.grad(f, v, create_graph=True)
penalty = (g.norm() - 1) ** 2
penalty.backward()
print(v.grad, g)
""",
    "double backward through backward": """
import torch
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x ** 3).sum()
y.backward(create_graph=True)
first = x.grad.clone()
x.grad.data.zero_()
g = x.grad
z = (first ** 2).sum()
z.backward()
print(first, x.grad)
""",
    "Jacobian and Hessian": """
import torch
from torch.autograd.functional import jacobian, hessian
def f(x):
    return torch.stack([x[0] ** 2 * x[1], 5 * x[0] + torch.sin(x[1])])
def energy(x):
    return (x ** 3).sum() + x[0] * x[1]
x = torch.tensor([1.0, 2.0])
print(jacobian(f, x))
print(hessian(energy, x))
print(torch.autograd.functional.vjp(f, x, torch.ones(2)))
w = torch.ones(2, requires_grad=True)
(jacobian(f, x) @ w).sum().backward()
print(w.grad)
""",
    "retain_graph, and two losses over one graph": """
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
h = w ** 2
loss1 = h.sum()
loss2 = (h * torch.tensor([1.0, 10.0])).sum()
loss1.backward(retain_graph=True)
print(w.grad)
loss2.backward()
print(w.grad)
w.grad.zero_()
h = w.exp()
torch.autograd.backward(h.sum() + h.prod())
print(w.grad)
""",
    "what the engine refuses, caught": """
import torch
w = torch.tensor([1.0, 2.0], requires_grad=True)
y = (w * w).sum()
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print("RuntimeError:", str(e)[:40])
try:
    w += 1
except RuntimeError as error:
    print(error)
try:
    torch.ones(2, 3) @ torch.ones(2, 3)
except RuntimeError as e:
    print("Error:", e)
try:
    (w * 2).backward()
except Exception as e:
    print(type(e).__name__, e)
else:
    print("never")
finally:
    print("done", w.grad)
try:
    print(1 / 0)
except (ZeroDivisionError, ValueError) as e:
    print(e)
try:
    raise ValueError("bad shape")
except ValueError as e:
    print(e, e.args)
""",
    "in place on views and slices": """
import torch
x = torch.zeros(3, 3, requires_grad=True)
y = x.clone()
y[0] = torch.tensor([1.0, 2.0, 3.0])
y[:, 1] *= 2
y.t()[2].add_(1)
y[1:, 0] += x[0, 0]
v = y.view(-1)
v.mul_(2)
y[y > 1] = 0
z = y.index_fill(0, torch.tensor([2]), 5.0) + y.masked_fill(y == 0, 1.0)
z.sum().backward()
print(y, x.grad)
""",
    "broadcasting": """
import torch
a = torch.arange(3.0, requires_grad=True)
b = torch.arange(4.0).reshape(4, 1).requires_grad_(True)
c = a * b + 1
print(c.shape, c)
c.pow(2).mean().backward()
print(a.grad, b.grad)
torch.manual_seed(0)
m = torch.rand(2, 1, 3) + torch.rand(4, 1)
print(m.shape, torch.broadcast_shapes((2, 1), (3,)))
""",
    "masked losses": """
import torch
torch.manual_seed(0)
pred = torch.randn(2, 4, requires_grad=True)
target = torch.randn(2, 4)
lengths = torch.tensor([2, 4])
mask = torch.arange(4)[None, :] < lengths[:, None]
loss = ((pred - target) ** 2)[mask].mean()
loss.backward()
print(mask, pred.grad)
pred.grad = None
loss = torch.where(mask, (pred - target).abs(), torch.zeros_like(pred)).sum() / mask.sum()
loss.backward()
print(pred.grad, ~mask, mask.any(1))
""",
    "gradients of what is no leaf": """
import torch
x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
h = x * 2
h.retain_grad()
out = (h ** 2).sum()
out.backward()
print(h.grad, x.grad, h.is_leaf, x.is_leaf, out.grad_fn.next_functions[0][0])
p = torch.nn.Parameter(torch.zeros(2))
print(p, p.requires_grad, isinstance(p, torch.Tensor), type(p))
""",
    "set_grad_enabled and inference_mode": """
import torch
x = torch.ones(2, requires_grad=True)
for flag in (True, False):
    with torch.set_grad_enabled(flag):
        y = x * 2
    print(flag, y.requires_grad)
with torch.inference_mode():
    z = x * 3
    print(z.requires_grad, torch.is_grad_enabled())
@torch.no_grad()
def evaluate(v):
    return (v * 5).requires_grad
print(evaluate(x))
with torch.no_grad():
    with torch.enable_grad():
        q = x.sum()
q.backward()
print(x.grad)
with torch.autograd.set_detect_anomaly(True):
    (x ** 2).sum().backward()
print(x.grad)
""",
    "logistic regression by hand": """
import torch
torch.manual_seed(3)
n = 30
X = torch.cat([torch.randn(n, 2) + 2, torch.randn(n, 2) - 2])
y = torch.cat([torch.ones(n), torch.zeros(n)])
w = torch.zeros(2, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
def predict(X):
    return 1 / (1 + torch.exp(-(X @ w + b)))
def cross_entropy(p, y):
    return -(y * torch.log(p) + (1 - y) * torch.log(1 - p)).mean()
lr = 0.5
for epoch in range(10):
    loss = cross_entropy(predict(X), y)
    loss.backward()
    with torch.no_grad():
        w -= lr * w.grad
        b.sub_(lr * b.grad)
    w.grad = None
    b.grad = None
correct = ((predict(X) > 0.5).float() == y).sum().item()
print("accuracy {}/{}".format(correct, 2 * n), w, b)
""",
    "the policy gradient of a bandit": """
import torch
from torch.distributions import Categorical, Normal, kl_divergence
torch.manual_seed(0)
logits = torch.zeros(3, requires_grad=True)
rewards = [1.0, 0.0, 2.0]
optimizer = torch.optim.Adam([logits], lr=0.1)
for i in range(5):
    dist = Categorical(logits=logits)
    action = dist.sample()
    loss = -dist.log_prob(action) * rewards[action.item()] - 0.01 * dist.entropy()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(logits, dist.probs)
mu, sigma = torch.zeros(2, requires_grad=True), torch.ones(2)
q = Normal(mu, sigma)
sample = q.rsample()
(q.log_prob(sample).sum() + kl_divergence(q, Normal(1.0, 2.0)).sum()).backward()
print(mu.grad, q.mean, q.stddev)
""",
    "linear algebra": """
import torch
A = torch.tensor([[4.0, 1.0], [1.0, 3.0]], requires_grad=True)
b = torch.tensor([1.0, 2.0])
x = torch.linalg.solve(A, b)
loss = x.norm() + torch.linalg.det(A) + torch.logdet(A) + torch.trace(torch.linalg.inv(A))
loss = loss + torch.linalg.eigvalsh(A).sum() + torch.linalg.norm(A)
loss.backward()
print(x, A.grad)
U, S, Vh = torch.linalg.svd(A.detach())
print(S, torch.einsum('ij,jk->ik', A, A), torch.outer(b, b), A.T @ A)
""",
    "fast Fourier transforms and special functions": """
import torch
x = torch.linspace(0, 1, 8, requires_grad=True)
spectrum = torch.fft.rfft(x)
power = spectrum.abs().pow(2).sum()
loss = power + torch.special.expit(x).sum() + torch.lgamma(x + 1).sum() + torch.erf(x).mean()
loss.backward()
print(x.grad, spectrum.shape, torch.fft.fftfreq(4))
""",
    "a saddle of numbers: double, half and mixed": """
import torch
x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
y = x.float() * 2
z = (y.double() * x).sum()
z.backward()
print(x.grad, x.grad.dtype, y.dtype, z)
print(torch.tensor(3).float() / 2, torch.tensor([1, 2]).type(torch.float32), x.to(torch.float32).dtype)
""",
}
