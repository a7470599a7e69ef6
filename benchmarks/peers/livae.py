"""The training step of lrlivae in plain PyTorch, as one would write it from Algorithm 1 of Zheng and Sun 2019.

Encoders and generator each get the gradients of their own losses from one graph. The discriminator judges all that was made in one
pass for each side.
"""

import torch
from networks import BATCH, CHANNELS, FEATURES, SIZE, SLOPE, WIDTHS, Generator, Trunk, adam, kl, sample
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

CLASSES, LATENT_S, LATENT_U, STEPS_GM, HIDDEN = 10, 100, 200, 3, 256


class Encoder(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.trunk, self.head = Trunk(), nn.Linear(FEATURES, outputs)

    def forward(self, x):
        return self.head(self.trunk(x))


class Classes(nn.Module):
    def __init__(self):
        super().__init__()
        self.means = nn.Parameter(torch.randn(CLASSES, LATENT_S))
        self.spreads = nn.Parameter(torch.zeros(CLASSES, LATENT_S))

    def log_variances(self):
        return 4 * torch.tanh(self.spreads / 4)

    def log_posterior(self, z):
        precision = (-self.log_variances()).exp()
        constant = (self.means.square() * precision + self.log_variances()).sum(1)
        distances = z.square() @ precision.t() - 2 * z @ (self.means * precision).t() + constant
        return F.log_softmax(-0.5 * distances, 1)

    def negative_log_likelihood(self, z, labels):
        log_variance = self.log_variances()[labels]
        squares = (z - self.means[labels]).square() * (-log_variance).exp()
        return 0.5 * (squares + log_variance + 1.8378770664093453).sum(1).mean()

    def draw(self, labels):
        return sample(self.means[labels], self.log_variances()[labels])


class Discriminator(nn.Module):
    def __init__(self):
        super().__init__()
        layers, inputs = [], CHANNELS
        for outputs in WIDTHS:
            layers += [spectral_norm(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1)), nn.LeakyReLU(0.1)]
            inputs = outputs
        self.layers = nn.Sequential(*layers)
        self.head = spectral_norm(nn.Linear(inputs, 1))
        self.labels = spectral_norm(nn.Linear(inputs, CLASSES, bias=False))

    def forward(self, x, labels):
        phi = self.layers(x).sum((2, 3))
        return self.head(phi).squeeze(1) + self.labels(phi).gather(1, labels[:, None]).squeeze(1)


def move(optimizer, loss, retain=False):
    """One step of the optimizer's own parameters on the loss, whose gradients reach no others."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters, retain_graph=retain)):
        parameter.grad = gradient
    return optimizer


class LrLivae:
    def __init__(self):
        self.encoder_s, self.encoder_u, self.classes = Encoder(LATENT_S), Encoder(2 * LATENT_U), Classes()
        self.generator, self.discriminator = Generator(LATENT_S + LATENT_U), Discriminator()
        self.classifier = nn.Sequential(nn.Linear(LATENT_U, HIDDEN), nn.LeakyReLU(SLOPE), nn.Linear(HIDDEN, CLASSES))
        self.networks = [self.encoder_s, self.encoder_u, self.generator, self.discriminator, self.classifier]
        self.supervised = adam(self.encoder_s, self.classes)
        self.encoders, self.generators = adam(self.encoder_s, self.encoder_u), adam(self.generator)
        self.classifiers, self.discriminators = adam(self.classifier), adam(self.discriminator)

    def step(self, x, labels, seconds, second_labels):
        for second, its in zip(seconds.split(BATCH), second_labels.split(BATCH)):
            z_s = self.encoder_s(second)
            loss = F.nll_loss(self.classes.log_posterior(z_s), its) + 0.1 * self.classes.negative_log_likelihood(z_s, its)
            move(self.supervised, loss).step()

        z_s = self.encoder_s(x)
        mean, raw = self.encoder_u(x).chunk(2, 1)
        log_variance = 8 * torch.tanh(raw / 8)
        z_u = sample(mean, log_variance)
        made = self.generator(z_s, z_u)
        drawn_labels = torch.randint_like(labels, CLASSES)
        with torch.no_grad():
            prior_s = self.classes.draw(drawn_labels)
        drawn = self.generator(prior_s, torch.randn_like(z_u))
        error = 10 * 0.5 * F.mse_loss(made, x)
        log_q = F.log_softmax(self.classifier(z_u), 1)
        encoding = error + 0.1 * self.classes.negative_log_likelihood(z_s, labels) + kl(mean, log_variance) / LATENT_U
        encoding = encoding - log_q.mean(1).mean()

        generated, its_labels = torch.cat([made, drawn]), torch.cat([labels, drawn_labels])
        generating = error + 2 * F.softplus(-self.discriminator(generated, its_labels)).mean()
        judged = self.discriminator(torch.cat([x, generated.detach()]), torch.cat([labels, its_labels]))
        judging = F.softplus(-judged[:BATCH]).mean() + 2 * F.softplus(judged[BATCH:]).mean()

        moved = [move(self.encoders, encoding, True), move(self.classifiers, F.nll_loss(log_q, labels), True)]
        moved += [move(self.generators, generating), move(self.discriminators, judging)]
        for optimizer in moved:  # all gradients are those of the same weights
            optimizer.step()


def batch():
    """Images and labels, and as many batches more as the first stage takes."""
    images = [torch.rand(count * BATCH, CHANNELS, SIZE, SIZE) * 2 - 1 for count in (1, STEPS_GM)]
    return images[0], torch.randint(CLASSES, (BATCH,)), images[1], torch.randint(CLASSES, (STEPS_GM * BATCH,))
