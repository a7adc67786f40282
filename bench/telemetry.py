#!/usr/bin/env python3
"""What it costs to see and record what happens: stored files of 64 KiB without any of it, and with it, in turns in one run.

usage: bench/telemetry.py [--rounds N] [--seconds N] [--clients N]
Prints requests a second, computing time for each request and resident memory against a process that does nothing of it. Aims: 3 % of the
requests a second and 5 MiB with nobody looking, 10 % with 50 open pages of the dashboard.
"""
import argparse
import selectors
import socket
import statistics
import threading
from types import SimpleNamespace

from arena import Arena
from processes import cpu_seconds, end_in_order_on_signals, memory
from stack import Proxy

PAGES = 50
OFF = {"LOG_LEVEL": "Information", "ACCESS_LOG": "false", "DASHBOARD": "false"}
WAYS = [
    ("nothing", OFF, False),
    ("nothing, once more", OFF, False),
    ("access log", {**OFF, "ACCESS_LOG": "true"}, False),
    ("record", {**OFF, "RECORD_PATH": "record"}, False),
    ("dashboard", {**OFF, "DASHBOARD": "true"}, False),
    ("all", {"LOG_LEVEL": "Information", "RECORD_PATH": "record"}, False),
    (f"all, {PAGES} open pages", {"LOG_LEVEL": "Information", "RECORD_PATH": "record"}, True),
]


class Pages:
    """Open pages of the dashboard: connections to its feed, whose events are read and thrown away."""

    def __init__(self, port, count):
        self.selector = selectors.DefaultSelector()
        self.events = 0
        for _ in range(count):
            page = socket.create_connection(("127.0.0.1", port))
            page.sendall(f"GET /dashboard/feed HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode())
            self.selector.register(page, selectors.EVENT_READ)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            for key, _ in self.selector.select():
                self.events += key.fileobj.recv(65536).count(b"data:")


def start(arena, name, environment, is_watched):
    number = len(arena.running)
    environment = {**environment, "STORE_PATH": str(arena.place(f"store-{number}")), "STORE_SIZE": "1G"}
    if "RECORD_PATH" in environment:
        environment["RECORD_PATH"] = str(arena.place(f"record-{number}"))
    proxy = Proxy(arena, f"proxy-{number}", environment)
    headers = [("Download-From", f"http://127.0.0.1:{arena.origin_port}"), ("Cache-Scan", "True")]
    way = SimpleNamespace(
        name=name, port=proxy.port, pid=proxy.process.pid, prefix="", headers=headers, load_options=[], rates=[], cpu=0.0, answered=0,
        pages=Pages(proxy.management_port, PAGES) if is_watched else None)
    # The just-in-time compiler takes some thousand requests and some seconds to settle.
    arena.load(way, "file", 8, 10, 3000)
    return way


def measure(arena, way, clients, seconds):
    before = cpu_seconds(way.pid)
    result = arena.load(way, "file", clients, seconds)
    if result["failed"] or result["refused"] or result["wrong"]:
        raise SystemExit(f"{way.name}: {result}")
    way.cpu += cpu_seconds(way.pid) - before
    way.answered += result["requests"]
    way.rates.append(result["rps"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--clients", type=int, default=8)
    given = parser.parse_args()
    end_in_order_on_signals()
    with Arena("small") as arena:
        arena.begin("verdict")
        arena.write_file("file", 64 << 10)
        ways = [start(arena, *way) for way in WAYS]
        for number in range(given.rounds):
            # Forwards and backwards: a drift of the machine touches all alike.
            for way in ways if number % 2 == 0 else reversed(ways):
                measure(arena, way, given.clients, given.seconds)
        plain = ways[0]
        print("| with | requests a second | against nothing | computing a request | against nothing | resident | over nothing |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for way in ways:
            ratio = statistics.median(mine / its for mine, its in zip(way.rates, plain.rates))
            each, plain_each = way.cpu * 1e6 / way.answered, plain.cpu * 1e6 / plain.answered
            mib, plain_mib = memory(way.pid, "VmRSS"), memory(plain.pid, "VmRSS")
            print(
                f"| {way.name} | {statistics.median(way.rates):.0f} | {ratio:.3f} | {each:.1f} µs | {each / plain_each:.3f} "
                f"| {mib:.0f} MiB | {mib - plain_mib:+.0f} MiB |")
            if way.pages:
                print(f"\n{way.pages.events} events were read.")


if __name__ == "__main__":
    main()
