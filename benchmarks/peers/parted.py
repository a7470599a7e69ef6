"""The training step of PartedVAE in plain PyTorch, as one would write it from Hajimiri et al. 2021 and the authors' code.

Networks and hyperparameters are those for dSprites (Tables 4 and 6), with one labelled batch before every unlabelled one.
"""

import torch
from torch import nn
from torch.nn import functional as F

BATCH, CLASSES, LATENT_U, LATENT_Z, HIDDEN, LEAK = 64, 3, 1, 5, 256, 0.1


def gaussian(raw):
    mean, log_variance = raw.chunk(2, 1)
    return mean, 8 * torch.tanh(log_variance / 8)


def sample(mean, log_variance):
    return mean + torch.randn_like(mean) * (log_variance / 2).exp()


def kl(mean, log_variance, prior_mean, prior_log_variance):
    ratio = log_variance - prior_log_variance
    return 0.5 * (ratio.exp() + (mean - prior_mean).square() / prior_log_variance.exp() - 1 - ratio).sum(-1)


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 4, 2, 1), nn.ReLU(), nn.Conv2d(32, 32, 4, 2, 1), nn.ReLU(),
            nn.Conv2d(32, 64, 4, 2, 1), nn.ReLU(), nn.Conv2d(64, 64, 4, 2, 1), nn.LeakyReLU(LEAK),
            nn.Flatten(), nn.Linear(1024, HIDDEN), nn.LeakyReLU(LEAK),
        )  # fmt: skip
        self.c, self.z = nn.Linear(HIDDEN, CLASSES), nn.Linear(HIDDEN, 2 * LATENT_Z)
        self.attention, self.u = nn.Linear(CLASSES, HIDDEN), nn.Linear(HIDDEN, 2 * LATENT_U)

    def log_classes(self, features):
        return F.log_softmax(self.c(features), 1)

    def forward(self, x, slope):
        h = self.features(x)
        log_c = self.log_classes(h)
        c = F.gumbel_softmax(log_c, tau=0.67)
        u = self.u(h * torch.sigmoid(slope * self.attention(c)))
        return log_c, gaussian(u), gaussian(self.z(h))


class Decoder(nn.Sequential):
    def __init__(self):
        super().__init__(
            nn.Linear(LATENT_U + LATENT_Z, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1024), nn.ReLU(), nn.Unflatten(1, (64, 4, 4)),
            nn.ConvTranspose2d(64, 64, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(),
            nn.ConvTranspose2d(32, 32, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(32, 1, 4, 2, 1),
        )  # fmt: skip


class Priors(nn.Module):
    def __init__(self):
        super().__init__()
        self.mean, self.spread = nn.Parameter(torch.randn(CLASSES, LATENT_U)), nn.Parameter(torch.randn(CLASSES, LATENT_U))

    def forward(self):
        return self.mean, 2 * torch.tanh(self.spread) - 1


def overlap(mean, log_variance, tolerance=0.1):
    total = 0
    for i in range(CLASSES):
        for j in range(i + 1, CLASSES):
            middle = (log_variance[i].exp() + log_variance[j].exp()) / 2
            distance = ((mean[i] - mean[j]).square() / middle / 8).sum()
            distance = distance + (middle.log() - (log_variance[i] + log_variance[j]) / 2).sum() / 2
            total = total + F.relu((-distance).exp() - tolerance)
    return total


class PartedVae:
    def __init__(self):
        self.encoder, self.decoder, self.priors = Encoder(), Decoder(), Priors()
        self.networks = [self.encoder, self.decoder, self.priors]
        everything = [p for network in self.networks for p in network.parameters()]
        self.optimizer = torch.optim.Adam(everything, lr=5e-4)
        self.supervised = torch.optim.Adam([*self.encoder.features.parameters(), *self.encoder.c.parameters()], lr=5e-4)

    def step(self, x, labelled, labels):
        loss = F.nll_loss(self.encoder.log_classes(self.encoder.features(labelled)), labels)  # Eq. 7
        self.supervised.zero_grad()
        loss.backward()
        self.supervised.step()

        loss = self.loss(x, capacity_u=0.0, capacity_z=0.0, slope=1.0)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()

    def loss(self, x, capacity_u, capacity_z, slope):
        """Eq. 6."""
        log_c, u, z = self.encoder(x, slope)
        logits = self.decoder(torch.cat([sample(*u), sample(*z)], 1))
        error = F.binary_cross_entropy_with_logits(logits, (x + 1) / 2, reduction="sum") / len(x)
        c, priors = log_c.exp(), self.priors()
        kl_u = (c * kl(u[0][:, None], u[1][:, None], *priors)).sum(1).mean()
        kl_z = kl(*z, torch.zeros(()), torch.zeros(())).mean()
        entropy = -(c * log_c).sum(1).mean()
        mean_c = c.mean(0)
        kl_c = (mean_c * (mean_c * CLASSES).log()).sum()
        loss = error + 50 * (kl_z - capacity_z).abs() + 50 * (kl_u - capacity_u).abs()
        return loss + 10 * entropy + 100 * kl_c + 10 * overlap(*priors)


def batch():
    """Unlabelled images, labelled images and their labels."""
    return torch.rand(BATCH, 1, 64, 64) * 2 - 1, torch.rand(BATCH, 1, 64, 64) * 2 - 1, torch.randint(CLASSES, (BATCH,))
