"""PyTorch beside the others: reads a line "case", answers with microseconds of thread CPU time per call."""
import math
import sys
import time

import torch

torch.set_num_threads(1)
SHAPES = {"small": (8, [12, 4], 1, 2), "kdd": (118, [60, 30, 10], 1, 4)}


def stack(widths, dropout=0.0):
    layers = []
    for i in range(len(widths) - 1):
        layers.append(torch.nn.Linear(widths[i], widths[i + 1]))
        if i + 2 < len(widths):
            layers.append(torch.nn.Tanh())
        if dropout and i + 3 == len(widths):
            layers.append(torch.nn.Dropout(dropout))
    return torch.nn.Sequential(*layers)


class Dagmm:
    def __init__(self, name):
        d, hidden, latent, self.k = SHAPES[name]
        self.d, self.latent = d, latent
        self.encoder = stack([d, *hidden, latent])
        self.decoder = stack([latent, *hidden[::-1], d])
        self.estimation = stack([latent + 2, 10, self.k], 0.5)
        modules = [self.encoder, self.decoder, self.estimation]
        self.optimizer = torch.optim.Adam([p for m in modules for p in m.parameters()], 1e-4)
        size = latent + 2
        self.whitening, self.offset = torch.randn(size, self.k * size), torch.randn(self.k * size)
        self.normalizers = torch.randn(self.k)

    def latents(self, x):
        code = self.encoder(x)
        output = self.decoder(code)
        norm = torch.linalg.vector_norm
        a, b = norm(x, 2, -1).clamp_min(1e-3), norm(output, 2, -1).clamp_min(1e-3)
        distance, cosine = norm(x - output, 2, -1) / a, (x * output).sum(-1) / (a * b)
        return output, torch.cat([code, distance.unsqueeze(-1), cosine.unsqueeze(-1)], -1)

    def score(self, x):
        with torch.no_grad():
            _, z = self.latents(x)
            y = torch.addmm(self.offset, z, self.whitening).reshape(len(x), self.k, self.latent + 2)
            return -((y * y).sum(2) * -0.5 + self.normalizers).logsumexp(1)

    def step(self, x):
        self.optimizer.zero_grad()
        output, z = self.latents(x)
        logs = torch.log_softmax(self.estimation(z), -1).double()
        z = z.double()
        counts = logs.logsumexp(0)
        weights = (logs - counts).exp().t()
        deviations = z.unsqueeze(0) - (weights @ z).unsqueeze(1)
        scatter = (deviations * weights.unsqueeze(-1)).transpose(-1, -2) @ deviations
        covariances = scatter + 1e-6 * torch.eye(z.shape[1], dtype=torch.float64)
        factors = torch.linalg.cholesky_ex(covariances)[0]
        y = torch.linalg.solve_triangular(factors, deviations.transpose(-1, -2), upper=False)
        constants = counts - math.log(len(x)) - factors.diagonal(0, -2, -1).log().sum(-1) - 0.5 * z.shape[1] * math.log(2 * math.pi)
        energy = -(constants.unsqueeze(-1) - 0.5 * (y * y).sum(1)).logsumexp(0).mean()
        penalty = covariances.diagonal(0, -2, -1).reciprocal().sum()
        loss = ((x - output) ** 2).sum(-1).mean().double() + 0.1 * energy + 0.005 * penalty
        loss.backward()
        self.optimizer.step()


models = {name: Dagmm(name) for name in SHAPES}
for line in sys.stdin:
    kind, name, rows, calls = line.split()
    model, x = models[name], torch.randn(int(rows), SHAPES[name][0])
    call = model.score if kind == "score" else model.step
    for _ in range(max(3, int(calls) // 4)):
        call(x)
    start = time.thread_time()
    for _ in range(int(calls)):
        call(x)
    print((time.thread_time() - start) * 1e6 / int(calls), flush=True)
