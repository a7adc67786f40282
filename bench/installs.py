#!/usr/bin/env python3
"""Real installs through ClamProxy against the same without it: npm, pip, dotnet restore and apt, each from a local registry that is 20 ms away.

usage: bench/installs.py [--only npm,pip,nuget,apt] [--rounds N] [--latency MS] [--packages N] [--build FOLDER] [--set NAME=VALUE …] [--json]
Each round takes three turns of every client, each with nothing in its own cache: direct; cold, through a ClamProxy that was just started and stores
nothing yet; warm, the same again. Ratios are medians of the rounds' ratios. `upstream` counts what the registries sent: requests and MB.
`--build` is a published ClamProxy to measure in place of this one. Aims: warm at most 0.7 of direct;
cold at most 1.3 of direct and the scanner's own time.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import registries
from processes import end_in_order_on_signals
from stack import Proxy, Stack
from table import markdown_table

AIM_WARM, AIM_COLD = 0.7, 1.3
LONGEST = 900


class Client:
    """One package manager. `base` is where its registry is for this turn: the registry itself, or ClamProxy's route to it."""

    def run(self, folder, *command, **environment):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LONGEST, env={**os.environ, **environment})
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


class Npm(Client):
    def __init__(self, given):
        self.registry, self.roots = registries.npm(given.latency, given.packages)
        self.registries = [self.registry]
        self.environment = {"NPM_UPSTREAM": self.registry.base + "/"}
        self.direct, self.route = self.registry.base, "/npm"

    def install(self, folder, base):
        (folder / "package.json").write_text(json.dumps({"name": "app", "version": "1.0.0", "dependencies": {name: "1.0.0" for name in self.roots}}))
        self.run(folder, "npm", "install", f"--registry={base}/", f"--cache={folder}/cache", "--no-audit", "--no-fund", "--no-update-notifier",
                 "--ignore-scripts", "--loglevel=error", "--maxsockets=15")


class Pip(Client):
    def __init__(self, given):
        self.index, files, self.names = registries.pypi(given.latency, 30)
        self.registries = [self.index, files]
        self.environment = {"PYPI_UPSTREAM": self.index.base + "/", "PYPI_FILES_UPSTREAM": files.base + "/"}
        self.direct, self.route = self.index.base, "/pypi"

    def install(self, folder, base):
        self.run(folder, "python3", "-m", "pip", "install", "--quiet", "--no-cache-dir", "--disable-pip-version-check", "--no-compile",
                 "--root-user-action=ignore", f"--target={folder}/site", f"--index-url={base}/simple/", self.names[0], PIP_CONFIG_FILE="/dev/null")


class NuGet(Client):
    def __init__(self, given):
        self.registry, self.names = registries.nuget(given.latency, 40)
        self.registries = [self.registry]
        self.environment = {"NUGET_UPSTREAM": self.registry.base + "/"}
        self.direct, self.route = self.registry.base, "/nuget"

    def install(self, folder, base):
        (folder / "Directory.Build.props").write_text("<Project />")
        (folder / "app.csproj").write_text(
            '<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework><NuGetAudit>false</NuGetAudit></PropertyGroup>'
            f'<ItemGroup><PackageReference Include="{self.names[0]}" Version="1.0.0" /></ItemGroup></Project>')
        (folder / "NuGet.config").write_text(
            f'<configuration><packageSources><clear /><add key="bench" value="{base}/v3/index.json" allowInsecureConnections="true" />'
            "</packageSources></configuration>")
        self.run(folder, "dotnet", "restore", "--verbosity", "quiet", "-nodeReuse:false", NUGET_PACKAGES=f"{folder}/packages",
                 NUGET_HTTP_CACHE_PATH=f"{folder}/http", NUGET_PLUGINS_CACHE_PATH=f"{folder}/plugins")


