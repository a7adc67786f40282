#!/usr/bin/env python3
"""The same work side by side in one run: nginx in several forms, squid + c-icap, e2guardian, a plain stand-in, and ClamProxy in its forms.

Work: cold (every request is a content that was never seen), verdict (known to be clean, but fetched from upstream), store (kept, upstream not asked).
Prints tables in Markdown; with --output FILE.md also writes FILE.md, FILE.svg (the plot) and FILE.json (every round).
"""
import argparse
import os
import sys
import time
from pathlib import Path

import report
from cell import Cell, SIZES
from processes import end_in_order_on_signals, raise_file_limit
from proxies import PROXIES
from rivals import RIVALS
from arena import GIGABIT, Arena

WORKS = ("cold", "verdict", "store")
COMPETITORS = RIVALS + PROXIES
WARM_UP = "warm-up"


def arguments_of(words):
    def listed(kind):
        return lambda text: [kind(word) for word in text.split(",")]

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=listed(str), default=list(WORKS), help="cold,verdict,store")
    parser.add_argument("--only", type=listed(str), help="these competitors: " + ",".join(c.key for c in COMPETITORS))
    parser.add_argument("--sizes", type=listed(str), help=",".join(SIZES))
    parser.add_argument("--clients", type=listed(int), help="clients at once; default 1,8,32")
    parser.add_argument("--rounds", type=int, help="each measures every competitor once; default 3")
    parser.add_argument("--seconds", type=float, help="of one competitor in one round; default 3")
    parser.add_argument("--database", default="small", help="small (EICAR), large (generated, as big as the official one) or a DatabaseDirectory of clamd")
    parser.add_argument("--quick", action="store_true", help="64K and 1M, 1 and 32 clients, one round of half a second: is everything in order?")
    parser.add_argument("--slow", action="store_true", help="cold 100M files with 32 clients too, which take minutes a competitor")
    parser.add_argument("--output", type=Path, help="FILE.md; FILE.svg and FILE.json come beside it")
    given = parser.parse_args(words)
    defaults = (["64K", "1M"], [1, 32], 1, 0.5) if given.quick else (list(SIZES), [1, 8, 32], 3, 3.0)
    for name, default in zip(("sizes", "clients", "rounds", "seconds"), defaults):
        if getattr(given, name) is None:
            setattr(given, name, default)
    known = {"work": WORKS, "sizes": SIZES, "only": [c.key for c in COMPETITORS]}
    for name, allowed in known.items():
        if odd := set(getattr(given, name) or []) - set(allowed):
            parser.error(f"--{name}: no such thing as {', '.join(sorted(odd))}; there are {','.join(allowed)}")
    return given


def open_work(arena, work, given, results):
    """Starts the competitors of a work; one that is not there, or lets a virus pass, is left out and named."""
    arena.pace(GIGABIT)
    present = []
    for kind in COMPETITORS:
        if work not in kind.works or (given.only and kind.key not in given.only):
            continue
        competitor = kind()
        reason = arena.start(competitor) or trust(arena, competitor, given)
        if reason:
            results.absent(work, competitor, reason)
            arena.end(competitor.processes)
        else:
            # The just-in-time compiler takes some thousand requests and some seconds to settle: without them a request costs half as much again.
            seconds, least = (1, 200) if given.quick else (10, 3000)
            arena.load(competitor, WARM_UP, 8, seconds, least, fresh="c" if work == "cold" else None)
            present.append(competitor)
        progress(f"{work}: {kind.key}: {reason or 'ready'}")
    return present


def progress(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def trust(arena, competitor, given):
    """Why it does not take part: whoever says to scan must find EICAR at the end of a file of each size."""
    if not competitor.scans or competitor.key == "floor":
        return None
    for size in given.sizes if arena.work == "cold" else given.sizes[:1]:
        if arena.delivers(competitor, f"infected-{size}"):
            return f"it delivered EICAR at the end of a file of {size}"
    return None


def measure(arena, work, given, results):
    arena.begin(work)
    try:
        present = open_work(arena, work, given, results)
        for size in given.sizes:
            for clients in given.clients:
                if (work, size, clients) == ("cold", "100M", 32) and not given.slow:
                    continue
                cells = [Cell(arena, competitor, size, clients, given.seconds) for competitor in present]
                for cell in cells:
                    cell.prepare()
                for r in range(given.rounds):
                    # Another one begins each time, so that drift, and what the one before left in the caches, hits all alike.
                    for cell in cells[r % len(cells):] + cells[:r % len(cells)]:
                        cell.run()
                results.add(work, size, clients, cells)
                progress(f"{work} {size} {clients}: measured")
                if given.output:
                    results.save(given.output)
    finally:
        arena.finish()


def main():
    given = arguments_of(sys.argv[1:])
    end_in_order_on_signals()
    raise_file_limit()
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    results = report.Results(given)
    with Arena(given.database) as arena:
        arena.write_file(WARM_UP, SIZES["64K"])
        for size in given.sizes:
            arena.write_file(size, SIZES[size])
            arena.write_infected(f"infected-{size}", SIZES[size])
        for work in given.work:
            measure(arena, work, given, results)
    print(results.markdown())
    if given.output:
        results.save(given.output)


if __name__ == "__main__":
    main()
