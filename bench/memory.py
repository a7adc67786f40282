#!/usr/bin/env python3
"""Peak memory of the ClamProxy process: one file of 1 and of 500 MiB, and 32 parallel downloads of 100 MiB.

usage: bench/memory.py
Resident memory from /proc (the peak is reset before each row); spool files are the page cache's and not the process's.
"""
import threading
import time

from processes import end_in_order_on_signals, memory, reset_peak
from stack import Stack


def peak_while(pid, work):
    """MiB of the highest resident size while the work runs."""
    reset_peak(pid)
    work()
    return memory(pid, "VmHWM")


def parallel(stack, names):
    def one(name):
        if stack.from_proxy(name, "/dev/null") != 100 << 20:
            failed.append(name)

    failed = []
    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise SystemExit(f"wrong bodies: {failed}")


def main():
    end_in_order_on_signals()
    with Stack() as stack:
        pid = stack.proxy_process.pid
        stack.write_file("warm", 1 << 20)
        for _ in range(200):
            stack.from_proxy("warm", "/dev/null")
        time.sleep(1)
        idle = memory(pid, "VmRSS")
        print(f"idle after 200 requests: {idle:.0f} MiB\n")
        print("| work | peak | over idle |\n| --- | --- | --- |")

        def row(label, work):
            peak = peak_while(pid, work)
            print(f"| {label} | {peak:.0f} MiB | {peak - idle:+.0f} MiB |", flush=True)

        stack.write_file("small", 1 << 20)
        row("1 file of 1 MiB", lambda: stack.from_proxy("small", "/dev/null"))
        stack.write_file("large", 500 << 20)
        row("1 file of 500 MiB", lambda: stack.from_proxy("large", "/dev/null"))
        names = [f"many-{i}" for i in range(32)]
        for name in names:
            stack.write_file(name, 100 << 20)
        row("32 files of 100 MiB at once", lambda: parallel(stack, names))


if __name__ == "__main__":
    main()
