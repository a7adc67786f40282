#!/usr/bin/env python3
"""How long a new 64-KiB file takes while eight 10-MiB wheels are being scanned, against the same on an idle scanner. Aim: a p99 under 10 times the idle one.

usage: bench/small_beside_wheels.py [--database small|large|FOLDER] [--seconds N] [--clients N]
Wheels are asked for by eight clients, one after another; the small files by further ones, all of them contents that were never seen.
"""
import argparse
import sys

from arena import Arena
from cell import SIZES
from processes import end_in_order_on_signals
from proxies import ClamProxy
from table import markdown_table
from wheels import write_wheel

WHEELS = 8
AIM = 10


def small_files(arena, proxy, given):
    return arena.load(proxy, "64K", given.clients, given.seconds, least=20, fresh="c")


def beside_wheels(arena, proxy, given):
    """The same while wheels are scanned all the time; begins when the last of the eight is on its way."""
    wheels = arena.spawn("wheels", arena.load_arguments(proxy, "wheel", WHEELS, ["-s", 36000], fresh="t"))
    asked = arena.upstream_requests()
    arena.wait_until(lambda: arena.upstream_requests() >= asked + WHEELS, "wheels", wheels)
    result = small_files(arena, proxy, given)
    if wheels.poll() is not None:
        raise SystemExit("the wheels' clients ended too early")
    arena.end([wheels])
    return result


def row(label, result):
    times = [f"{result[value]:,.2f}" for value in ("total50", "total99")]
    return [label, str(result["requests"]), *times, str(sum(result[fault] for fault in ("failed", "refused", "wrong")))]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="small", help="small (EICAR), large (generated, as big as the official one) or a DatabaseDirectory of clamd")
    parser.add_argument("--seconds", type=float, default=30, help="of each of the two measurements")
    parser.add_argument("--clients", type=int, default=1, help="that ask for small files")
    given = parser.parse_args()
    end_in_order_on_signals()
    with Arena(given.database) as arena:
        arena.begin("cold")
        arena.write_file("64K", SIZES["64K"])
        write_wheel(arena.files / "wheel", SIZES["10M"])
        proxy = ClamProxy()
        if reason := arena.start(proxy):
            raise SystemExit(reason)
        arena.load(proxy, "64K", 8, least=3000, most=3000, fresh="c")
        idle = small_files(arena, proxy, given)
        busy = beside_wheels(arena, proxy, given)
    ratio = busy["total99"] / idle["total99"] if idle["total99"] else float("inf")
    print(markdown_table(["64 KiB, new", "requests", "p50 ms", "p99 ms", "faults"], [row("idle", idle), row(f"beside {WHEELS} wheels", busy)]))
    print(f"\np99 beside wheels: {ratio:.1f} times the idle one (aim: under {AIM}); p50: {busy['total50'] / idle['total50']:.1f} times")
    sys.exit(0 if ratio < AIM else 1)


if __name__ == "__main__":
    main()
