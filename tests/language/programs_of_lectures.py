"""Programs in the style of lectures and notebooks, longer and mixed."""
# ruff: noqa: E501 - lines as courses write them

PROGRAMS = {
    "what a first lesson prints": """
import torch, time
start = time.time()
x = torch.rand(5, 3)
print(x.shape, torch.cuda.is_available())
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
x = x.to(device)
print(device, x.device, x.is_cuda)
if torch.cuda.is_available():
    x = x.cuda()
elapsed = time.time() - start
print(elapsed < 100)
del x, elapsed, start
""",
    "an encoder and a decoder": """
import torch
import torch.nn as nn
class Encoder(nn.Module):
    def __init__(self, input_size, hidden_size, dropout_p=0.1):
        super(Encoder, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(dropout_p)
    def forward(self, input):
        embedded = self.dropout(self.embedding(input))
        output, hidden = self.gru(embedded)
        return output, hidden
    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size)
class Decoder(nn.Module):
    MAX = 4
    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size, batch_first=True)
        self.out = nn.Linear(hidden_size, output_size)
    def forward(self, enc_out, enc_hidden, target=None):
        b = enc_out.size(0)
        inp = torch.empty(b, 1, dtype=torch.long).fill_(0)
        outs = []
        hidden = enc_hidden
        for i in range(Decoder.MAX):
            o, hidden = self.gru(torch.relu(self.embedding(inp)), hidden)
            o = self.out(o)
            outs.append(o)
            if target is not None:
                inp = target[:, i].unsqueeze(1)
            else:
                _, topi = o.topk(1)
                inp = topi.squeeze(-1).detach()
        outs = torch.cat(outs, dim=1)
        return nn.functional.log_softmax(outs, dim=-1), hidden, None
torch.manual_seed(0)
enc, dec = Encoder(7, 8), Decoder(8, 7)
x = torch.randint(0, 7, (3, 4)); y = torch.randint(0, 7, (3, 4))
eo = torch.optim.Adam(enc.parameters(), lr=0.01); do = torch.optim.Adam(dec.parameters(), lr=0.01)
crit = nn.NLLLoss()
for it in range(3):
    eo.zero_grad(); do.zero_grad()
    out, hid = enc(x)
    dout, _, _ = dec(out, hid, y)
    loss = crit(dout.view(-1, dout.size(-1)), y.view(-1))
    loss.backward()
    eo.step(); do.step()
    print(it, loss.item())
enc.eval(); dec.eval()
with torch.no_grad():
    o, h = enc(x)
    d, _, _ = dec(o, h)
    print(d.topk(1)[1].squeeze().tolist(), enc.initHidden().shape)
""",
    "a language model of a lecture": """
import torch, math
import torch.nn as nn
from torch.nn import functional as F
torch.manual_seed(1337)
batch_size, block_size, n_embd, n_head, n_layer, dropout = 4, 8, 16, 2, 2, 0.0
text = "the quick brown fox jumps over the lazy dog. " * 4
chars = sorted(list(set(text)))
vocab_size = len(chars)
stoi = { ch:i for i,ch in enumerate(chars) }
itos = { i:ch for i,ch in enumerate(chars) }
encode = lambda s: [stoi[c] for c in s]
decode = lambda l: ''.join([itos[i] for i in l])
data = torch.tensor(encode(text), dtype=torch.long)
n = int(0.9*len(data))
train_data, val_data = data[:n], data[n:]
def get_batch(split):
    data = train_data if split == 'train' else val_data
    ix = torch.randint(len(data) - block_size, (batch_size,))
    x = torch.stack([data[i:i+block_size] for i in ix])
    y = torch.stack([data[i+1:i+block_size+1] for i in ix])
    return x, y
class Head(nn.Module):
    def __init__(self, head_size):
        super().__init__()
        self.key = nn.Linear(n_embd, head_size, bias=False)
        self.query = nn.Linear(n_embd, head_size, bias=False)
        self.value = nn.Linear(n_embd, head_size, bias=False)
        self.register_buffer('tril', torch.tril(torch.ones(block_size, block_size)))
        self.dropout = nn.Dropout(dropout)
    def forward(self, x):
        B,T,C = x.shape
        k = self.key(x); q = self.query(x)
        wei = q @ k.transpose(-2,-1) * k.shape[-1]**-0.5
        wei = wei.masked_fill(self.tril[:T, :T] == 0, float('-inf'))
        wei = F.softmax(wei, dim=-1)
        wei = self.dropout(wei)
        return wei @ self.value(x)
class MultiHeadAttention(nn.Module):
    def __init__(self, num_heads, head_size):
        super().__init__()
        self.heads = nn.ModuleList([Head(head_size) for _ in range(num_heads)])
        self.proj = nn.Linear(head_size * num_heads, n_embd)
    def forward(self, x):
        return self.proj(torch.cat([h(x) for h in self.heads], dim=-1))
class Block(nn.Module):
    def __init__(self, n_embd, n_head):
        super().__init__()
        self.sa = MultiHeadAttention(n_head, n_embd // n_head)
        self.ffwd = nn.Sequential(nn.Linear(n_embd, 4 * n_embd), nn.ReLU(), nn.Linear(4 * n_embd, n_embd))
        self.ln1, self.ln2 = nn.LayerNorm(n_embd), nn.LayerNorm(n_embd)
    def forward(self, x):
        x = x + self.sa(self.ln1(x))
        x = x + self.ffwd(self.ln2(x))
        return x
class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.token_embedding_table = nn.Embedding(vocab_size, n_embd)
        self.position_embedding_table = nn.Embedding(block_size, n_embd)
        self.blocks = nn.Sequential(*[Block(n_embd, n_head=n_head) for _ in range(n_layer)])
        self.ln_f = nn.LayerNorm(n_embd)
        self.lm_head = nn.Linear(n_embd, vocab_size)
        self.apply(self._init_weights)
    def _init_weights(self, module):
        if isinstance(module, nn.Linear):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
            if module.bias is not None:
                torch.nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Embedding):
            torch.nn.init.normal_(module.weight, mean=0.0, std=0.02)
    def forward(self, idx, targets=None):
        B, T = idx.shape
        x = self.token_embedding_table(idx) + self.position_embedding_table(torch.arange(T))
        logits = self.lm_head(self.ln_f(self.blocks(x)))
        if targets is None:
            loss = None
        else:
            B, T, C = logits.shape
            loss = F.cross_entropy(logits.view(B*T, C), targets.view(B*T))
        return logits, loss
    def generate(self, idx, max_new_tokens):
        for _ in range(max_new_tokens):
            logits, loss = self(idx[:, -block_size:])
            probs = F.softmax(logits[:, -1, :], dim=-1)
            idx = torch.cat((idx, torch.multinomial(probs, num_samples=1)), dim=1)
        return idx
model = GPT()
print(sum(p.numel() for p in model.parameters())/1e6, 'M parameters')
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
@torch.no_grad()
def estimate_loss():
    out = {}
    model.eval()
    for split in ['train', 'val']:
        losses = torch.zeros(2)
        for k in range(2):
            X, Y = get_batch(split)
            logits, loss = model(X, Y)
            losses[k] = loss.item()
        out[split] = losses.mean()
    model.train()
    return out
for it in range(3):
    if it % 2 == 0:
        losses = estimate_loss()
        print(f"step {it}: train loss {losses['train']:.4f}, val loss {losses['val']:.4f}")
    xb, yb = get_batch('train')
    logits, loss = model(xb, yb)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
print(decode(model.generate(torch.zeros((1, 1), dtype=torch.long), max_new_tokens=10)[0].tolist()))
""",
    "everyday tensors, with pictures left aside": """
import torch
from torch import Tensor, tensor, randn
from torch.nn import Module, Linear, ReLU, Sequential
from torch.optim import SGD
import numpy as np
torch.manual_seed(0)
model = Sequential(Linear(2, 3), ReLU(), Linear(3, 1))
opt = SGD(model.parameters(), lr=0.1)
print(opt)
x = randn(4, 2)
loss = model(x).pow(2).mean()
loss.backward()
opt.step()
before = {k: v.clone() for k, v in model.state_dict().items()}
for k in before: print(k, before[k].norm())
print([type(m).__name__ for m in model], model[1:], list(model.children())[0])
xs = np.linspace(-1, 1, 5); print(np.round(xs, 2), xs[:, None].shape, xs[xs > 0].sum())
t = torch.tensor(xs, dtype=torch.float32).unsqueeze(1); print(t)
a = torch.tensor([[1., 2.], [3., 4.]])
print(a[0, 1].item(), a[:, 0], a[..., 1], a[a > 2], a.T, a.sum(0, keepdim=True), a.max().item())
b = a.clone(); b[0, :] = 9; b[:, 1] += 1; print(a, b)
print(torch.cat((a, b), 1), torch.stack([a, b]).shape, torch.arange(10)[2:8:2], torch.linspace(0, 1, 3))
print(a.view(4), a.reshape(-1, 1).squeeze(), a.numpy(), a.tolist(), len(a), a.numel())
for row in a: print(row)
for i, (r1, r2) in enumerate(zip(a, b)): print(i, r1 @ r2)
print(torch.randint(0, 5, (3,)), torch.randperm(4), torch.rand(2), torch.normal(0, 1, size=(2,)), torch.bernoulli(torch.tensor([0.5, 0.5])))
print(a.mean(), a.std(), a.argmax(), a.argmax(dim=1), torch.sort(a, descending=True), torch.unique(torch.tensor([1, 2, 1])))
print(torch.where(a > 2, a, -a), torch.clamp(a, 1, 3), a.int(), a.bool(), (a > 1) & (a < 4), ~(a > 1))
""",
    "the graph walked by hand, and gradients asked for": """
import torch
x = torch.tensor([1., 2.], requires_grad=True)
print(x.grad_fn, x.is_leaf)
y = x ** 2
print(y.grad_fn)
z = y.sum()
print(z.grad_fn.next_functions)
print(z.grad_fn.next_functions[0][0].next_functions)
z.backward()
print(x.grad)
def model(x, w, b): return w * x + b
w, b = torch.tensor(0.5, requires_grad=True), torch.tensor(0.1, requires_grad=True)
ts = {'w': w, 'b': b}
for name, p in ts.items():
    print(f'{name:<3}{p.item():.3f}')
loss = (model(x.detach(), w, b) - 1).square().mean()
grads = torch.autograd.grad(loss, [w, b])
print(grads, w.grad)
grads = torch.autograd.grad(outputs=model(x, w, b), inputs=x, grad_outputs=torch.ones_like(x), create_graph=True, retain_graph=True)[0]
print(grads)
params = [w, b]
params = [p - 0.1 * g for p, g in zip(params, torch.autograd.grad(model(x, w, b).sum(), params, create_graph=True))]
params[0].backward()
print(w.grad)
""",
    "a residual block with lazy layers": """
import torch
from torch import nn
class Residual(nn.Module):
    def __init__(self, num_channels, use_1x1conv=False, strides=1):
        super().__init__()
        self.conv1 = nn.LazyConv2d(num_channels, kernel_size=3, padding=1, stride=strides)
        self.conv2 = nn.LazyConv2d(num_channels, kernel_size=3, padding=1)
        if use_1x1conv:
            self.conv3 = nn.LazyConv2d(num_channels, kernel_size=1, stride=strides)
        else:
            self.conv3 = None
        self.bn1 = nn.LazyBatchNorm2d()
        self.bn2 = nn.LazyBatchNorm2d()
    def forward(self, X):
        Y = torch.relu(self.bn1(self.conv1(X)))
        Y = self.bn2(self.conv2(Y))
        if self.conv3:
            X = self.conv3(X)
        Y += X
        return torch.relu(Y)
torch.manual_seed(0)
blk = Residual(3)
X = torch.randn(2, 3, 6, 6)
print(blk(X).shape)
blk = Residual(6, use_1x1conv=True, strides=2)
out = blk(X); print(out.shape)
out.sum().backward()
print(blk.conv3.weight.grad.shape)
class Accumulator:
    def __init__(self, n):
        self.data = [0.0] * n
    def add(self, *args):
        self.data = [a + float(b) for a, b in zip(self.data, args)]
    def __getitem__(self, idx):
        return self.data[idx]
metric = Accumulator(2); metric.add(1, torch.tensor(2.0)); print(metric[0], metric[1], metric.data)
net = nn.Sequential(nn.Flatten(), nn.Linear(108, 2))
def init_weights(m):
    if type(m) == nn.Linear:
        nn.init.normal_(m.weight, std=0.01)
net.apply(init_weights)
print(net)
def accuracy(y_hat, y):
    if len(y_hat.shape) > 1 and y_hat.shape[1] > 1:
        y_hat = y_hat.argmax(axis=1)
    cmp = y_hat.type(y.dtype) == y
    return float(cmp.type(y.dtype).sum())
print(accuracy(net(X), torch.tensor([0, 1])))
def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()
l = nn.CrossEntropyLoss(reduction='none')(net(X), torch.tensor([0, 1]))
l.sum().backward()
sgd(net.parameters(), 0.1, 2)
print(net[1].weight.sum(), l)
""",
    "linear regression from scratch": """
import torch, random, math
def synthetic_data(w, b, num_examples):
    X = torch.normal(0, 1, (num_examples, len(w)))
    y = torch.matmul(X, w) + b
    y += torch.normal(0, 0.01, y.shape)
    return X, y.reshape((-1, 1))
torch.manual_seed(1); random.seed(1)
true_w = torch.tensor([2, -3.4]); true_b = 4.2
features, labels = synthetic_data(true_w, true_b, 100)
def data_iter(batch_size, features, labels):
    num_examples = len(features)
    indices = list(range(num_examples))
    random.shuffle(indices)
    for i in range(0, num_examples, batch_size):
        batch_indices = torch.tensor(indices[i: min(i + batch_size, num_examples)])
        yield features[batch_indices], labels[batch_indices]
w = torch.normal(0, 0.01, size=(2,1), requires_grad=True)
b = torch.zeros(1, requires_grad=True)
def linreg(X, w, b):
    return torch.matmul(X, w) + b
def squared_loss(y_hat, y):
    return (y_hat - y.reshape(y_hat.shape)) ** 2 / 2
def sgd(params, lr, batch_size):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad / batch_size
            param.grad.zero_()
lr = 0.03; num_epochs = 3; net = linreg; loss = squared_loss
for epoch in range(num_epochs):
    for X, y in data_iter(10, features, labels):
        l = loss(net(X, w, b), y)
        l.sum().backward()
        sgd([w, b], lr, 10)
    with torch.no_grad():
        train_l = loss(net(features, w, b), labels)
        print(f'epoch {epoch + 1}, loss {float(train_l.mean()):f}')
print(f'error in estimating w: {true_w - w.reshape(true_w.shape)}')
""",
    "mistakes that are caught": """
import torch
try:
    x = torch.tensor([1., 2.])
    x.backward()
except RuntimeError as err:
    print('Error:', err)
try:
    None.zero_()
except AttributeError as e:
    print(e)
try:
    [][1]
except IndexError as e:
    print(e, type(e).__name__)
try:
    {}["k"]
except KeyError as e:
    print(e)
try:
    int("x")
except ValueError as e:
    print(e)
try:
    def f(a): return a
    f()
except TypeError as e:
    print(e)
try:
    assert 1 == 2, "not equal"
except AssertionError as e:
    print("A", e)
class MyErr(ValueError):
    pass
try:
    raise MyErr("mine")
except ValueError as e:
    print(repr(e))
try:
    undefined_name
except NameError as e:
    print(e)
try:
    torch.ones(2) + torch.ones(3)
except (RuntimeError, TypeError) as e:
    print(str(e))
def g():
    try:
        return 1
    finally:
        print("fin")
print(g())
for i in range(3):
    try:
        if i == 1: continue
        print(i)
    finally:
        print("f", i)
w = torch.ones(1, requires_grad=True)
try:
    w[0] = 2
except RuntimeError as e:
    print(e)
print(w.sum().backward())
""",
    "dual numbers, layers by hand and everyday Python": """
import torch
class Dual:
    def __init__(self, v, d=0.): self.v, self.d = v, d
    def __add__(self, o): o = o if isinstance(o, Dual) else Dual(o); return Dual(self.v + o.v, self.d + o.d)
    __radd__ = __add__
    def __mul__(self, o): o = o if isinstance(o, Dual) else Dual(o); return Dual(self.v * o.v, self.v * o.d + self.d * o.v)
    __rmul__ = __mul__
    def __repr__(self): return 'Dual(%g, %g)' % (self.v, self.d)
    def __lt__(self, o): return self.v < o.v
    def __bool__(self): return self.v != 0
f = lambda x: 3 * x * x + 2 * x + 1
print(f(Dual(2., 1.)), sorted([Dual(2), Dual(1)]), bool(Dual(0)))
x = torch.tensor(2., requires_grad=True); f(x).backward(); print(x.grad)
class Layer:
    def __call__(self, x):
        self.out = x @ self.weight
        return self.out
    def parameters(self):
        return [self.weight]
class L2(Layer):
    def __init__(self, i, o, g=None): self.weight = torch.randn((i, o), generator=g) / i**0.5
g = torch.Generator().manual_seed(1)
layers = [L2(3, 4, g), L2(4, 1, g)]
params = [p for layer in layers for p in layer.parameters()]
for p in params: p.requires_grad = True
x = torch.ones(2, 3)
for layer in layers: x = layer(x)
for layer in layers: layer.out.retain_grad()
x.sum().backward()
print(params[0].grad, layers[0].out.grad)
print(sum(p.nelement() for p in params))
mat = [[1, 2], [3, 4]]
print(list(zip(*mat)), [sum(r) for r in mat], {**{'a': 1}}, *mat, sep=' | ')
a, b, *c = [1, 2, 3, 4]
x, y = y, x = 1, 2
print(a, b, c, x, y)
lst = [3, 1, 2]; lst.sort(reverse=True); lst += [7]; lst[1:2] = [9, 9]; print(lst, lst[::2], lst.pop(), max(lst), sum(lst) / len(lst))
s = 'abc'; print(s[0], s[-1], s.upper(), f'{s!r:>8}', 'x' in s, s * 2, s + 'd', len(s), list(enumerate(s, 1)))
print(f"{3.14159:.2f} {42:05d} {1e-5:.1e} {'hi':*^10} {0.5:%} {1000000:,} {True} {None}")
print(round(3.7), int(3.7), 7 // 2, -7 // 2, 7 % -3, 2 ** 0.5, abs(-3), 1 if a else 2, not a, a and b, None or 'x')
while True:
    a += 1
    if a > 3: break
else:
    print('no')
print(a, isinstance(a, (int, float)), type(a), type(1.0), type('s'), type([]), type(None) if False else '')
def fact(n): return 1 if n <= 1 else n * fact(n - 1)
print(fact(10), [fact(i) for i in range(5)], (lambda *a, **k: (a, k))(1, b=2))
""",
}
