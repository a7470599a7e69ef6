#!/usr/bin/python3
"""Times training steps of Refract beside plain PyTorch, alternating between the two, and prints one table (`make bench`).

Machines are shared: only ratios of one run mean something. Each figure is the median over rounds.
"""

import argparse
import csv
import datetime
import os
import shutil
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Of a step: unlabelled ones, and as many of the reference set, labelled, drawn anew or partners; 36 where it is not said.
IMAGES = {"factorvae": 72, "lrlivae": 144, "mathieu": 72, "mathieupairs": 108, "rbvae": 72, "srbvae": 72, "partedvae": 128}
PEERS = ("vae", "rbvae", "srbvae", "partedvae", "mathieupairs", "lrlivae")  # what benchmarks/peers has


class Ended(SystemExit):
    """A program that was to be timed ended."""


class Server:
    """A program that answers lines on its standard input."""

    def __init__(self, command, environment=None):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env={**os.environ, **(environment or {})}
        )
        self.ready = False

    def wait(self):
        self.ready = self.ready or self.process.stdout.readline().strip() == "ready"
        if not self.ready:
            raise Ended(f"benchmarks/run.py: {' '.join(self.process.args)} did not start; what it wrote stands above.")

    def ask(self, request):
        self.wait()
        self.process.stdin.write(request + "\n")
        answer = self.process.stdout.readline()
        if not answer:
            raise Ended(f"benchmarks/run.py: '{' '.join(self.process.args)}' ended while it was asked for '{request}'.")
        return [float(x) for x in answer.split()]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def has_torch(device):
    check = "import torch" + ("; assert torch.cuda.is_available()" if device == "cuda" else "")
    return subprocess.run([sys.executable, "-c", check], stderr=subprocess.DEVNULL, check=False).returncode == 0


def peer_command(*arguments):
    return [sys.executable, os.path.join(HERE, "peers", "eager.py"), *arguments]


def time_method(name, options, environment):
    """Medians over rounds, each round once with every program, and the best of this machine's peaks met on the way."""
    ours = [options.program, str(options.threads), options.device]
    servers = {"ours": Server(ours)}
    if options.device != "cpu":
        servers["not captured"] = Server([*ours, "plain"])
    if options.peer and name in PEERS:
        where = ["--threads", str(options.threads), "--device", options.device]
        servers["peer"] = Server(peer_command(*where), environment)
        servers["peer, channels last"] = Server(peer_command("--channels-last", *where), environment)
    seconds, memory, peaks = {key: [] for key in servers}, {}, []
    for server in servers.values():
        server.ask(f"{name} {1 if options.device == 'cpu' else 20}")  # warms up
    for done in range(options.rounds):
        print(f"{name}: round {done + 1} of {options.rounds}", file=sys.stderr)
        for key, server in servers.items():
            spent, memory[key] = server.ask(f"{name} {options.steps}")
            seconds[key].append(spent / options.steps)
        if options.device == "cpu":
            peaks.append(processor_peak(servers["ours"]))
    for server in servers.values():
        server.close()
    medians = {key: statistics.median(values) for key, values in seconds.items()}
    return medians, memory, max(peaks, default=None)


def compare(name, options):
    """Times a step of two builds in turn, the one that begins changes every round; the ratio is the median over rounds."""
    servers = [Server([program, str(options.threads), options.device]) for program in (options.program, options.against)]
    for server in servers:
        server.ask(f"{name} {1 if options.device == 'cpu' else 20}")  # warms up
    seconds = [[], []]
    for done in range(options.rounds):
        for which in (0, 1) if done % 2 == 0 else (1, 0):
            seconds[which].append(servers[which].ask(f"{name} {options.steps}")[0] / options.steps)
    for server in servers:
        server.close()
    ratios = sorted(ours / other for ours, other in zip(*seconds))
    low, middle, high = (statistics.quantiles(ratios, n=4) if len(ratios) > 1 else 3 * ratios)
    ours, other = (1e3 * statistics.median(of) for of in seconds)
    print(f"{name:16}{ours:10.1f}{other:10.1f}{middle:8.3f}{low:8.3f}{high:8.3f}", flush=True)


def processor_peak(server):
    fma, gemm = server.ask("machine 1")
    if not 0.8 < fma / gemm < 2:
        print(f"Doubtful: {fma:.0f} GFLOP/s of multiply-adds beside {gemm:.0f} of a matrix product.", file=sys.stderr)
    return fma


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the program built from benchmarks/step_time.cpp")
    parser.add_argument("--methods", default=",".join(PEERS))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--steps", type=int, default=3, help="steps a round")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--device", default="cpu", choices=("cpu", "cuda"), help="where steps run; cuda wants more --steps")
    parser.add_argument("--history", help="a CSV file to which the figures are appended")
    parser.add_argument("--against", metavar="PROGRAM", help="the same program of another build, instead of PyTorch: what a change costs")
    options = parser.parse_args()
    if options.against:
        print(f"{processor()}, {options.threads} threads; the last three columns are the ratio of the two, its median and quartiles")
        print(f"{'':16}{'ms a step':>10}{'other ms':>10}{'ratio':>8}{'lower':>8}{'upper':>8}")
        for name in options.methods.split(","):
            compare(name, options)
        return
    options.peer = has_torch(options.device)
    options.commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False, cwd=HERE
    ).stdout.strip()  # before the history changes
    if not options.peer:
        print("No PyTorch for Python here (Debian: python3-torch): only Refract is timed, and operations are not counted.")

    server = Server([options.program, str(options.threads)])
    server.wait()
    environment = chosen_environment(server.process.pid) | {"OMP_NUM_THREADS": str(options.threads)}
    loader = min(server.ask("loader 20")[0] / 20 for _ in range(options.rounds))
    server.close()
    if options.device == "cpu":
        table(options, environment)
        failed = []
    else:
        failed = table_on_gpu(options, environment)
    print(f"Rendering a batch of {images('rbvae')} digit-style images of 64x64 takes {1e3 * loader:.1f} ms of one core, while a step goes on.")
    if failed:
        sys.exit(f"benchmarks/run.py: these ended before they were timed; what they wrote stands above: {', '.join(failed)}.")


