"""Registries of generated packages on loopback, as far from their client as a real one: npm, PyPI, NuGet and Debian, each at its own port.

Sizes follow what the public ones have: many small packages, few large ones, indexes with dozens of versions. The same seed makes the same packages.
Every answer has a validator and the freshness that the public registry gives; indexes come in gzip to whoever takes it.
"""
import base64
import gzip
import hashlib
import io
import json
import random
import tarfile
import threading
import time
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

IMMUTABLE = "public, max-age=31536000, immutable"
WORDS = "const return function export module value index async await string number object length buffer null".split()
SHORTEST_CODED = 1024


class Registry:
    """One server. `base` is what its clients and links call it."""

    def __init__(self, latency):
        self.latency = latency
        self.entries, self.sent, self.requests = {}, 0, 0
        self.counting = threading.Lock()
        registry = self

        class Handler(_Handler):
            def do_GET(self):
                registry.answer(self)

        self.server = _Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, body, kind, cache_control):
        is_text = "json" in kind or "html" in kind or "text" in kind
        coded = gzip.compress(body, 6, mtime=0) if is_text and len(body) >= SHORTEST_CODED else None
        self.entries[path] = (body, coded, kind, cache_control, '"' + hashlib.sha256(body).hexdigest()[:32] + '"')

    def answer(self, handler):
        time.sleep(self.latency)
        entry = self.entries.get(handler.path.partition("?")[0])
        if entry is None:
            return self._send(handler, 404, [("Content-Type", "text/plain")], b"not found\n")
        body, coded, kind, cache_control, tag = entry
        fields = [("Content-Type", kind), ("Cache-Control", cache_control), ("Last-Modified", "Mon, 02 Nov 2026 08:00:00 GMT")]
        if coded:
            fields.append(("Vary", "Accept-Encoding"))
            if "gzip" in handler.headers.get("Accept-Encoding", ""):
                body, tag = coded, tag[:-1] + '-gzip"'
                fields.append(("Content-Encoding", "gzip"))
        fields.append(("ETag", tag))
        if tag in handler.headers.get("If-None-Match", ""):
            return self._send(handler, 304, fields, b"")
        return self._send(handler, 200, fields, body)

    def _send(self, handler, status, fields, body):
        with self.counting:
            self.requests += 1
            self.sent += len(body)
        handler.send_response(status)
        for name, value in fields:
            handler.send_header(name, value)
        if status != 304:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def take_counts(self):
        """Requests and bytes since the last call."""
        with self.counting:
            counts = (self.requests, self.sent)
            self.requests = self.sent = 0
        return counts

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 1024


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 << 10

    def log_message(self, *_):
        pass


def size(r, median, sigma, most):
    return max(400, min(most, int(r.lognormvariate(0, sigma) * median)))


