"""Programs in the style of courses that build models of layers and train them."""
# ruff: noqa: E501 - lines as courses write them

PROGRAMS = {
    "linear regression with nn.Linear and SGD": """
import torch
import torch.nn as nn
torch.manual_seed(42)
X = torch.rand(20, 1) * 10
y = 2.5 * X + 1.0 + torch.randn(20, 1) * 0.5
model = nn.Linear(1, 1)
criterion = nn.MSELoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
num_epochs = 30
for epoch in range(num_epochs):
    y_pred = model(X)
    loss = criterion(y_pred, y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if (epoch + 1) % 10 == 0:
        print(f'Epoch [{epoch+1}/{num_epochs}], Loss: {loss.item():.4f}')
[w, b] = model.parameters()
print(w[0][0].item(), b[0].item())
print(model.weight, model.bias.data, model.state_dict())
""",
    "logistic regression as a class": """
import torch
from torch import nn
class LogisticRegression(nn.Module):
    def __init__(self, n_inputs):
        super().__init__()
        self.linear = nn.Linear(n_inputs, 1)
    def forward(self, x):
        return torch.sigmoid(self.linear(x))
torch.manual_seed(0)
x = torch.randn(50, 2)
y = ((x[:, 0] + 2 * x[:, 1]) > 0).float().view(-1, 1)
model = LogisticRegression(n_inputs=2)
loss_fn = nn.BCELoss()
opt = torch.optim.Adam(model.parameters(), lr=0.1)
losses = []
for _ in range(25):
    loss = loss_fn(model(x), y)
    opt.zero_grad()
    loss.backward()
    opt.step()
    losses.append(loss.item())
with torch.no_grad():
    acc = (model(x).round() == y).float().mean()
print(model)
print('accuracy: %.2f%%' % (acc * 100), len(losses), losses[0] > losses[-1])
""",
    "a two-layer network in nn.Sequential": """
import torch
torch.manual_seed(1)
N, D_in, H, D_out = 16, 30, 12, 4
x = torch.randn(N, D_in)
y = torch.randn(N, D_out)
model = torch.nn.Sequential(
    torch.nn.Linear(D_in, H),
    torch.nn.ReLU(),
    torch.nn.Linear(H, D_out),
)
loss_fn = torch.nn.MSELoss(reduction='sum')
learning_rate = 1e-3
for t in range(40):
    y_pred = model(x)
    loss = loss_fn(y_pred, y)
    if t % 10 == 9:
        print(t, loss.item())
    model.zero_grad()
    loss.backward()
    with torch.no_grad():
        for param in model.parameters():
            param -= learning_rate * param.grad
print(model[0], len(model), model[0].weight.shape, model[-1].bias.grad)
for name, p in model.named_parameters():
    print(name, tuple(p.shape), p.requires_grad, p.numel())
print(sum(p.numel() for p in model.parameters() if p.requires_grad))
""",
    "a polynomial fitted by a module of parameters": """
import torch
import math
class Polynomial3(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn(()))
        self.b = torch.nn.Parameter(torch.randn(()))
        self.c = torch.nn.Parameter(torch.randn(()))
        self.d = torch.nn.Parameter(torch.randn(()))
    def forward(self, x):
        return self.a + self.b * x + self.c * x ** 2 + self.d * x ** 3
    def string(self):
        return f'y = {self.a.item()} + {self.b.item()} x + {self.c.item()} x^2 + {self.d.item()} x^3'
torch.manual_seed(7)
x = torch.linspace(-math.pi, math.pi, 200)
y = torch.sin(x)
model = Polynomial3()
criterion = torch.nn.MSELoss(reduction='sum')
optimizer = torch.optim.SGD(model.parameters(), lr=1e-6)
for t in range(60):
    y_pred = model(x)
    loss = criterion(y_pred, y)
    if t % 20 == 19:
        print(t, loss.item())
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f'Result: {model.string()}')
""",
    "a network that chooses its depth while it runs": """
import random
import torch
class DynamicNet(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Parameter(torch.randn(()))
        self.e = torch.nn.Parameter(torch.randn(()))
    def forward(self, x):
        y = self.a * x
        for exp in range(4, random.randint(4, 6)):
            y = y + self.e * x ** exp
        return y
random.seed(3)
torch.manual_seed(3)
x = torch.linspace(-1, 1, 50)
y = torch.cos(x)
model = DynamicNet()
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9)
for t in range(20):
    loss = ((model(x) - y) ** 2).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(loss, model.a, model.e.grad)
""",
    "a convolutional network on random images": """
import torch
import torch.nn as nn
import torch.nn.functional as F
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.conv1 = nn.Conv2d(1, 4, 3)
        self.conv2 = nn.Conv2d(4, 6, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(6 * 3 * 3, 16)
        self.fc2 = nn.Linear(16, 10)
    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(-1, self.num_flat_features(x))
        x = F.relu(self.fc1(x))
        x = self.fc2(x)
        return x
    def num_flat_features(self, x):
        size = x.size()[1:]
        num_features = 1
        for s in size:
            num_features *= s
        return num_features
torch.manual_seed(0)
net = Net()
print(net)
params = list(net.parameters())
print(len(params), params[0].size())
images = torch.randn(5, 1, 14, 14)
labels = torch.randint(0, 10, (5,))
out = net(images)
criterion = nn.CrossEntropyLoss()
loss = criterion(out, labels)
net.zero_grad()
print('conv1.bias.grad before backward', net.conv1.bias.grad)
loss.backward()
print('conv1.bias.grad after backward', net.conv1.bias.grad)
_, predicted = torch.max(out, 1)
print(predicted, out.argmax(dim=1), loss)
""",
    "batch norm in train and in eval": """
import torch
from torch import nn
torch.manual_seed(5)
bn = nn.BatchNorm1d(3)
x = torch.randn(6, 3, requires_grad=True)
print(bn.training, bn.running_mean)
out = bn(x)
out.pow(2).sum().backward()
print(bn.running_mean, bn.running_var, bn.num_batches_tracked)
bn.eval()
out2 = bn(x)
print(bn.training, out2.mean())
out2.sum().backward()
print(x.grad, bn.weight.grad)
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.LayerNorm(4))
model.train()
print(model(x.detach()).std(), model.eval()(x.detach()).std())
""",
    "dropout with a seed": """
import torch
import torch.nn as nn
torch.manual_seed(11)
drop = nn.Dropout(p=0.5)
x = torch.ones(10, requires_grad=True)
y = drop(x)
print(y)
y.sum().backward()
print(x.grad)
drop.eval()
print(drop(x))
print(torch.nn.functional.dropout(x, 0.3, training=True))
""",
    "a recurrent network over a sequence": """
import torch
import torch.nn as nn
torch.manual_seed(2)
rnn = nn.RNN(input_size=4, hidden_size=6, num_layers=1, batch_first=True)
head = nn.Linear(6, 2)
x = torch.randn(3, 5, 4)
h0 = torch.zeros(1, 3, 6)
output, hn = rnn(x, h0)
logits = head(output[:, -1, :])
loss = nn.functional.cross_entropy(logits, torch.tensor([0, 1, 0]))
loss.backward()
print(rnn, output.shape, hn.shape)
print(rnn.weight_hh_l0.grad.norm(), rnn.bias_ih_l0.grad)
for name, param in rnn.named_parameters():
    print(name, param.size())
""",
    "an LSTM and a GRU": """
import torch
from torch import nn
torch.manual_seed(0)
class Tagger(nn.Module):
    def __init__(self, kind, hidden=5):
        super().__init__()
        self.hidden_size = hidden
        cell = nn.LSTM if kind == 'lstm' else nn.GRU
        self.rnn = cell(3, hidden, num_layers=2)
        self.out = nn.Linear(hidden, 1)
    def forward(self, x):
        y, state = self.rnn(x)
        if isinstance(state, tuple):
            state = state[0]
        return self.out(state[-1])
for kind in ['lstm', 'gru']:
    model = Tagger(kind)
    x = torch.randn(7, 2, 3)
    loss = model(x).pow(2).mean()
    loss.backward()
    print(kind, loss.item(), sum(p.grad.abs().sum() for p in model.parameters()).item())
    print(model)
""",
    "an RNN cell by hand, character by character": """
import torch
text = "hello world"
chars = sorted(list(set(text)))
char_to_ix = {ch: i for i, ch in enumerate(chars)}
ix_to_char = {i: ch for i, ch in enumerate(chars)}
vocab, hidden = len(chars), 8
torch.manual_seed(0)
Wxh = (torch.randn(hidden, vocab) * 0.1).requires_grad_()
Whh = (torch.randn(hidden, hidden) * 0.1).requires_grad_()
Why = (torch.randn(vocab, hidden) * 0.1).requires_grad_()
def one_hot(index):
    v = torch.zeros(vocab)
    v[index] = 1
    return v
for epoch in range(3):
    h = torch.zeros(hidden)
    loss = 0
    for a, b in zip(text[:-1], text[1:]):
        h = torch.tanh(Wxh @ one_hot(char_to_ix[a]) + Whh @ h)
        logits = Why @ h
        loss = loss - torch.log_softmax(logits, dim=0)[char_to_ix[b]]
    loss.backward()
    for p in (Wxh, Whh, Why):
        p.data -= 0.05 * p.grad
        p.grad.zero_()
    print(epoch, loss.item())
print(''.join(ix_to_char[i] for i in range(vocab)))
""",
    "embeddings and a bag of words": """
import torch
import torch.nn as nn
torch.manual_seed(1)
vocab = {"<pad>": 0, "the": 1, "cat": 2, "sat": 3}
emb = nn.Embedding(len(vocab), 4, padding_idx=0)
ids = torch.tensor([[1, 2, 3], [2, 0, 0]])
vectors = emb(ids)
mask = (ids != 0).unsqueeze(-1).float()
mean = (vectors * mask).sum(1) / mask.sum(1)
score = mean @ torch.ones(4)
score.sum().backward()
print(vectors.shape, emb.weight.grad)
print([w for w, i in sorted(vocab.items(), key=lambda kv: -kv[1])])
""",
    "attention by hand and by scaled_dot_product_attention": """
import math
import torch
import torch.nn.functional as F
torch.manual_seed(4)
B, T, C = 2, 4, 8
x = torch.randn(B, T, C)
Wq, Wk, Wv = [torch.nn.Linear(C, C, bias=False) for _ in range(3)]
q, k, v = Wq(x), Wk(x), Wv(x)
wei = q @ k.transpose(-2, -1) / math.sqrt(C)
tril = torch.tril(torch.ones(T, T))
wei = wei.masked_fill(tril == 0, float('-inf'))
wei = F.softmax(wei, dim=-1)
out = wei @ v
same = F.scaled_dot_product_attention(q, k, v, is_causal=True)
print(torch.allclose(out, same, atol=1e-6), wei[0])
out.sum().backward()
print(Wq.weight.grad.norm(), Wv.weight.grad.sum())
""",
    "a transformer encoder layer": """
import torch
from torch import nn
torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16, dropout=0.0, batch_first=True)
x = torch.randn(2, 3, 8)
y = layer(x)
(y * torch.arange(8.0)).sum().backward()
print(y.shape, layer.linear1.weight.grad.abs().sum())
mha = nn.MultiheadAttention(embed_dim=8, num_heads=2)
out, weights = mha(x, x, x)
out.sum().backward()
print(weights.shape, mha.in_proj_weight.grad.shape)
""",
    "an autoencoder": """
import torch
from torch import nn, optim
torch.manual_seed(0)
class AE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(12, 6), nn.ReLU(True), nn.Linear(6, 2))
        self.decoder = nn.Sequential(nn.Linear(2, 6), nn.ReLU(True), nn.Linear(6, 12), nn.Sigmoid())
    def forward(self, x):
        return self.decoder(self.encoder(x))
data = torch.rand(32, 12)
model = AE()
optimizer = optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-5)
history = {"loss": []}
for epoch in range(5):
    for i in range(0, len(data), 8):
        batch = data[i:i + 8]
        loss = nn.MSELoss()(model(batch), batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    history["loss"].append(loss.item())
print(["%.5f" % v for v in history["loss"]])
""",
    "one step of a variational autoencoder": """
import torch
import torch.nn as nn
import torch.nn.functional as F
class VAE(nn.Module):
    def __init__(self, d=6, z=2):
        super(VAE, self).__init__()
        self.fc1 = nn.Linear(d, 5)
        self.mu = nn.Linear(5, z)
        self.logvar = nn.Linear(5, z)
        self.fc3 = nn.Linear(z, d)
    def encode(self, x):
        h1 = F.relu(self.fc1(x))
        return self.mu(h1), self.logvar(h1)
    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std
    def forward(self, x):
        mu, logvar = self.encode(x)
        z = self.reparameterize(mu, logvar)
        return torch.sigmoid(self.fc3(z)), mu, logvar
def loss_function(recon_x, x, mu, logvar):
    BCE = F.binary_cross_entropy(recon_x, x, reduction='sum')
    KLD = -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())
    return BCE + KLD
torch.manual_seed(1)
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
x = torch.rand(10, 6)
for _ in range(3):
    recon, mu, logvar = model(x)
    loss = loss_function(recon, x, mu, logvar)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print('{:.6f}'.format(loss.item() / len(x)))
""",
    "steps of a generative adversarial network": """
import torch
import torch.nn as nn
torch.manual_seed(0)
G = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 2))
D = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1), nn.Sigmoid())
def weights_init(m):
    classname = m.__class__.__name__
    if classname.find('Linear') != -1:
        m.weight.data.normal_(0.0, 0.02)
        m.bias.data.fill_(0)
G.apply(weights_init)
D.apply(weights_init)
criterion = nn.BCELoss()
optD = torch.optim.Adam(D.parameters(), lr=2e-4, betas=(0.5, 0.999))
optG = torch.optim.Adam(G.parameters(), lr=2e-4, betas=(0.5, 0.999))
for step in range(3):
    real = torch.randn(4, 2) + 3
    ones, zeros = torch.ones(4, 1), torch.zeros(4, 1)
    optD.zero_grad()
    lossD_real = criterion(D(real), ones)
    fake = G(torch.randn(4, 2))
    lossD_fake = criterion(D(fake.detach()), zeros)
    lossD = lossD_real + lossD_fake
    lossD.backward()
    optD.step()
    optG.zero_grad()
    lossG = criterion(D(fake), ones)
    lossG.backward()
    optG.step()
    print('[%d] Loss_D: %.4f Loss_G: %.4f' % (step, lossD.item(), lossG.item()))
""",
    "mini-batches from a TensorDataset and a DataLoader": """
import torch
from torch import nn
from torch.utils.data import TensorDataset, DataLoader, random_split
torch.manual_seed(0)
X = torch.randn(20, 3)
y = X.sum(dim=1, keepdim=True)
dataset = TensorDataset(X, y)
train, valid = random_split(dataset, [16, 4])
loader = DataLoader(train, batch_size=5, shuffle=True)
model = nn.Linear(3, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.05)
for epoch in range(2):
    for batch_idx, (xb, yb) in enumerate(loader):
        loss = nn.functional.mse_loss(model(xb), yb)
        loss.backward()
        opt.step()
        opt.zero_grad()
        print(epoch, batch_idx, xb.shape, round(loss.item(), 4))
print(len(dataset), len(loader), len(valid), dataset[0])
""",
    "a data set of one's own": """
import torch
from torch.utils.data import Dataset, DataLoader
class Squares(Dataset):
    def __init__(self, n):
        self.x = torch.arange(n, dtype=torch.float32)
    def __len__(self):
        return len(self.x)
    def __getitem__(self, idx):
        return self.x[idx], self.x[idx] ** 2
data = Squares(7)
w = torch.zeros(1, requires_grad=True)
for x, y in DataLoader(data, batch_size=3):
    loss = ((w * x - y) ** 2).mean()
    loss.backward()
print(w.grad, len(data), data[2])
x, y = next(iter(DataLoader(data, batch_size=2)))
print(x, y)
""",
    "learning-rate schedules": """
import torch
from torch.optim.lr_scheduler import StepLR, ExponentialLR
import torch.optim as optim
w = torch.tensor([5.0], requires_grad=True)
opt = optim.SGD([w], lr=0.1)
scheduler = StepLR(opt, step_size=2, gamma=0.5)
for epoch in range(5):
    opt.zero_grad()
    loss = (w ** 2).sum()
    loss.backward()
    opt.step()
    scheduler.step()
    print(epoch, scheduler.get_last_lr(), opt.param_groups[0]['lr'], w.item())
opt2 = optim.Adam([{'params': [w], 'lr': 0.5}], lr=0.1)
lam = optim.lr_scheduler.LambdaLR(opt2, lr_lambda=lambda e: 0.9 ** e)
for _ in range(3):
    loss = (w - 1).pow(2).sum()
    opt2.zero_grad()
    loss.backward()
    opt2.step()
    lam.step()
for g in opt2.param_groups:
    g['lr'] = g['lr'] / 2
    print(g['lr'])
""",
    "optimizers side by side": """
import torch
for name, make in [
    ('sgd', lambda p: torch.optim.SGD(p, lr=0.1)),
    ('momentum', lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)),
    ('decay', lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01)),
    ('adam', lambda p: torch.optim.Adam(p, lr=0.1)),
    ('adamw', lambda p: torch.optim.AdamW(p, lr=0.1)),
    ('rmsprop', lambda p: torch.optim.RMSprop(p, lr=0.1)),
    ('adagrad', lambda p: torch.optim.Adagrad(p, lr=0.1)),
]:
    w = torch.tensor([1.0, -2.0], requires_grad=True)
    optimizer = make([w])
    for _ in range(4):
        optimizer.zero_grad()
        loss = (w ** 2).sum() + w[0] * w[1]
        loss.backward()
        optimizer.step()
    print(name.ljust(10), w.data, w.grad)
""",
    "LBFGS with a closure": """
import torch
torch.manual_seed(0)
x = torch.randn(2, requires_grad=True)
optimizer = torch.optim.LBFGS([x], lr=0.5, max_iter=5)
def rosenbrock(v):
    return (1 - v[0]) ** 2 + 100 * (v[1] - v[0] ** 2) ** 2
def closure():
    optimizer.zero_grad()
    loss = rosenbrock(x)
    loss.backward()
    return loss
for _ in range(4):
    loss = optimizer.step(closure)
print(loss, x)
""",
    "gradient clipping and accumulation": """
import torch
from torch import nn
torch.manual_seed(0)
model = nn.Linear(4, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.1)
accumulation_steps = 3
opt.zero_grad()
for i in range(6):
    x, y = torch.randn(2, 4), torch.randn(2, 1)
    loss = nn.functional.mse_loss(model(x), y) / accumulation_steps
    loss.backward()
    if (i + 1) % accumulation_steps == 0:
        total = torch.nn.utils.clip_grad_norm_(model.parameters(), max_norm=0.5)
        print('norm', total, [p.grad.norm().item() for p in model.parameters()])
        opt.step()
        opt.zero_grad()
loss = model(torch.ones(1, 4)).sum() * 100
loss.backward()
nn.utils.clip_grad_value_(model.parameters(), 1.0)
print(model.weight.grad)
""",
    "initialisation": """
import torch
import torch.nn as nn
import torch.nn.init as init
from collections import OrderedDict
torch.manual_seed(0)
model = nn.Sequential(OrderedDict([
    ('fc1', nn.Linear(3, 4)),
    ('relu', nn.ReLU()),
    ('fc2', nn.Linear(4, 2)),
]))
init.xavier_uniform_(model.fc1.weight)
nn.init.kaiming_normal_(model.fc2.weight, nonlinearity='relu')
for m in model.modules():
    if isinstance(m, nn.Linear):
        init.constant_(m.bias, 0.1)
        print(m.in_features, m.out_features, m.bias)
w = torch.empty(3, 5)
nn.init.normal_(w, mean=0.0, std=0.02)
print(w, model)
model(torch.ones(1, 3)).sum().backward()
print(model.fc1.weight.grad)
""",
    "frozen layers and parameter lists": """
import torch
from torch import nn
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(self, sizes=(3, 4, 2)):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:])])
        self.scales = nn.ParameterList([nn.Parameter(torch.ones(1)) for _ in sizes[1:]])
        self.register_buffer('count', torch.zeros(1))
        self.add_module('act', nn.Tanh())
    def forward(self, x):
        self.count += 1
        for layer, s in zip(self.layers, self.scales):
            x = s * self.act(layer(x))
        return x
net = Net()
for param in net.layers[0].parameters():
    param.requires_grad = False
opt = torch.optim.SGD(filter(lambda p: p.requires_grad, net.parameters()), lr=0.1)
net(torch.randn(5, 3)).sum().backward()
opt.step()
for name, p in net.named_parameters():
    print(name, p.requires_grad, None if p.grad is None else p.grad.sum())
print(net, net.count, [name for name, _ in net.named_children()])
state = net.state_dict()
print(list(state.keys()))
other = Net()
other.load_state_dict(state)
print(torch.equal(other.layers[1].weight, net.layers[1].weight))
""",
    "a module dict, and a module in a module": """
import torch
from torch import nn
torch.manual_seed(0)
class Block(nn.Module):
    def __init__(self, width, act='relu'):
        super().__init__()
        self.acts = nn.ModuleDict({'relu': nn.ReLU(), 'elu': nn.ELU()})
        self.lin = nn.Linear(width, width)
        self.act = act
    def forward(self, x):
        return x + self.acts[self.act](self.lin(x))
class Deep(nn.Module):
    def __init__(self, width=3, depth=2):
        super().__init__()
        blocks = [Block(width, 'elu' if i % 2 else 'relu') for i in range(depth)]
        self.body = nn.Sequential(*blocks)
        self.head = nn.Linear(width, 1, bias=False)
    def forward(self, x):
        return self.head(self.body(x))
model = Deep()
loss = model(torch.randn(4, 3)).mean()
loss.backward()
print(model)
print({name: round(p.grad.norm().item(), 5) for name, p in model.named_parameters()})
print(sum(1 for _ in model.modules()), model.body[0].lin.weight.grad.shape)
""",
    "a linear layer written again": """
import math
import torch
from torch import nn
from torch.nn.parameter import Parameter
class MyLinear(nn.Module):
    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = Parameter(torch.empty(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()
    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)
    def forward(self, input):
        return nn.functional.linear(input, self.weight, self.bias)
    def extra_repr(self):
        return f'in_features={self.in_features}, out_features={self.out_features}'
torch.manual_seed(0)
mine = MyLinear(3, 2)
torch.manual_seed(0)
theirs = nn.Linear(3, 2)
x = torch.randn(4, 3)
print(mine, torch.equal(mine(x), theirs(x)))
mine(x).sum().backward()
print(mine.weight.grad, MyLinear(2, 2, bias=False).bias)
""",
    "losses of torch.nn": """
import torch
from torch import nn
torch.manual_seed(0)
logits = torch.randn(4, 3, requires_grad=True)
target = torch.tensor([0, 2, 1, 1])
a, b = torch.randn(4, requires_grad=True), torch.randn(4)
total = 0
for loss in [nn.CrossEntropyLoss(), nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 0.5])),
             nn.CrossEntropyLoss(label_smoothing=0.1), nn.MultiMarginLoss()]:
    value = loss(logits, target)
    print(loss.__class__.__name__, value)
    total = total + value
for loss in (nn.MSELoss(), nn.L1Loss(), nn.SmoothL1Loss(), nn.HuberLoss(delta=0.5), nn.BCEWithLogitsLoss()):
    value = loss(a, (b > 0).float())
    print(type(loss).__name__, value.item())
    total += value
total += nn.NLLLoss()(nn.LogSoftmax(dim=1)(logits), target)
total += nn.KLDivLoss(reduction='batchmean')(logits.log_softmax(1), torch.softmax(torch.ones(4, 3), 1))
total += nn.CosineEmbeddingLoss()(logits, logits.detach() + 1, torch.ones(4))
total.backward()
print(logits.grad, a.grad)
""",
    "every activation": """
import torch
import torch.nn as nn
x = torch.linspace(-3, 3, 7, requires_grad=True)
activations = [nn.ReLU(), nn.Sigmoid(), nn.Tanh(), nn.LeakyReLU(0.1), nn.ELU(), nn.SELU(), nn.GELU(),
               nn.SiLU(), nn.Softplus(), nn.Softsign(), nn.Hardtanh(), nn.ReLU6(), nn.Mish(), nn.Softmax(dim=0)]
for act in activations:
    x.grad = None
    act(x).sum().backward()
    print(act, x.grad)
""",
}