class Apt(Client):
    def __init__(self, given):
        self.registry, self.names = registries.debian(given.latency, 60)
        self.registries = [self.registry]
        self.environment = {"DEBIAN_UPSTREAM": self.registry.base + "/"}
        self.direct, self.route = self.registry.base, "/debian"

    def install(self, folder, base):
        for name in ("lists/partial", "cache/archives/partial", "state", "files"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        (folder / "sources.list").write_text(f"deb [trusted=yes] {base}/ stable main\n")
        (folder / "apt.conf").write_text(
            f'Dir::Etc {{ Main "/dev/null"; Parts "/dev/null"; SourceList "{folder}/sources.list"; SourceParts "/dev/null"; Preferences "/dev/null";'
            f' PreferencesParts "/dev/null"; }}\nDir::State "{folder}/state"; Dir::State::Lists "{folder}/lists";\n'
            f'Dir::State::Status "{folder}/status"; Dir::Cache "{folder}/cache"; APT::Sandbox::User ""; Acquire::Languages "none";\n')
        configuration = {"APT_CONFIG": f"{folder}/apt.conf"}
        self.run(folder, "apt-get", "-qq", "update", **configuration)
        self.run(folder / "files", "apt-get", "-qq", "download", *self.names, **configuration)


CLIENTS = {"npm": Npm, "pip": Pip, "nuget": NuGet, "apt": Apt}


def timed(bench, client, base):
    """Seconds, and what the registries sent meanwhile: requests and bytes."""
    folder = bench.place("turn")
    for registry in client.registries:
        registry.take_counts()
    began = time.monotonic()
    client.install(folder, base)
    seconds = time.monotonic() - began
    shutil.rmtree(folder)
    counts = [registry.take_counts() for registry in client.registries]
    return seconds, sum(count for count, _ in counts), sum(sent for _, sent in counts)


def scanner_seconds(port):
    """How long this ClamProxy's scanners have worked in all."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("clamproxy_clamd_scan_duration_seconds_sum"))


def turn(bench, name, client, number, given):
    """One round of a client."""
    environment = {**client.environment, "PRESETS": "debian" if name == "apt" else "pypi" if name == "pip" else name,
                   "STORE_PATH": str(bench.place(f"{name}-{number}-store")), "STORE_SIZE": "8G", **dict(pair.split("=", 1) for pair in given.set)}
    proxy = Proxy(bench, f"{name}-{number}", environment, given.build)
    try:
        through = f"http://127.0.0.1:{proxy.port}{client.route}"
        direct = timed(bench, client, client.direct)
        cold = timed(bench, client, through)
        scanner = scanner_seconds(proxy.management_port)
        warm = timed(bench, client, through)
        return {"direct": direct, "cold": cold, "warm": warm, "scanner": scanner}
    finally:
        bench.end([proxy.process])
        shutil.rmtree(environment["STORE_PATH"])


def row(name, rounds):
    def median(pick):
        return statistics.median(pick(one) for one in rounds)

    def told(kind):
        return f"{median(lambda one: one[kind][1]):.0f} / {median(lambda one: one[kind][2]) / 1e6:.1f}"

    warm = median(lambda one: one["warm"][0] / one["direct"][0])
    cold = median(lambda one: (one["cold"][0] - one["scanner"]) / one["direct"][0])
    cells = [name, *(f"{median(lambda one: one[kind][0]):.2f}" for kind in ("direct", "cold", "warm")), f"{median(lambda one: one['scanner']):.2f}",
             f"{cold:.2f}", f"{warm:.2f}", told("direct"), told("cold"), told("warm")]
    return cells, warm <= AIM_WARM and cold <= AIM_COLD


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(CLIENTS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--latency", type=float, default=20, help="milliseconds before each answer of a registry")
    parser.add_argument("--packages", type=int, default=547, help="of npm")
    parser.add_argument("--build", type=Path)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    given.latency /= 1000
    unknown = [name for name in given.only.split(",") if name not in CLIENTS]
    if unknown:
        parser.error(f"no such client: {', '.join(unknown)}; there are {', '.join(CLIENTS)}")
    end_in_order_on_signals()
    results = {}
    with Stack(has_proxy=False) as bench:
        for name in given.only.split(","):
            client = CLIENTS[name](given)
            results[name] = [turn(bench, name, client, number, given) for number in range(given.rounds)]
            for registry in client.registries:
                registry.close()
    if given.json:
        print(json.dumps(results))
        return
    rows = [row(name, rounds) for name, rounds in results.items()]
    print(markdown_table(
        ["client", "direct, s", "cold, s", "warm, s", "scanner, s", "(cold - scanner) / direct", "warm / direct",
         "upstream direct, requests / MB", "upstream cold", "upstream warm"], [cells for cells, _ in rows]))
    sys.exit(0 if all(is_met for _, is_met in rows) else 1)


if __name__ == "__main__":
    main()
