#!/usr/bin/env python3
"""The public suite of HTTP caches (npm's http-cache-tests) against ClamProxy, nginx, squid and varnish, in one run; these as the suite sets them up.

cache_tests.py [--only NAME,…] [--build FOLDER] [--details FILE] [--ids ID,…]
--build: a folder with clamproxy.dll; else a Release build is made. --details: every test's outcome for each cache, as JSON. --ids: only these
tests, with all that is said and answered. Who is not installed is left out. ./test.sh installs the suite.
"""
import argparse
import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from processes import IS_ROOT, REPOSITORY, end_in_order_on_signals, free_port, port_answers
from stack import Proxy, Stack, start_nginx

SUITE = REPOSITORY / "tests/ClamProxy.Process.Tests/CacheSuite/cache-suite.mjs"
CACHE_HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
PACKAGE = CACHE_HOME / "clamproxy-tests/node/node_modules/http-cache-tests"
KINDS = ("required", "optimal", "check")
# What the suite's tests vary their answers by.
VARIED = "Foo,Bar,Baz,Other,Abc"
# Those of the suite's invalidation tests.
METHODS = "GET,HEAD,POST,PUT,DELETE,M-SEARCH"


def clamproxy(bench, origin, given):
    environment = {
        "STORE_PATH": str(bench.place("store")), "ClamProxy__Routes__all__Path": "/",
        "ClamProxy__Routes__all__Upstream": f"http://127.0.0.1:{origin}/", "ClamProxy__Routes__all__Revalidate": "true",
        # As the others are set up: none gives a stale answer where the suite's origin fails. IsolateContent adds to upstream's own policies.
        "ClamProxy__Routes__all__StaleIfError": "0", "ClamProxy__IsolateContent": "false",
        "ClamProxy__Routes__all__Methods": METHODS, "ClamProxy__NeutralFields": VARIED, "ClamProxy__ForwardedFields": VARIED}
    return Proxy(bench, "clamproxy", environment, build=given.build and Path(given.build).resolve()).port


def nginx(bench, origin, _):
    """With the two settings of the suite's own nginx: a cache, and revalidation."""
    port = free_port()
    places = bench.place("nginx-cache")
    if IS_ROOT:
        os.chown(places, pwd.getpwnam("www-data").pw_uid, -1)
    start_nginx(bench, "nginx", port, f"""proxy_cache_path {places} keys_zone=all:8m;
        server {{ listen 127.0.0.1:{port}; location / {{
            proxy_pass http://127.0.0.1:{origin}; proxy_cache all; proxy_cache_revalidate on; }} }}""")
    return port


def squid(bench, origin, _):
    port = free_port()
    places = bench.place("squid")
    if IS_ROOT:
        os.chown(places, pwd.getpwnam("proxy").pw_uid, -1)
    configuration = places / "squid.conf"
    configuration.write_text(
        f"pid_filename {places}/pid\nhttp_port 127.0.0.1:{port} accel defaultsite=localhost no-vhost\n"
        f"cache_peer 127.0.0.1 parent {origin} 0 no-query no-digest originserver default name=origin\nhttp_access allow all\n"
        f"access_log none\ncache_log {places}/log\ncache_store_log none\ncoredump_dir {places}\npinger_enable off\nvisible_hostname bench\n"
        "shutdown_lifetime 1 seconds\nmax_filedescriptors 4096\n")
    process = bench.spawn("squid", ["squid", "-N", "-f", configuration])
    bench.wait_until(lambda: port_answers(port), "squid", process)
    return port


def varnish(bench, origin, _):
    port = free_port()
    process = bench.spawn("varnish", [
        "varnishd", "-F", "-a", f"127.0.0.1:{port}", "-b", f"127.0.0.1:{origin}", "-n", bench.place("varnish"), "-s", "malloc,64m",
        "-p", "default_ttl=0", "-p", "default_grace=0", "-p", "default_keep=3600"])
    bench.wait_until(lambda: port_answers(port), "varnish", process)
    return port


CACHES = {"clamproxy": (clamproxy, "dotnet"), "nginx": (nginx, "nginx"), "squid": (squid, "squid"), "varnish": (varnish, "varnishd")}


def run(bench, name, given):
    origin = subprocess.Popen(["node", SUITE, PACKAGE, "origin"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, start_new_session=True)
    bench.running.append(origin)
    port = int(origin.stdout.readline().split()[1])
    cache = CACHES[name][0](bench, port, given)
    command = ["node", "--no-warnings", SUITE, PACKAGE, "client", f"http://127.0.0.1:{cache}", f"http://127.0.0.1:{port}", *given.ids]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, timeout=900).stdout
    if given.ids:
        print(said)
    return json.loads(said.splitlines()[-1])


def row(name, outcomes):
    def count(kind, outcome):
        return sum(o["kind"] == kind and o["outcome"] == outcome for o in outcomes)

    cells = [count("required", "pass"), count("required", "fail"), sum(count("required", o) for o in ("setup", "dependency")),
             count("optimal", "pass"), count("check", "pass")]
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(CACHES))
    parser.add_argument("--build")
    parser.add_argument("--details")
    parser.add_argument("--ids", type=lambda text: text.split(","), default=[])
    given = parser.parse_args()
    if not PACKAGE.exists():
        raise SystemExit("http-cache-tests is not installed: run ./test.sh, which installs what the tests need.")
    end_in_order_on_signals()
    results = {}
    with Stack(has_proxy=False) as bench:
        for name in given.only:
            if shutil.which(CACHES[name][1]) is None:
                print(f"{name} is not installed", file=sys.stderr)
                continue
            results[name] = run(bench, name, given)
    if given.details:
        Path(given.details).write_text(json.dumps(results, indent=1))
    print("| cache | required: passed | failed | not reached | optimal: passed | checks: yes |\n| --- | --- | --- | --- | --- | --- |")
    for name, outcomes in results.items():
        print(row(name, outcomes))


if __name__ == "__main__":
    main()
