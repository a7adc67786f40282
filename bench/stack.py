"""What the benchmarks run against: clamd, an nginx origin and ClamProxy (Release), on loopback, in a folder that goes with them."""
import array
import http.client
import os
import socket
import subprocess
from pathlib import Path

import database
from processes import IS_ROOT, REPOSITORY, Processes, free_port, port_answers


class Stack(Processes):
    """Started with `with`."""

    def __init__(self, database_kind="small", environment=None, has_proxy=True, clamd_lines=""):
        super().__init__()
        self.database_kind = database_kind or "small"
        self.environment = environment or {}
        self.has_proxy = has_proxy
        self.clamd_lines = clamd_lines
        self.files = self.folder / "files"
        self.files.mkdir()
        self.clamd_socket = str(self.folder / "clamd.sock")
        self.origin_port = free_port()
        self.proxy = None

    def __enter__(self):
        try:
            self._start_clamd()
            self._start_origin()
            if self.has_proxy:
                self.proxy = Proxy(self, "clamproxy", self.environment)
        except BaseException:
            self.__exit__()
            raise
        return self

    @property
    def proxy_process(self):
        return self.proxy.process

    def _start_clamd(self):
        signatures = database.write(self.folder / "db", self.database_kind)
        (self.folder / "scans").mkdir()
        configuration = self.folder / "clamd.conf"
        configuration.write_text(
            f"Foreground yes\nLocalSocket {self.clamd_socket}\nDatabaseDirectory {signatures}\nTemporaryDirectory {self.folder}/scans\n"
            "LocalSocketMode 666\nAlertExceedsMax yes\nMaxFileSize 2000M\nMaxScanSize 4000M\nStreamMaxLength 2000M\nMaxScanTime 600000\n"
            "MaxThreads 12\nSelfCheck 0\nDisableCache yes\nConcurrentDatabaseReload yes\n" + self.clamd_lines + ("User root\n" if IS_ROOT else ""))
        clamd = self.spawn("clamd", ["clamd", "-c", configuration])
        self.wait_until(self._clamd_answers, "clamd", clamd, 300)

    def _clamd_answers(self):
        try:
            return scan_command(self.clamd_socket, b"zPING\0") == b"PONG"
        except OSError:
            return False

    def _start_origin(self):
        start_nginx(self, "origin", self.origin_port, f"""
            server {{ listen 127.0.0.1:{self.origin_port} backlog=1024; root {self.files}; location = /-/status {{ stub_status; }} }}""")

    def write_file(self, name, size):
        """A file of random bytes; distinct bytes, so that nothing is known of them."""
        path = self.files / name
        with open(path, "wb") as f:
            for left in range(size, 0, -(1 << 20)):
                f.write(os.urandom(min(left, 1 << 20)))
        return path

    def from_origin(self, name, into):
        return fetch(self.origin_port, "/" + name, {}, into)

    def from_proxy(self, name, into, cache_scan=False):
        return fetch(self.proxy.port, "/" + name, {"Download-From": f"http://127.0.0.1:{self.origin_port}", "Cache-Scan": str(cache_scan)}, into)


class Proxy:
    """One ClamProxy process, ready to work. A setting that it does not know is a StartError with its own words."""

    def __init__(self, stack, name, environment, build=None):
        self.port, self.management_port = free_port(), free_port()
        spool = stack.place(f"{name}-spool")
        self.process = stack.spawn(name, command_of(build or published(stack)), {
            "PORT": str(self.port), "MANAGEMENT_PORT": str(self.management_port), "CLAMD_HOSTS": f"unix://{stack.clamd_socket}",
            "ALLOWED_UPSTREAMS": "127.0.0.1", "SPOOL_PATH": str(spool), "LOG_LEVEL": "Warning", **environment})
        stack.wait_until(self._is_ready, name, self.process)

    def _is_ready(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.management_port, timeout=5)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False


def command_of(build):
    """What starts a published ClamProxy: one for .NET, or one of machine code."""
    return ["dotnet", build / "clamproxy.dll"] if (build / "clamproxy.dll").exists() else [build / "clamproxy"]


def compiled(stack, name):
    """A program of this folder that is written in C."""
    out = stack.folder / name
    subprocess.run(["gcc", "-O2", "-pthread", "-o", out, Path(__file__).with_name(name + ".c")], check=True)
    return out


def published(stack):
    """ClamProxy's Release build, in the stack's folder."""
    out = stack.folder / "app"
    if not out.exists():
        subprocess.run(
            ["dotnet", "publish", REPOSITORY / "src/ClamProxy", "-c", "Release", "-o", out, "--nologo", "-v", "q"], check=True, stdout=subprocess.DEVNULL)
    return out


def start_nginx(stack, name, port, servers):
    """An nginx with one worker, as it is configured by default but for its log, its places and kept-alive connections without an end."""
    places = stack.place(f"{name}-nginx")
    temporary = "".join(f"{kind}_temp_path {places}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    configuration = places / "nginx.conf"
    configuration.write_text(
        f"daemon off; worker_processes 1; pid {places}/pid; error_log {places}/error.log;\n" + ("user root;\n" if IS_ROOT else "")
        + "events { worker_connections 4096; }\n"
        + f"http {{ access_log off; sendfile on; keepalive_requests 1000000; default_type application/octet-stream; {temporary}{servers}\n}}\n")
    process = stack.spawn(name, ["nginx", "-p", places, "-c", configuration])
    stack.wait_until(lambda: port_answers(port), name, process)
    return process


def fetch(port, path, headers, into):
    """GETs into a file; gives the number of bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    if response.status != 200:
        raise SystemExit(f"{path}: {response.status} {response.reason}: {response.read(500)}")
    count = 0
    buffer = bytearray(256 << 10)
    with open(into, "wb", buffering=0) as f:
        while n := response.readinto(buffer):
            f.write(memoryview(buffer)[:n])
            count += n
    connection.close()
    return count


def scan_command(path, command):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(600)
        s.connect(path)
        s.sendall(command)
        return read_reply(s)


def scan_descriptor(path, file):
    """clamd's FILDES: the floor that no proxy can beat."""
    with open(file, "rb") as f, socket.socket(socket.AF_UNIX) as s:
        s.settimeout(600)
        s.connect(path)
        s.sendall(b"zFILDES\0")
        s.sendmsg([b"\0"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [f.fileno()]))])
        return read_reply(s)


def read_reply(s):
    reply = b""
    while not reply.endswith(b"\0"):
        part = s.recv(4096)
        if not part:
            break
        reply += part
    return reply.rstrip(b"\0")