def table(options, environment):
    measured = {name: time_method(name, options, environment) for name in options.methods.split(",")}
    peak = max(found[2] for found in measured.values())
    print(f"{processor()}, {options.threads} threads, {peak:.0f} GFLOP/s of multiply-adds at best in this run")
    print(f"{'':13}{'ms a step':>10}{'images/s':>10}{'GFLOP/s':>9}{'of peak':>9}{'MiB':>7}{'PyTorch ms':>12}{'MiB':>7}{'ratio':>7}")
    for name, (medians, memory, _) in measured.items():
        report(name, medians, memory, peak, options)


def table_on_gpu(options, environment):
    """One method after another, also where one fails: what a GPU refuses, it refuses in one of them. Returns those."""
    print(f"{gpu()}, {processor()}, {options.threads} threads")
    print(f"{'':16}{'ms a step':>10}{'images/s':>10}{'GFLOP/s':>9}{'not captured':>14}{'ratio':>7}{'PyTorch ms':>12}{'ratio':>7}")
    failed = []
    for name in options.methods.split(","):
        try:
            report_on_gpu(name, time_method(name, options, environment)[0], options)
        except Ended as ended:
            print(ended, file=sys.stderr)
            failed.append(name)
    return failed


def chosen_environment(pid):
    """What Refract chose for OpenBLAS and ATen, so that the peer has it too."""
    variables = {}
    with open(f"/proc/{pid}/environ", encoding="utf-8") as file:
        for entry in file.read().split("\0"):
            key, _, value = entry.partition("=")
            if key in ("OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "GOMP_SPINCOUNT"):
                variables[key] = value
    return variables


def images(name):
    return IMAGES.get(name, 36)


def gflops(name, seconds):
    operations = float(subprocess.check_output(peer_command("--operations", name), text=True))
    return operations / seconds * 1e-9


def report_on_gpu(name, medians, options):
    """As report(); what memory counts there is not the host's, and is not asked for."""
    ours, plain = medians.pop("ours"), medians.pop("not captured")
    record = {"method": f"{name} on {options.device}", "threads": options.threads, "ms": round(1e3 * ours, 3)}
    rate = gflops(name, ours) if medians else 0
    row = f"{name:16}{1e3 * ours:10.3f}{images(name) / ours:10.0f}" + (f"{rate:9.0f}" if medians else f"{'':9}")
    row += f"{1e3 * plain:14.3f}{plain / ours:7.2f}"
    if medians:
        best = min(medians.values())
        row += f"{1e3 * best:12.3f}{best / ours:7.2f}"
        record |= {"gflops": round(rate), "peer_ms": round(1e3 * best, 3), "ratio": round(best / ours, 2)}
    print(row, flush=True)
    if options.history:
        append(options.history, record | {"commit": options.commit, "machine": gpu()})


def report(name, medians, memory, peak, options):
    ours = medians.pop("ours")
    row = f"{name:13}{1e3 * ours:10.0f}{images(name) / ours:10.0f}"
    record = {"method": name, "threads": options.threads, "ms": round(1e3 * ours, 1), "mib": round(memory["ours"] / 1024)}
    if medians:
        best = min(medians, key=medians.get)
        rate = gflops(name, ours)
        row += f"{rate:9.0f}{100 * rate / peak:8.0f}%{memory['ours'] / 1024:7.0f}"
        row += f"{1e3 * medians[best]:12.0f}{memory[best] / 1024:7.0f}{medians[best] / ours:7.2f}"
        record |= {"gflops": round(rate), "peer_ms": round(1e3 * medians[best], 1), "peer_mib": round(memory[best] / 1024)}
        record |= {"ratio": round(medians[best] / ours, 2)}
    print(row, flush=True)
    if options.history:
        append(options.history, record | {"fma_gflops": round(peak), "commit": options.commit})


FIELDS = ["date", "commit", "machine", "threads", "fma_gflops", "method", "ms", "mib", "gflops", "peer_ms", "peer_mib", "ratio"]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")


def gpu():
    if not shutil.which("nvidia-smi"):
        return "an unknown GPU"
    query = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    return subprocess.check_output(query, text=True).split("\n")[0]


def append(path, record):
    new = not os.path.exists(path)
    record = {"date": datetime.date.today().isoformat(), "machine": processor()} | record
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        if new:
            writer.writeheader()
        writer.writerow(record)


if __name__ == "__main__":
    main()
