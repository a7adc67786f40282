#!/usr/bin/env python3
"""Jobs on each queue, and POST /scan, against the bare scanner and a stand-in of the services that put HTTP in front of clamd.

usage: bench/jobs.py [--database small|large|FOLDER] [--rounds N] [--sizes 64K,1M] [--clients N] [--work jobs,scan] [--quick]
jobs: a queue is filled while its worker is stopped, then this one process with WORKER_POOL=N empties it; the scanner alone is asked for the same contents
by N clients (FILDES, the content in memory). scan: N clients POST files and wait; clamdscan's own ways are --fdpass (FILDES) and --stream (INSTREAM), each
without the start of a process. All take turns in each round; ratios are medians of the rounds' ratios. Exit code 1 where an aim is missed.
"""
import argparse
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from processes import StartError, cpu_seconds, end_in_order_on_signals, free_port, port_answers
from stack import Proxy, Stack, compiled
from table import markdown_table

AIMS = {64 << 10: 0.8, 1 << 20: 0.95}
UNITS = {"K": 1 << 10, "M": 1 << 20}


class Bench(Stack):
    def __init__(self, given):
        super().__init__(given.database, has_proxy=False)
        self.given = given

    def post(self, count, size, *where):
        """Requests a second of the load client."""
        out = subprocess.run([self.folder / "post", "-c", str(self.given.clients), "-n", str(count), "-z", str(size), *map(str, where)],
                             check=True, capture_output=True, text=True).stdout
        result = json.loads(out)
        if result["failed"]:
            raise SystemExit(f"{result['failed']} of {count} requests failed: {where}")
        return count / result["seconds"]

    def bare(self, size, count):
        return self.post(count, size, "-d", self.clamd_socket)

    def start_queue(self, name, environment):
        """One API and one worker, which has worked until nothing is left to be compiled."""
        data = self.place(f"{name}-data")
        (data / "spool").mkdir()
        shared = {**environment, "DATA_PATH": str(data), "SPOOL_PATH": str(data / "spool"), "WORKER_POOL": str(self.given.clients),
                  "ClamProxy__Objects__MinFree": "0", "API_PORT": str(free_port())}
        Proxy(self, f"{name}-api", {**shared, "DOORS": "api"})
        queue = Queue(shared["API_PORT"], Proxy(self, f"{name}-worker", {**shared, "DOORS": "worker"}).process)
        self.post(self.given.warm, 4 << 10, "-p", queue.port, "-u", "/upload", "-m")
        queue.wait()
        return queue

    def drain(self, queue, size, count):
        """Jobs a second of a worker that finds them all in its queue, and the processor time of its process for each in ms."""
        before = datetime.now(timezone.utc)
        queue.worker.send_signal(signal.SIGSTOP)
        try:
            self.post(count, size, "-p", queue.port, "-u", "/upload", "-m")
        finally:
            cpu = cpu_seconds(queue.worker.pid)
            queue.worker.send_signal(signal.SIGCONT)
        queue.wait()
        cpu = cpu_seconds(queue.worker.pid) - cpu
        ended = sorted(datetime.fromisoformat(result["timestamp"]) for result in queue.results(before) if result["status"] == "CLEAN")
        if len(ended) != count:
            raise SystemExit(f"{count} jobs, {len(ended)} clean results")
        # It looks for jobs once a second: the time until it has found the first ones does not count.
        first = count // 20
        return (count - first) / (ended[-1] - ended[first - 1]).total_seconds(), cpu / count * 1000

    def start_redis(self):
        """As one that must lose nothing is set up: on disk before it answers."""
        port = free_port()
        redis = self.spawn("redis", ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "always",
                                     "--dir", self.place("redis")])
        self.wait_until(lambda: port_answers(port), "redis", redis)
        return {"QUEUE_URL": f"redis://127.0.0.1:{port}"}

    def queues(self):
        """A further queue is a line here."""
        queues = {"sqlite": self.start_queue("sqlite", {})}
        if shutil.which("redis-server"):
            queues["redis"] = self.start_queue("redis", self.start_redis())
        return queues

    def clamdscan(self, size, count):
        """Files a second of the program itself, a process for each file."""
        files = [self.write_file(f"clamdscan-{i}", size) for i in range(8)]
        begun = time.perf_counter()
        subprocess.run(
            ["xargs", "-n", "1", "-P", str(self.given.clients), "clamdscan", "--fdpass", "--no-summary", "-c", self.folder / "clamd.conf"], check=True,
            input="\n".join(str(files[i % len(files)]) for i in range(count)), text=True, stdout=subprocess.DEVNULL)
        return count / (time.perf_counter() - begun)

    def start_services(self):
        """Whom POST /scan is compared with: what it is called, and what the load client is told."""
        rest, api = free_port(), free_port()
        ways = {"clamd by --fdpass, no process": ["-d", self.clamd_socket], "clamd by --stream, no process": ["-s", self.clamd_socket]}
        if shutil.which("go"):
            subprocess.run(["go", "build", "-o", self.folder / "rest", Path(__file__).with_name("rest.go")], check=True,
                           env={**os.environ, "GOCACHE": str(self.folder / "go"), "GO111MODULE": "off"})
            process = self.spawn("rest", [self.folder / "rest", rest, self.clamd_socket])
            self.wait_until(lambda: port_answers(rest), "rest", process)
            ways["stand-in: buffer, INSTREAM"] = ["-p", rest, "-u", "/scan", "-m"]
        data = self.place("scan-data")
        (data / "spool").mkdir()
        Proxy(self, "scan", {"DOORS": "api", "API_PORT": str(api), "DATA_PATH": str(data), "SPOOL_PATH": str(data / "spool")})
        ways["ClamProxy POST /scan"] = ["-p", api, "-u", "/scan", "-m"]
        return ways


