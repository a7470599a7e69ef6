"""The training step of mathieupairs in plain PyTorch, as one would write it from Mathieu et al. 2016 and the authors' code.

Encoder and generator have one pass each over all examples, and the discriminator learns from those that the model was judged by.
"""

import torch
from networks import BATCH, CHANNELS, FEATURES, SIZE, WIDTHS, Generator, Trunk, adam, block, kl, sample
from torch import nn
from torch.nn import functional as F

CLASSES, LATENT_S, LATENT_Z, REAL = 10, 64, 512, 0.95


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.s, self.z = Trunk(), nn.Linear(FEATURES, LATENT_S), nn.Linear(FEATURES, 2 * LATENT_Z)

    def forward(self, x):
        """s of all images, q(z | x) of the first batch of them."""
        features = self.trunk(x)
        mean, raw = self.z(features[:BATCH]).chunk(2, 1)
        return self.s(features), (mean, 8 * torch.tanh(raw / 8))


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs = [], CHANNELS
        for outputs in WIDTHS:
            layers.append(nn.Sequential(*block(inputs, outputs), nn.AvgPool2d(2)))
            inputs = outputs
        self.layers = nn.ModuleList([*layers, nn.Sequential(*block(inputs, inputs))])
        self.tables = nn.ModuleList(nn.Embedding(CLASSES, width) for width in WIDTHS[:3])
        self.dropout, self.head = nn.Dropout(0.5), nn.Linear(FEATURES, 1)

    def forward(self, x, labels):
        for i, layer in enumerate(self.layers):
            x = layer(x)
            if i < len(self.tables):
                x = x + self.tables[i](labels)[:, :, None, None]
        return self.head(self.dropout(x.flatten(1))).squeeze(1)


def cross_entropy(verdicts, target):
    return F.binary_cross_entropy_with_logits(verdicts, torch.full_like(verdicts, target))


def error(x, made):
    return 0.5 * (x - made).square().sum((1, 2, 3)).mean()


class MathieuPairs:
    def __init__(self):
        self.encoder, self.generator, self.discriminator = Encoder(), Generator(LATENT_S + LATENT_Z), Discriminator()
        self.networks = [self.encoder, self.generator, self.discriminator]
        self.optimizer, self.discriminators = adam(self.encoder, self.generator), adam(self.discriminator)

    def step(self, x, partner, second, labels):
        s, posterior = self.encoder(torch.cat([x, partner, second]))
        z = sample(*posterior)
        own, with_partner, swapped = self.generator(s, torch.cat([z, z, z])).chunk(3)
        loss = error(x, own) + 2 * error(x, with_partner) + 0.6 * kl(*posterior)
        loss = loss + 10 * cross_entropy(self.discriminator(swapped, labels), REAL)
        verdict = cross_entropy(self.discriminator(second, labels), REAL)
        verdict = verdict + cross_entropy(self.discriminator(swapped.detach(), labels), 0)

        self.optimizer.zero_grad()
        loss.backward()
        self.discriminators.zero_grad()  # what the model's loss left there
        verdict.backward()
        self.optimizer.step()
        self.discriminators.step()


def batch():
    """Images, their partners, others and the labels of these."""
    return *(torch.rand(BATCH, CHANNELS, SIZE, SIZE) * 2 - 1 for _ in range(3)), torch.randint(CLASSES, (BATCH,))
