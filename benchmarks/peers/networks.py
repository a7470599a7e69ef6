"""Networks and terms that the peers of Ruiz et al. 2019 and of Mathieu et al. 2016 share, in plain PyTorch."""

import torch
from torch import nn

SIZE, CHANNELS, BATCH, LATENTS, WIDTHS = 64, 3, 36, 32, (16, 32, 64, 128)
SLOPE = 0.2


class PixelNorm(nn.Module):
    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(1, keepdim=True) + 1e-8)


def block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.LeakyReLU(SLOPE), PixelNorm()]


class Trunk(nn.Sequential):
    def __init__(self):
        layers, inputs = [], CHANNELS
        for outputs in WIDTHS:
            layers += block(inputs, outputs) + [nn.AvgPool2d(2)]
            inputs = outputs
        super().__init__(*layers, *block(inputs, inputs), nn.Flatten())


FEATURES = WIDTHS[-1] * (SIZE >> len(WIDTHS)) ** 2


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.head = Trunk(), nn.Linear(FEATURES, 2 * LATENTS)

    def forward(self, x):
        mean, raw = self.head(self.trunk(x)).chunk(2, 1)
        return mean, 8 * torch.tanh(raw / 8)


class Generator(nn.Module):
    def __init__(self, latents):
        super().__init__()
        self.entry = nn.Linear(latents, FEATURES)
        layers, inputs = [nn.LeakyReLU(SLOPE), PixelNorm()], WIDTHS[-1]
        for outputs in reversed(WIDTHS):
            layers += [nn.Upsample(scale_factor=2)] + block(inputs, outputs)
            inputs = outputs
        self.layers = nn.Sequential(*layers, nn.Conv2d(inputs, CHANNELS, 3, padding=1))

    def forward(self, *codes):
        coarsest = SIZE >> len(WIDTHS)
        return self.layers(self.entry(torch.cat(codes, 1)).view(-1, WIDTHS[-1], coarsest, coarsest))


def sample(mean, log_variance):
    return mean + torch.randn_like(mean) * (log_variance / 2).exp()


def kl(mean, log_variance):
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean()


def error(x, mean):
    return (x - mean).abs().sum((1, 2, 3)).mean()


def adam(*modules, extra=()):
    parameters = [p for module in modules for p in module.parameters()] + list(extra)
    return torch.optim.Adam(parameters, lr=1e-4, betas=(0.5, 0.99))