class Queue:
    def __init__(self, port, worker):
        self.port, self.worker = port, worker

    def get(self, query):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/results?{urllib.parse.urlencode(query)}", timeout=60) as answer:
            return json.load(answer)

    def wait(self):
        while self.get({"status": "PENDING"})["results"]:
            time.sleep(0.3)

    def results(self, since):
        cursor = ""
        while cursor is not None:
            page = self.get({"since": since.isoformat(), "cursor": cursor})
            yield from page["results"]
            cursor = page["next"]


def in_turns(rounds, ways):
    """name -> the speeds of all rounds; another one begins each round."""
    speeds = {name: [] for name in ways}
    names = list(ways)
    for i in range(rounds):
        for name in names[i % len(names):] + names[:i % len(names)]:
            speeds[name].append(ways[name]())
            print(f"round {i + 1}: {name}: {speeds[name][-1]:.1f}/s, load {os.getloadavg()[0]:.0f}", file=sys.stderr, flush=True)
    return speeds


def ratio(speeds, name, of):
    return statistics.median(a / b for a, b in zip(speeds[name], speeds[of]))


def label(size):
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def jobs(bench, given, sizes):
    queues, rows, good = bench.queues(), [], True
    for size in sizes:
        count = max(given.least, given.bytes // size)
        costs = {name: [] for name in queues}

        def drain(name):
            speed, cost = bench.drain(queues[name], size, count)
            costs[name].append(cost)
            return speed

        ways = {"the scanner": lambda: bench.bare(size, count)} | {name: (lambda name=name: drain(name)) for name in queues}
        speeds = in_turns(given.rounds, ways)
        for name in ways:
            share, aim = ratio(speeds, name, "the scanner"), AIMS.get(size) if name in queues else None
            good &= aim is None or share >= aim
            rows.append([name, label(size), f"{statistics.median(speeds[name]):.0f}", f"{share:.2f}", f"{aim:.2f}" if aim else "",
                         f"{statistics.median(costs[name]):.2f}" if name in queues else ""])
    print(markdown_table(["jobs a second", "size", "median", "of the scanner", "aim", "worker, CPU ms a job"], rows) + "\n", flush=True)
    return good


def scans(bench, given, sizes):
    ways, rows = bench.start_services(), []
    for size in sizes:
        count = max(given.least, given.bytes // size)
        for where in ways.values():
            bench.post(max(20, given.warm // 4), 4 << 10, *where)
        turns = {name: (lambda where=where: bench.post(count, size, *where)) for name, where in ways.items()}
        ours = list(ways)[-1]
        if shutil.which("clamdscan"):
            turns = {"clamdscan --fdpass": lambda: bench.clamdscan(size, given.least)} | turns
        speeds = in_turns(given.rounds, turns)
        for name in turns:
            rows.append([name, label(size), f"{statistics.median(speeds[name]):.0f}", f"{ratio(speeds, ours, name):.2f}"])
    print(markdown_table(["scans a second", "size", "median", "ClamProxy against it"], rows) + "\n", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="small", help="small (EICAR), large (generated, as big as the official one) or a DatabaseDirectory of clamd")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="64K,1M")
    parser.add_argument("--clients", type=int, default=8, help="as many scans at once; also the worker's WORKER_POOL")
    parser.add_argument("--work", default="jobs,scan")
    parser.add_argument("--bytes", type=int, default=128 << 20, help="of all files of one turn")
    parser.add_argument("--least", type=int, default=200, help="files of one turn")
    parser.add_argument("--warm", type=int, default=3000, help="jobs before the first turn: the just-in-time compiler takes some thousand to settle")
    parser.add_argument("--quick", action="store_true", help="2 rounds of a quarter of the files")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.bytes, given.least = 2, given.bytes // 4, given.least // 2
    sizes = [int(text[:-1]) * UNITS[text[-1]] for text in given.sizes.split(",")]
    end_in_order_on_signals()
    good = True
    try:
        with Bench(given) as bench:
            compiled(bench, "post")
            if "jobs" in given.work:
                good &= jobs(bench, given, sizes)
            if "scan" in given.work:
                scans(bench, given, sizes)
    except StartError as e:
        raise SystemExit(str(e)) from e
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
