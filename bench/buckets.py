#!/usr/bin/env python3
"""Objects of a bucket that go through their flow, against the bare scanner.

usage: bench/buckets.py [--database small|large|FOLDER] [--rounds N] [--sizes 64K,1M] [--clients N] [--build FOLDER] [--quick]
`clamproxy bucket --sweep` with --concurrency N moves all objects of a bucket to another one; the scanner alone is asked for contents of the same size by N
clients (FILDES, the content in memory). Both take turns in each round; ratios are medians of the rounds' ratios. The store is an nginx that keeps files and
answers as far as a flow asks. It runs on the same cores, which a store elsewhere would not: the last row leaves its computing time out. Small objects
come first in each sweep, until what is needed is compiled. Exit code 1 where an aim is missed.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

from jobs import UNITS, in_turns, label, ratio
from processes import StartError, cpu_seconds, end_in_order_on_signals, free_port, tree
from stack import Stack, command_of, compiled, published, start_nginx
from table import markdown_table

AIMS = {1 << 20: 0.9}
WITHOUT_STORE = "a sweep, the store elsewhere"
NO_TAGS = "<Tagging><TagSet></TagSet></Tagging>"
NO_VERSIONS = "<VersioningConfiguration></VersioningConfiguration>"
AN_UPLOAD = "<InitiateMultipartUploadResult><Bucket>any</Bucket><Key>any</Key><UploadId>one</UploadId></InitiateMultipartUploadResult>"


class Bench(Stack):
    def __init__(self, given):
        super().__init__(given.database, has_proxy=False)
        self.given = given
        self.store_port = free_port()
        self.store = self.place("store")
        self.alone = []

    def start_store(self):
        self.store_process = start_nginx(self, "store", self.store_port, f"""
            server {{
              listen 127.0.0.1:{self.store_port} backlog=1024; root {self.store}; client_max_body_size 0; client_body_buffer_size 2m;
              location ~ ^/come/?$ {{ default_type application/xml; try_files /list.xml =404; }}
              location / {{
                dav_methods PUT DELETE; create_full_put_path on; dav_access all:rw;
                if ($args ~ tagging) {{ return 200 "{NO_TAGS}"; }}
                if ($args ~ versioning) {{ return 200 "{NO_VERSIONS}"; }}

                # Looks at conditions as S3 does; of uploads in parts as much as the probe of conditions wants.
                if ($args ~ uploads) {{ return 200 "{AN_UPLOAD}"; }}
                if ($http_if_match ~ "0{{32}}") {{ return 412; }}
                set $there "";
                if (-f $request_filename) {{ set $there $http_if_none_match; }}
                if ($there = "*") {{ return 412; }}
                if ($args ~ uploadId) {{ return 204; }}
              }}
            }}""")

    def fill(self, size, count):
        """Writes the objects, and the list of them: the small ones for the compiler first."""
        for bucket in ("come", "clean", "bad"):
            shutil.rmtree(self.store / bucket, ignore_errors=True)
            (self.store / bucket).mkdir()
            (self.store / bucket).chmod(0o777)
        sizes = {f"a{i:06}": 4 << 10 for i in range(self.given.warm)} | {f"b{i:06}": size for i in range(count)}
        for key, length in sizes.items():
            (self.store / "come" / key).write_bytes(os.urandom(length))
        entries = "".join(f"<Contents><Key>{key}</Key><Size>{length}</Size></Contents>" for key, length in sizes.items())
        (self.store / "list.xml").write_text(f"<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>")

    def bare(self, size, count):
        out = subprocess.run([self.folder / "post", "-c", str(self.given.clients), "-n", str(count), "-z", str(size), "-d", self.clamd_socket],
                             check=True, capture_output=True, text=True).stdout
        return count / json.loads(out)["seconds"]

    def sweep(self, size, count):
        """Objects a second, by the times at which they came to the clean bucket."""
        self.fill(size, count)
        spool = self.folder / "sweep-spool"
        spool.mkdir(exist_ok=True)
        command = [*command_of(Path(self.given.build or published(self))), "bucket", "--sweep", "s3://come/"]
        with (spool / "out").open("w+") as out:
            done = subprocess.Popen(
                [*command, "--concurrency", str(self.given.clients)], stdout=out, stderr=out,
                env={**os.environ, "EVENT_HANDLER": "cli", "UNPROCESSED_BUCKET_NAME": "come", "CLEAN_BUCKET": "clean", "QUARANTINE_BUCKET": "bad",
                     "CLAMD_HOSTS": f"unix://{self.clamd_socket}", "SPOOL_PATH": str(spool), "LOG_LEVEL": "Error",
                     "S3_ENDPOINT_URL": f"http://127.0.0.1:{self.store_port}", "S3_ACCESS_KEY": "bench", "S3_SECRET_KEY": "bench-secret"})
            before = self.store_seconds()
            while done.poll() is None:
                before = before if (self.store / "clean" / "b000000").exists() else self.store_seconds()
                time.sleep(0.02)
            placed = sorted(path.stat().st_mtime for path in (self.store / "clean").glob("b*"))
            if done.returncode != 0 or len(placed) != count:
                out.seek(0)
                raise SystemExit(f"{count} objects, {len(placed)} placed; exit code {done.returncode}: {out.read()[-500:]}")
        first = count // 20
        seconds = (placed[-1] - placed[first - 1]) / (count - first)
        self.alone.append(1 / (seconds - (self.store_seconds() - before) / count / os.cpu_count()))
        return 1 / seconds

    def store_seconds(self):
        return sum(cpu_seconds(pid) for pid in tree(self.store_process.pid))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", default="small", help="small (EICAR), large (generated, as big as the official one) or a DatabaseDirectory of clamd")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="64K,1M")
    parser.add_argument("--clients", type=int, default=8, help="as many scans at once; also the sweep's --concurrency")
    parser.add_argument("--bytes", type=int, default=256 << 20, help="of all objects of one turn")
    parser.add_argument("--least", type=int, default=400, help="objects of one turn")
    parser.add_argument("--warm", type=int, default=2000, help="small objects before the others")
    parser.add_argument("--build", help="the folder of a Release build; else one is published")
    parser.add_argument("--quick", action="store_true", help="2 rounds of a quarter of the objects")
    given = parser.parse_args()
    if given.quick:
        given.rounds, given.bytes, given.least = 2, given.bytes // 4, given.least // 4
    end_in_order_on_signals()
    rows, good = [], True
    try:
        with Bench(given) as bench:
            compiled(bench, "post")
            bench.start_store()
            for size in [int(text[:-1]) * UNITS[text[-1]] for text in given.sizes.split(",")]:
                count = max(given.least, given.bytes // size)
                speeds = in_turns(given.rounds, {"the scanner": lambda: bench.bare(size, count), "a sweep": lambda: bench.sweep(size, count)})
                speeds[WITHOUT_STORE], bench.alone = bench.alone, []
                share, aim = ratio(speeds, "a sweep", "the scanner"), AIMS.get(size)
                good &= aim is None or share >= aim
                rows += [[name, label(size), f"{statistics.median(speeds[name]):.0f}", f"{ratio(speeds, name, 'the scanner'):.2f}",
                          f"{aim:.2f}" if aim and name == "a sweep" else ""] for name in speeds]
    except StartError as e:
        raise SystemExit(str(e)) from e
    print(markdown_table(["objects a second", "size", "median", "of the scanner", "aim"], rows))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