def text(r, length):
    """As compressible as code is."""
    parts = [r.choice(WORDS) + f"{r.randrange(1 << 24):x}" for _ in range(length // 11 + 1)]
    return " ".join(parts).encode()[:length]


def npm(latency, packages):
    """Gives the registry and the packages of the project's own; all others are needed by one of these."""
    registry, r = Registry(latency), random.Random(547)
    names = [f"bench-{number:03}" for number in range(packages)]
    roots = names[:max(1, packages // 14)]
    needs = {name: {} for name in names}
    for number in range(len(roots), packages):
        for parent in {r.randrange(max(0, number - 120), number), r.randrange(number)}:
            needs[names[parent]][names[number]] = "^1.0.0"
    for name in names:
        with_files = io.BytesIO()
        with tarfile.open(fileobj=with_files, mode="w:gz") as tar:
            about = {"name": name, "version": "1.0.0", "main": "index.js", "dependencies": needs[name]}
            _add(tar, "package/package.json", json.dumps(about).encode())
            _add(tar, "package/index.js", text(r, size(r, 40 << 10, 1.5, 12 << 20)))
        tarball = with_files.getvalue()
        path = f"/{name}/-/{name}-1.0.0.tgz"
        registry.put(path, tarball, "application/octet-stream", IMMUTABLE)
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(tarball).digest()).decode()
        versions = {
            version: {"name": name, "version": version, "dependencies": needs[name],
                      "dist": {"tarball": registry.base + (path if version == "1.0.0" else f"/{name}/-/{name}-{version}.tgz"),
                               "shasum": hashlib.sha1(tarball).hexdigest() if version == "1.0.0" else r.randbytes(20).hex(),
                               "integrity": integrity if version == "1.0.0" else "sha512-" + base64.b64encode(r.randbytes(64)).decode(),
                               "signatures": [{"keyid": "SHA256:" + r.randbytes(16).hex(), "sig": base64.b64encode(r.randbytes(70)).decode()}]}}
            for version in [*(f"0.{minor}.{r.randrange(9)}" for minor in range(r.choice([r.randrange(1, 30), size(r, 25, 1.1, 600)]))), "1.0.0"]}
        packument = {"name": name, "dist-tags": {"latest": "1.0.0"}, "modified": "2026-11-02T08:00:00.000Z", "versions": versions}
        registry.put(f"/{name}", json.dumps(packument).encode(), "application/vnd.npm.install-v1+json", "public, max-age=300")
    return registry, roots


def pypi(latency, packages):
    """Gives the index, the host of the files and the names."""
    index, files, r = Registry(latency), Registry(latency), random.Random(9)
    names = [f"bench-wheel-{number:02}" for number in range(packages)]
    for number, name in enumerate(names):
        module = name.replace("-", "_")
        needs = "".join(f"Requires-Dist: {other}\n" for other in names[number + 1:number + 3])
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0.0\n{needs}\n{text(r, 4096).decode()}\n".encode()
        wheel = io.BytesIO()
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{module}/__init__.py", text(r, size(r, 30 << 10, 1.0, 1 << 20)))
            archive.writestr(f"{module}/native.bin", r.randbytes(size(r, 150 << 10, 1.8, 16 << 20)))
            archive.writestr(f"{module}-1.0.0.dist-info/METADATA", metadata)
            archive.writestr(f"{module}-1.0.0.dist-info/WHEEL", "Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{module}-1.0.0.dist-info/RECORD", "")
        path = f"/packages/{module}-1.0.0-py3-none-any.whl"
        files.put(path, wheel.getvalue(), "application/octet-stream", IMMUTABLE)
        files.put(path + ".metadata", metadata, "application/octet-stream", IMMUTABLE)
        older = (f"{files.base}/packages/{module}-0.{minor}.0-py3-none-any.whl" for minor in range(60))
        links = [_link(url, r.randbytes(32).hex(), r.randbytes(32).hex()) for url in older]
        links.append(_link(files.base + path, hashlib.sha256(wheel.getvalue()).hexdigest(), hashlib.sha256(metadata).hexdigest()))
        page = f"<!DOCTYPE html><html><head><title>{name}</title></head><body>{''.join(links)}</body></html>".encode()
        index.put(f"/simple/{name}/", page, "text/html", "public, max-age=600")
    return index, files, names


def nuget(latency, packages):
    """Gives the server and the names, each with version 1.0.0."""
    registry, r = Registry(latency), random.Random(3)
    resources = [{"@id": registry.base + "/v3-flatcontainer/", "@type": "PackageBaseAddress/3.0.0"}]
    registry.put("/v3/index.json", json.dumps({"version": "3.0.0", "resources": resources}).encode(), "application/json", "public, max-age=300")
    names = [f"Bench.Library{number:02}" for number in range(packages)]
    for number, name in enumerate(names):
        needs = "".join(f'<dependency id="{other}" version="1.0.0" />' for other in names[number + 1:number + 3])
        spec = (f'<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"><metadata><id>{name}</id>'
                '<version>1.0.0</version><authors>bench</authors><description>bench</description><dependencies>'
                f'<group targetFramework="net8.0">{needs}</group></dependencies></metadata></package>').encode()
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{name}.nuspec", spec)
            archive.writestr("lib/net8.0/_._", b"")
            archive.writestr(f"lib/net8.0/{name}.xml", text(r, size(r, 100 << 10, 1.0, 2 << 20)))
            archive.writestr(f"content/{name}.bin", r.randbytes(size(r, 120 << 10, 1.4, 8 << 20)))
        low = name.lower()
        versions = {"versions": [*(f"0.{minor}.0" for minor in range(r.randrange(5, 120))), "1.0.0"]}
        registry.put(f"/v3-flatcontainer/{low}/index.json", json.dumps(versions).encode(), "application/json", "public, max-age=60")
        registry.put(f"/v3-flatcontainer/{low}/1.0.0/{low}.1.0.0.nupkg", package.getvalue(), "application/octet-stream", "public, max-age=120")
    return registry, names


def debian(latency, packages):
    """Gives the archive, whose suite is `stable` and unsigned, and the names."""
    registry, r = Registry(latency), random.Random(12)
    names, stanzas = [f"bench-deb-{number:02}" for number in range(packages)], []
    for name in names:
        control = f"Package: {name}\nVersion: 1.0\nArchitecture: all\nMaintainer: bench <bench@example.org>\nDescription: bench\n"
        data = r.randbytes(size(r, 200 << 10, 1.3, 8 << 20))
        deb = _ar([("debian-binary", b"2.0\n"), ("control.tar.gz", _tar_gz("./control", control.encode())),
                   ("data.tar.gz", _tar_gz(f"./usr/share/{name}/data", data))])
        path = f"pool/main/{name}_1.0_all.deb"
        registry.put("/" + path, deb, "application/vnd.debian.binary-package", IMMUTABLE)
        stanzas.append(f"{control}Filename: {path}\nSize: {len(deb)}\nSHA256: {hashlib.sha256(deb).hexdigest()}\n")
    for number in range(20000):
        stanzas.append(f"Package: other-{number}\nVersion: 1.{number}\nArchitecture: all\nMaintainer: bench <bench@example.org>\n"
                       f"Description: another package\nFilename: pool/main/other-{number}_1_all.deb\nSize: {r.randrange(1 << 20)}\n"
                       f"SHA256: {r.randbytes(32).hex()}\n")
    plain = "\n".join(stanzas).encode()
    listing = gzip.compress(plain, 6, mtime=0)
    at = "main/binary-amd64/Packages.gz"
    release = (f"Origin: bench\nSuite: stable\nCodename: stable\nDate: Mon, 02 Nov 2026 08:00:00 UTC\nArchitectures: amd64\nComponents: main\n"
               f"Acquire-By-Hash: yes\nSHA256:\n {hashlib.sha256(plain).hexdigest()} {len(plain)} {at[:-3]}\n"
               f" {hashlib.sha256(listing).hexdigest()} {len(listing)} {at}\n")
    registry.put("/dists/stable/Release", release.encode(), "application/octet-stream", "public, max-age=120")
    for path in (at, f"main/binary-amd64/by-hash/SHA256/{hashlib.sha256(listing).hexdigest()}"):
        registry.put(f"/dists/stable/{path}", listing, "application/gzip", "public, max-age=120")
    return registry, names


def _link(url, digest, metadata_digest):
    return f'<a href="{url}#sha256={digest}" data-core-metadata="sha256={metadata_digest}">{url.rpartition("/")[2]}</a><br/>'


def _add(tar, name, content):
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _tar_gz(name, content):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        _add(tar, name, content)
    return out.getvalue()


def _ar(members):
    out = b"!<arch>\n"
    for name, content in members:
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n".encode() + content + (b"\n" if len(content) % 2 else b"")
    return out
