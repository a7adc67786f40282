#!/usr/bin/env python3
"""Honest packages through ClamProxy and a real clamd: how many are refused, and why.

usage: bench/packages.py FOLDER [--fetch] [--build DIRECTORY] [--set NAME=VALUE …]
Asks for every file below FOLDER. `--fetch` first fills it with what packages.txt names, by the machine's own npm and apt-get (whose sources have to
name source packages); what they do not have is left out. `--set` gives ClamProxy a variable, such as ClamProxy__Policies__AmbiguousArchive=pass.
Aim: nothing is refused but what is encrypted.
"""
import argparse
import http.client
import json
import subprocess
import urllib.parse
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from processes import IS_ROOT, end_in_order_on_signals
from stack import Proxy, Stack
from table import markdown_table

AT_ONCE = 2
LONGEST = 200
NOT_PACKAGES = (".dsc", ".asc", ".list", ".log")


def fetch(folder):
    for line in Path(__file__).with_name("packages.txt").read_text().splitlines():
        kind, _, name = line.partition(" ")
        if kind == "npm":
            command = ["npm", "pack", "--silent", name]
        elif kind == "apt":
            command = ["apt-get", *(["-o", "APT::Sandbox::User=root"] if IS_ROOT else []), "source", "-qq", "--download-only", name]
        else:
            continue
        place = folder / kind
        place.mkdir(parents=True, exist_ok=True)
        if subprocess.run(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
            print(f"not had: {line}")


def ask(port, origin_port, path):
    """The answer's kind, and its reason where it is not clean."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        connection.request("GET", path, headers={"Download-From": f"http://127.0.0.1:{origin_port}", "Cache-Scan": "False"})
        response = connection.getresponse()
        body = response.read()
    except TimeoutError:
        return "no answer", f"after {LONGEST} s"
    finally:
        connection.close()
    verdict = response.getheader("Scan-Verdict", "none")
    if response.status == 200:
        return ("delivered" if verdict == "clean" else "delivered by policy"), verdict
    try:
        problem = json.loads(body)
        return f"refused: {response.reason}", problem.get("detail", problem.get("signature", ""))
    except ValueError:
        return f"refused: {response.reason}", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--fetch", action="store_true")
    parser.add_argument("--build", type=Path)
    parser.add_argument("--set", action="append", default=[])
    given = parser.parse_args()
    end_in_order_on_signals()
    if given.fetch:
        fetch(given.folder.resolve())
    with Stack(has_proxy=False, clamd_lines="AlertEncrypted yes\nMaxFiles 100000\n") as scene:
        (scene.files / "packages").symlink_to(given.folder.resolve())
        # Nothing is delivered in part: each answer says at once how it ended.
        proxy = Proxy(scene, "clamproxy", {"DELIVERY": "hold", **dict(pair.split("=", 1) for pair in given.set)}, given.build)
        paths = sorted(
            path.relative_to(given.folder.resolve()) for path in given.folder.resolve().rglob("*")
            if path.is_file() and path.suffix not in NOT_PACKAGES)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(
                lambda path: ask(proxy.port, scene.origin_port, "/packages/" + urllib.parse.quote(str(path))), paths))
    others = [(path, *answer) for path, answer in zip(paths, answers) if answer[0] != "delivered"]
    print(markdown_table(["answer", "files"], [[kind, str(count)] for kind, count in Counter(kind for kind, _ in answers).most_common()]))
    if others:
        print()
        print(markdown_table(["file", "answer", "why"], [[str(path), kind, why] for path, kind, why in others]))


if __name__ == "__main__":
    main()
