#!/usr/bin/python3
"""The training steps of VAE, Rb-VAE and sRb-VAE in plain PyTorch, as one would write them from the paper; parted.py has PartedVAE's,
pairs.py that of mathieupairs, livae.py that of lrlivae.

Same networks, batch, threads and BLAS as benchmarks/step_time.cpp, and the same protocol: `METHOD STEPS` on standard input
runs so many steps and prints their seconds. With --operations METHOD it prints the floating-point operations of a step.
"""

import argparse
import contextlib
import resource
import sys
import time

import livae
import pairs
import parted
import torch
from networks import BATCH, CHANNELS, FEATURES, LATENTS, SIZE, SLOPE, Encoder, Generator, Trunk, adam, error, kl, sample
from torch import nn
from torch.nn import functional as F


class Discriminator(nn.Module):
    def __init__(self, codes, features=128, dropout=0.25):
        super().__init__()
        self.trunk, self.dropout = Trunk(), dropout
        self.image = nn.Linear(FEATURES, features)
        self.codes = nn.ModuleList(nn.Linear(LATENTS, features // 2) for _ in range(codes))
        self.joint = nn.Linear(features + codes * (features // 2), features)
        self.head = nn.Linear(features, 1)

    def forward(self, x, *codes):
        groups = [self.image(self.trunk(x))] + [layer(code) for layer, code in zip(self.codes, codes)]
        groups = [F.leaky_relu(g, SLOPE) * (torch.rand(len(g), 1, device=g.device) >= self.dropout) for g in groups]
        return self.head(F.leaky_relu(self.joint(torch.cat(groups, 1)), SLOPE)).squeeze(1)


def log_prob(code, mean, log_variance):
    return -0.5 * ((code - mean).square() / log_variance.exp() + log_variance + 1.8378770664093453).sum(1)


class Vae:
    def __init__(self):
        self.encoder, self.generator = Encoder(), Generator(LATENTS)
        self.networks = [self.encoder, self.generator]
        self.optimizer = adam(*self.networks)

    def step(self, x):
        posterior = self.encoder(x)
        loss = error(x, self.generator(sample(*posterior))) + kl(*posterior)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


class RbVae:
    def __init__(self):
        self.encoder_e, self.encoder_z, self.generator = Encoder(), Encoder(), Generator(2 * LATENTS)
        self.reference = nn.Parameter(torch.zeros(1, LATENTS))
        self.networks = [self.encoder_e, self.encoder_z, self.generator]
        self.optimizer = adam(*self.networks, extra=[self.reference])

    def neutral(self, count):
        return self.reference.expand(count, -1)

    def bound(self, x, x_r):
        e, z, z_r = self.encoder_e(x), self.encoder_z(x), self.encoder_z(x_r)
        codes = sample(*e), sample(*z), sample(*z_r)
        loss = error(x, self.generator(codes[1], codes[0])) + error(x_r, self.generator(codes[2], self.neutral(len(x_r))))
        return loss + kl(*e) + kl(*z) + kl(*z_r), codes

    def step(self, x, x_r):
        loss, _ = self.bound(x, x_r)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()


class SrbVae(RbVae):
    def __init__(self):
        super().__init__()
        self.ratio, self.ratio_reference = Discriminator(2), Discriminator(1)
        self.networks += [self.ratio, self.ratio_reference]
        self.discriminators = adam(self.ratio, self.ratio_reference)

    def step(self, x, x_r):
        loss, (e, z, z_r) = self.bound(x, x_r)
        prior_e, prior_z, prior_z_r = torch.randn_like(e), torch.randn_like(z), torch.randn_like(z_r)
        drawn, drawn_r = self.generator(prior_z, prior_e), self.generator(prior_z_r, self.neutral(len(x_r)))
        loss = loss - log_prob(prior_e, *self.encoder_e(drawn)).mean() - log_prob(prior_z, *self.encoder_z(drawn)).mean()
        loss = loss - log_prob(prior_z_r, *self.encoder_z(drawn_r)).mean()
        symmetric = self.ratio(x, z, e).mean() - self.ratio(drawn, prior_z, prior_e).mean()
        symmetric = symmetric + self.ratio_reference(x_r, z_r).mean() - self.ratio_reference(drawn_r, prior_z_r).mean()
        loss = loss + 10 * symmetric

        # Simultaneous, as in Algorithm 1: both losses at the present weights.
        encoded, encoded_r = self.ratio(x, z.detach(), e.detach()), self.ratio_reference(x_r, z_r.detach())
        generated = self.ratio(drawn.detach(), prior_z, prior_e)
        generated_r = self.ratio_reference(drawn_r.detach(), prior_z_r)
        classification = F.softplus(-encoded).mean() + F.softplus(generated).mean()
        classification = classification + F.softplus(-encoded_r).mean() + F.softplus(generated_r).mean()

        self.optimizer.zero_grad()
        loss.backward()
        self.discriminators.zero_grad()  # what the model's loss left there
        classification.backward()
        self.optimizer.step()
        self.discriminators.step()


def unlabelled():
    return [torch.rand(BATCH, CHANNELS, SIZE, SIZE) * 2 - 1]


def with_reference():
    return unlabelled() + unlabelled()


# What takes the steps, and what makes a batch for it.
METHODS = {
    "vae": (Vae, unlabelled),
    "rbvae": (RbVae, with_reference),
    "srbvae": (SrbVae, with_reference),
    "partedvae": (parted.PartedVae, parted.batch),
    "mathieupairs": (pairs.MathieuPairs, pairs.batch),
    "lrlivae": (livae.LrLivae, livae.batch),
}


def operations(name):
    """Operations of convolutions and linear layers in one plain step: forward, and backward where gradients are needed."""
    make, draw = METHODS[name]
    method, total = make(), 0

    def count(module, inputs, output):
        nonlocal total
        pixels = inputs[0] if isinstance(module, nn.ConvTranspose2d) else output  # each meets a whole filter
        flops = 2 * pixels.numel() * module.weight[0].numel()
        total += flops
        if output.requires_grad:
            output.register_hook(lambda _, again=flops * (1 + inputs[0].requires_grad): add(again))

    def add(flops):
        nonlocal total
        total += flops

    for network in method.networks:
        for module in network.modules():
            if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
                module.register_forward_hook(count)
    method.step(*draw())
    return total


def in_channels_last(batch):
    return [x.contiguous(memory_format=torch.channels_last) if x.dim() == 4 else x for x in batch]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", choices=METHODS)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"))
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    if options.device != "cpu":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.benchmark = True  # as Refract does
    if options.operations:
        print(operations(options.operations))
        return
    made, examples = {}, None
    where = torch.device(options.device) if options.device != "cpu" else contextlib.nullcontext()  # as a default it costs every call
    print("ready", flush=True)
    for line in sys.stdin:
        name, steps = line.split()
        if name not in made:
            make, draw = METHODS[name]
            with where:
                made, examples = {name: make()}, draw()
            if options.channels_last:
                examples = in_channels_last(examples)
                for network in made[name].networks:
                    network.to(memory_format=torch.channels_last)
        start = time.monotonic()
        for _ in range(int(steps)):
            made[name].step(*examples)
        if options.device != "cpu":
            torch.cuda.synchronize()
        print(time.monotonic() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, flush=True)


if __name__ == "__main__":
    main()
