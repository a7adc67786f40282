#!/usr/bin/env python3
"""A thousand slow clients that wait for a slow scanner (one that takes 40 s for each file, all at once) on one ClamProxy process.

usage: bench/waiting.py [--clients N] [--scan SECONDS] [--patience SECONDS] [--timeout SECONDS] [--quick]
Every client has a file of its own, every tenth an infected one, and gives up after as many seconds without a byte as pip does. Shows how each of them
ended and what a waiting client costs. Aim: none times out, all get the right bytes or a broken transfer, under 64 KiB of memory each.
"""
import argparse
import asyncio
import os
import sys
import time
from collections import Counter
from pathlib import Path

from fake_clamd import MARK_AT, MARK_CLEAN, MARK_INFECTED
from processes import Processes, end_in_order_on_signals, free_port, memory, port_answers, raise_file_limit
from stack import Proxy, compiled
from table import markdown_table

# Above what stays in memory (256 KiB), so that a file costs a spool file as most do.
SIZE = 512 << 10
READ = 16 << 10
AIM_KIB = 64


class Scene(Processes):
    def start(self, given):
        self.clamd_socket = str(self.folder / "clamd.sock")
        files = self.place("files")
        self.bodies = {}
        for name, mark in (("clean", MARK_CLEAN), ("infected", MARK_INFECTED)):
            self.bodies[name] = bytes(MARK_AT) + mark + os.urandom(SIZE - MARK_AT - len(mark))
            (files / name).write_bytes(self.bodies[name])
        (files / "warm").write_bytes(os.urandom(SIZE))
        self.origin_port = free_port()
        self.spawn("upstream", [compiled(self, "origin"), self.origin_port, files])
        self.wait_until(lambda: port_answers(self.origin_port), "upstream")
        self.spawn("scanner", [sys.executable, Path(__file__).with_name("fake_clamd.py"), self.clamd_socket, given.scan])
        self.wait_until(lambda: Path(self.clamd_socket).exists(), "scanner")
        # The scanner takes all of them at once: what waits here is clients, not scans.
        self.proxy = Proxy(self, "clamproxy", {
            "DELIVERY": "patience", "PATIENCE_SECONDS": str(given.patience),
            "ClamProxy__Clamd__MaxScansPerHost": "1000", "ClamProxy__Clamd__MaxLargeScansPerHost": "1000", "ClamProxy__Clamd__MaxWaitingScans": "1000",
            "ClamProxy__Clamd__ScanWait": "00:10:00", "ClamProxy__Gate__MaxFlights": "2000"})
        return self

    def request(self, name, query):
        return (f"GET /{name}?c={query} HTTP/1.1\r\nHost: bench\r\nDownload-From: http://127.0.0.1:{self.origin_port}\r\nCache-Scan: False\r\n"
                "Connection: close\r\n\r\n").encode()

    def is_right(self, name, query, body):
        return body == f"c={query}".ljust(MARK_AT).encode() + self.bodies[name][MARK_AT:]


async def download(scene, name, query, given, rate, seen=None):
    """A client's end: the status, and whether it came whole; `seen` gets when the first byte of a body arrived."""
    reader, writer = await asyncio.open_connection("127.0.0.1", scene.proxy.port, limit=READ)
    try:
        writer.write(scene.request(name, query))
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), given.timeout)
        status, length, body = int(head.split()[1]), None, bytearray()
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        while part := await asyncio.wait_for(reader.read(READ), given.timeout):
            if seen is not None and not body:
                seen.append(time.monotonic())
            body += part
            await asyncio.sleep(len(part) / rate)
        return status, bytes(body), len(body) == length
    finally:
        writer.close()


async def outcome(scene, number, given, seen):
    name = "infected" if number % 10 == 9 else "clean"
    try:
        status, body, is_whole = await download(scene, name, f"{number:08d}", given, given.rate, seen)
    except TimeoutError:
        return "TIMED OUT"
    except (OSError, asyncio.IncompleteReadError):
        return "broken transfer of an infected file" if name == "infected" else "BROKEN TRANSFER OF A CLEAN FILE"
    if name == "infected" and status == 200:
        return "DELIVERED AN INFECTED FILE" if is_whole else "broken transfer of an infected file"
    if name == "infected" and status == 409:
        return "409"
    if status == 200:
        return "the right bytes" if scene.is_right(name, f"{number:08d}", body) else "WRONG BYTES"
    return f"REFUSED: {status}: {body[:200].decode(errors='replace')}"


async def run(scene, given):
    pid = scene.proxy.process.pid
    for _ in range(20):
        await asyncio.gather(*(download(scene, "warm", f"{i:08d}", given, 1 << 30) for i in range(20)))
    idle = memory(pid, "VmRSS")
    began, seen, resident = time.monotonic(), [], []
    tasks = [asyncio.create_task(outcome(scene, i, given, seen)) for i in range(given.clients)]
    # The first verdict comes one scan after the first upload: until then everybody only waits.
    while not any(t.done() for t in tasks) and time.monotonic() - began < given.scan - 0.5:
        resident.append(memory(pid, "VmRSS"))
        await asyncio.sleep(0.2)
    trickled = len(seen)
    outcomes = Counter(await asyncio.gather(*tasks))
    return idle, resident, trickled, outcomes, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=1000, help="at most 1000, the most scans that ClamProxy gives one scanner")
    parser.add_argument("--scan", type=float, default=40, help="seconds of each scan")
    parser.add_argument("--patience", type=float, default=10, help="PATIENCE_SECONDS")
    parser.add_argument("--timeout", type=float, default=15, help="seconds without a byte after which a client gives up; pip's are 15")
    parser.add_argument("--rate", type=float, default=512 << 10, help="bytes a second that a client reads once the file comes")
    parser.add_argument("--quick", action="store_true", help="100 clients, scans of 8 s, a patience of 2 s, a time-out of 4 s")
    given = parser.parse_args()
    if given.quick:
        given.clients, given.scan, given.patience, given.timeout = 100, 8, 2, 4
    end_in_order_on_signals()
    raise_file_limit()
    with Scene() as scene:
        idle, resident, trickled, outcomes, took = asyncio.run(run(scene.start(given), given))
    steady, peak = ((m - idle) * 1024 / given.clients for m in (resident[-1], max(resident)))
    faults = sum(n for name, n in outcomes.items() if name.isupper() or name.startswith("REFUSED"))
    print(markdown_table(["how it ended", "clients"], [[name, str(n)] for name, n in outcomes.most_common()]) + "\n")
    print(markdown_table(["", ""], [
        ["clients that had bytes before the verdict", f"{trickled} of {given.clients}"],
        ["resident when idle", f"{idle:.0f} MiB"],
        ["memory of a waiting client, at the end of the wait", f"{steady:.1f} KiB"],
        ["memory of a waiting client, at its peak (the downloads)", f"{peak:.1f} KiB"],
        ["all done after", f"{took:.1f} s"]]))
    if not trickled:
        print("\nNobody had a byte before the verdict: this ClamProxy knows no DELIVERY=patience.")
    sys.exit(1 if faults or not trickled or steady >= AIM_KIB else 0)


if __name__ == "__main__":
    main()
