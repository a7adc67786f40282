#!/usr/bin/env python3
"""What an idle ClamProxy takes, and its first requests: memory, the computing time of a start, and how long the first answers take.

usage: bench/idle.py [--rounds N] [--set VARIABLE=VALUE …] [NAME=FOLDER …]
FOLDER has a published ClamProxy; several take turns. Without one, what `dotnet publish` makes of this tree is measured.
--set gives all of them an environment variable; --set NAME:VARIABLE=VALUE gives it to that one alone.
Medians over the rounds. CPU is user + system; the wall time of a first request says little on a busy machine. RSS counts pages
of files that other processes share, PSS each page by its share (root only; 0 where it may not be read).
"""
import argparse
import statistics
import time

from pathlib import Path
from processes import cpu_seconds, end_in_order_on_signals, memory
from stack import Proxy, Stack, published

SETTLED_AFTER = 2
COLUMNS = [("RSS", "MiB"), ("anonymous", "MiB"), ("files", "MiB"), ("PSS", "MiB"), ("start CPU", "ms"), ("ready after", "ms"),
           ("first request", "ms"), ("its CPU", "ms"), ("second", "ms"), ("third", "ms"), ("RSS behind", "MiB"), ("whole CPU", "ms")]


def proportional(pid):
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def measure(stack, name, build, environment, file):
    """One process from its start to its end: a value for each column."""
    begin = time.monotonic()
    proxy = Proxy(stack, name, environment, build)
    ready = time.monotonic() - begin
    pid = proxy.process.pid
    time.sleep(SETTLED_AFTER)
    start = cpu_seconds(pid)
    row = [memory(pid, "VmRSS"), memory(pid, "RssAnon"), memory(pid, "RssFile"), proportional(pid), start * 1000, ready * 1000]
    stack.proxy = proxy
    times = []
    for _ in range(3):
        begin = time.monotonic()
        stack.from_proxy(file, "/dev/null")
        times.append((time.monotonic() - begin) * 1000)
        if len(times) == 1:
            computed = (cpu_seconds(pid) - start) * 1000
    row += [times[0], computed, *times[1:], memory(pid, "VmRSS")]
    whole = cpu_seconds(pid)
    stack.end([proxy.process])
    return row + [whole * 1000]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("builds", nargs="*", metavar="NAME=FOLDER")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--set", action="append", default=[], metavar="[NAME:]VARIABLE=VALUE")
    given = parser.parse_args()
    end_in_order_on_signals()
    with Stack(has_proxy=False) as stack:
        builds = {name: Path(folder) for name, folder in (b.split("=", 1) for b in given.builds)} or {"clamproxy": published(stack)}
        stack.write_file("file", 64 << 10)
        rows = {name: [] for name in builds}
        for number in range(given.rounds):
            for name, build in builds.items():
                own = [s.split(":", 1)[1] if s.startswith(name + ":") else s for s in given.set
                       if s.startswith(name + ":") or ":" not in s.split("=", 1)[0]]
                environment = {"STOP_DELAY": "0", **dict(s.split("=", 1) for s in own)}
                rows[name].append(measure(stack, f"{name}-{number}", build, environment, "file"))
    print("| | " + " | ".join(f"{column}, {unit}" for column, unit in COLUMNS) + " |\n|" + " --- |" * (len(COLUMNS) + 1))
    for name, measured in rows.items():
        print(f"| {name} | " + " | ".join(f"{statistics.median(column):.0f}" for column in zip(*measured)) + " |")


if __name__ == "__main__":
    main()
