#!/usr/bin/env python3
"""Cold time through ClamProxy against the floor "plain download, then FILDES scan of the same file", pair by pair in one run.

usage: bench/overhead.py [--database small|large|FOLDER] [--pairs N]
Prints a table: the medians and the median of the pairs' ratios (1.00 is the floor; aim: 1.05).
"""
import argparse
import statistics
import time

from processes import end_in_order_on_signals
from stack import Stack, scan_descriptor

SIZES = [("64 KiB", 64 << 10, 100), ("1 MiB", 1 << 20, 50), ("10 MiB", 10 << 20, 16), ("100 MiB", 100 << 20, 5)]


def timed(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def floor(stack, name, into):
    stack.from_origin(name, into)
    reply = scan_descriptor(stack.clamd_socket, into)
    if not reply.endswith(b": OK"):
        raise SystemExit(f"clamd: {reply}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="small", help="small (EICAR), large (generated, as big as the official one) or a DatabaseDirectory of clamd")
    parser.add_argument("--pairs", type=float, default=1.0, help="multiplies the number of pairs")
    arguments = parser.parse_args()
    end_in_order_on_signals()
    with Stack(arguments.database) as stack:
        # The just-in-time compiler takes some thousand requests to settle.
        stack.write_file("warm", 64 << 10)
        for _ in range(3000):
            stack.from_proxy("warm", "/dev/null")
        print("| file | pairs | floor, median | ClamProxy, median | ratio, median | ratio, middle half |")
        print("| --- | --- | --- | --- | --- | --- |")
        for label, size, pairs in SIZES:
            pairs = max(3, round(pairs * arguments.pairs))
            into = stack.folder / "received"
            rows = []
            for i in range(-3, pairs):
                name = f"{size}-{i}"
                path = stack.write_file(name, size)
                ways = [lambda: floor(stack, name, into), lambda: stack.from_proxy(name, into)]
                first = i % 2
                times = [0.0, 0.0]
                times[first] = timed(ways[first])
                times[1 - first] = timed(ways[1 - first])
                if into.stat().st_size != size:
                    raise SystemExit("a body of the wrong length")
                path.unlink()
                if i >= 0:
                    rows.append(times)
            ratios = sorted(proxy / plain for plain, proxy in rows)
            print(
                f"| {label} | {pairs} | {statistics.median(r[0] for r in rows) * 1000:.2f} ms | {statistics.median(r[1] for r in rows) * 1000:.2f} ms "
                f"| {statistics.median(ratios):.3f} | {ratios[len(ratios) // 4]:.3f}-{ratios[-1 - len(ratios) // 4]:.3f} |", flush=True)


if __name__ == "__main__":
    main()
