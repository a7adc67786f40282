"""Programs started in a folder of their own. Both are gone when the `with` block ends, however it ends; every process is ended by its id."""
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
IS_ROOT = os.geteuid() == 0


class StartError(Exception):
    """A program that did not come up; says why."""


class Processes:
    def __init__(self):
        # Programs that give up root's rights still have to reach their files in it.
        self.folder = Path(tempfile.mkdtemp(prefix="clamproxy-bench-"))
        self.folder.chmod(0o755)
        self.places = self.folder
        self.running = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A second Ctrl-C shall not leave half of them behind.
        signals = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
        before = [signal.signal(s, signal.SIG_IGN) for s in signals]
        self.end(self.running)
        shutil.rmtree(self.folder, ignore_errors=True)
        for s, handler in zip(signals, before):
            signal.signal(s, handler)

    def spawn(self, name, arguments, environment=None):
        """Starts a program in a session of its own, so that a Ctrl-C reaches it by way of __exit__ only."""
        with open(self.log(name), "ab") as log:
            process = subprocess.Popen(
                [str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(environment or {})}, start_new_session=True)
        self.running.append(process)
        return process

    def place(self, name):
        """A new folder."""
        place = self.places / name
        place.mkdir(parents=True)
        return place

    def log(self, name):
        return self.folder / f"{name}.log"

    def end(self, processes):
        processes = list(processes)
        trees = [tree(p.pid) for p in processes]
        for process in reversed(processes):
            process.terminate()
        # Five seconds for all: e2guardian with its workers does not follow a TERM at all.
        end = time.monotonic() + 5
        for process, pids in zip(processes, trees):
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pid, born in pids.items():
                if born is not None and born_at(pid) == born:
                    os.kill(pid, signal.SIGKILL)
        self.running = [p for p in self.running if p not in processes]

    def wait_until(self, is_ready, name, process=None, seconds=60):
        """Waits for a program; its end, or the time-out, is a StartError with the last line of its log."""
        end = time.monotonic() + seconds
        while not is_ready():
            code = process.poll() if process else None
            if code is not None or time.monotonic() > end:
                lines = self.log(name).read_text(errors="replace").strip().splitlines() or ["(it said nothing)"]
                fate = f"ended with {code}" if code is not None else f"was not ready after {seconds} s"
                raise StartError(f"{name} {fate}: {lines[-1]}")
            time.sleep(0.02)


def end_in_order_on_signals():
    """Ctrl-C, TERM and HUP leave by way of the `with` blocks."""
    def leave(number, _):
        raise SystemExit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def raise_file_limit():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def port_answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def stat_fields(pid):
    """Of /proc/PID/stat, from the state on; None where it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else fields


def born_at(pid):
    fields = stat_fields(pid)
    return fields[19] if fields else None


def tree(pid):
    """A process and all below it: process id -> when it was born, which tells it from a later one with the same id."""
    parents = {int(p): f[1] for p in os.listdir("/proc") if p.isdigit() and (f := stat_fields(p))}
    found, grew = {pid}, True
    while grew:
        more = {child for child, parent in parents.items() if int(parent) in found} - found
        found |= more
        grew = bool(more)
    return {p: born_at(p) for p in found}


def cpu_seconds(pid):
    """User and system time so far; 0 where the process is gone."""
    fields = stat_fields(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else 0.0


def memory(pid, field):
    """MiB of a field of /proc/PID/status, such as VmRSS (resident now) or VmHWM (its peak); 0 where the process is gone."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def reset_peak(pid):
    try:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    except OSError:
        pass
