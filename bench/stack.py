"""What the benchmarks run against: clamd, an nginx origin and ClamProxy (Release), on loopback, in a folder that goes with them."""
import array
import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
EICAR = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTI", "VIRUS-TEST-FILE!$H+H*"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_until(is_ready, what, seconds=60):
    end = time.monotonic() + seconds
    while not is_ready():
        if time.monotonic() > end:
            raise SystemExit(f"{what} was not ready after {seconds} s")
        time.sleep(0.05)


class Stack:
    """Started with `with`; every process is ended by its id."""

    def __init__(self, database=None, environment=None):
        self.folder = Path(tempfile.mkdtemp(prefix="clamproxy-bench-"))
        self.database = database
        self.environment = environment or {}
        self.processes = []
        self.files = self.folder / "files"
        self.files.mkdir()
        self.clamd_socket = str(self.folder / "clamd.sock")
        self.origin_port, self.port, self.management_port = free_port(), free_port(), free_port()

    def __enter__(self):
        try:
            self._start_clamd()
            self._start_origin()
            self._start_proxy()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def proxy_process(self):
        return self.processes[-1]

    def _spawn(self, name, arguments, environment=None):
        log = open(self.folder / f"{name}.log", "wb")
        process = subprocess.Popen(arguments, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        self.processes.append(process)
        return process

    def _start_clamd(self):
        database = self.database
        if database is None:
            database = self.folder / "db"
            database.mkdir()
            (database / "test.ndb").write_text("Eicar-Test-Signature:0:*:" + "".join(EICAR).encode().hex() + "\n")
        (self.folder / "scans").mkdir()
        configuration = self.folder / "clamd.conf"
        configuration.write_text(
            f"Foreground yes\nLocalSocket {self.clamd_socket}\nDatabaseDirectory {database}\nTemporaryDirectory {self.folder}/scans\n"
            "LocalSocketMode 666\nAlertExceedsMax yes\nMaxFileSize 2000M\nMaxScanSize 4000M\nStreamMaxLength 2000M\nMaxScanTime 600000\n"
            "MaxThreads 12\nSelfCheck 0\nDisableCache yes\nConcurrentDatabaseReload yes\n"
            + ("User root\n" if os.geteuid() == 0 else ""))
        self._spawn("clamd", ["clamd", "-c", str(configuration)])
        wait_until(self._clamd_answers, "clamd", 180)

    def _clamd_answers(self):
        try:
            return scan_command(self.clamd_socket, b"zPING\0") == b"PONG"
        except OSError:
            return False

    def _start_origin(self):
        configuration = self.folder / "nginx.conf"
        configuration.write_text(
            f"daemon off; worker_processes 1; pid {self.folder}/nginx.pid; error_log {self.folder}/nginx-error.log;\n"
            + ("user root;\n" if os.geteuid() == 0 else "")
            + "events { worker_connections 4096; }\n"
            f"http {{ access_log off; sendfile on; server {{ listen 127.0.0.1:{self.origin_port}; root {self.files}; }} }}\n")
        self._spawn("nginx", ["nginx", "-p", str(self.folder), "-c", str(configuration)])
        wait_until(lambda: port_answers(self.origin_port), "nginx")

    def _start_proxy(self):
        out = self.folder / "app"
        subprocess.run(
            ["dotnet", "publish", str(REPOSITORY / "src/ClamProxy"), "-c", "Release", "-o", str(out), "--nologo", "-v", "q"], check=True, stdout=subprocess.DEVNULL)
        self._spawn("clamproxy", ["dotnet", str(out / "clamproxy.dll")], {
            "PORT": str(self.port), "MANAGEMENT_PORT": str(self.management_port), "CLAMD_HOSTS": f"unix://{self.clamd_socket}",
            "ALLOWED_UPSTREAMS": "127.0.0.1", "SPOOL_PATH": str(self.folder), "LOG_LEVEL": "Warning", **self.environment})
        wait_until(self._is_ready, "ClamProxy")

    def _is_ready(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.management_port, timeout=5)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False

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
        return fetch(self.port, "/" + name, {"Download-From": f"http://127.0.0.1:{self.origin_port}", "Cache-Scan": str(cache_scan)}, into)


def port_answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


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
