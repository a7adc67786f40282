"""Where the comparison takes place: clamd, the origins, the load client, and the competitors of one work at a time."""
import http.client
import json
import shutil
import subprocess

from database import EICAR
from processes import StartError, free_port, port_answers
from stack import Stack, compiled

GIGABIT = 125_000_000  # bytes a second


class Arena(Stack):
    def __init__(self, database_kind):
        super().__init__(database_kind, has_proxy=False)
        self.paced_port = free_port()
        self.work = None
        self._looks = 0

    def __enter__(self):
        try:
            super().__enter__()
            self.load_client = compiled(self, "load")
            origin = self.spawn("paced", [compiled(self, "origin"), self.paced_port, self.files])
            self.wait_until(lambda: port_answers(self.paced_port), "paced", origin)
            self._kept = len(self.running)
        except BaseException:
            self.__exit__()
            raise
        return self

    def begin(self, work):
        self.work = work
        self.places = self.folder / work
        self.places.mkdir()

    def finish(self):
        """Ends what the work started, and gives its room back."""
        self.end(self.running[self._kept:])
        shutil.rmtree(self.places, ignore_errors=True)

    @property
    def upstream_port(self):
        return self.paced_port if self.work == "cold" else self.origin_port

    def run_to_end(self, name, arguments):
        with open(self.log(name), "ab") as log:
            if subprocess.run([str(a) for a in arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=60).returncode:
                raise StartError(f"{arguments[0]}: {self.log(name).read_text(errors='replace').strip()[-200:]}")

    def pace(self, bytes_a_second):
        self._get(self.paced_port, f"/-/rate?{bytes_a_second}")

    def upstream_requests(self):
        """Files that both origins were asked for so far; the looks at nginx's own counter are not among them."""
        status = self._get(self.origin_port, "/-/status").split()
        self._looks += 1
        return int(status[9]) - self._looks + int(self._get(self.paced_port, "/-/count"))

    @staticmethod
    def _get(port, path):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def start(self, competitor):
        """None when it is up, else why it is absent."""
        missing = [program for program in competitor.needs if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin") is None]
        if missing:
            return f"not installed: {', '.join(missing)}"
        try:
            competitor.start(self)
        except StartError as e:
            self.end(competitor.processes)
            return str(e)
        return None

    def write_infected(self, name, size):
        """EICAR at the very end: whoever finds it has looked at all of the file."""
        path = self.write_file(name, size)
        with open(path, "r+b") as f:
            f.seek(size - len(EICAR))
            f.write(EICAR)

    def delivers(self, competitor, name):
        """Whether a client gets the whole of that file."""
        connection = http.client.HTTPConnection("127.0.0.1", competitor.port, timeout=600)
        try:
            connection.request("GET", f"{competitor.prefix}/{name}", headers=dict(competitor.headers))
            return connection.getresponse().read() == (self.files / name).read_bytes()
        except (http.client.HTTPException, OSError):
            return False
        finally:
            connection.close()

    def load_arguments(self, competitor, name, clients, more, fresh=None):
        arguments = [
            self.load_client, "-p", competitor.port, "-u", f"{competitor.prefix}/{name}", "-f", self.files / name, "-c", clients,
            "-H", f"Host: 127.0.0.1:{self.upstream_port}", *(["-q", fresh] if fresh else []), *more, *competitor.load_options]
        for field, value in competitor.headers:
            arguments += ["-H", f"{field}: {value}"]
        return [str(a) for a in arguments]

    def load(self, competitor, name, clients, seconds=0.0, least=1, most=1_000_000, fresh=None, is_large=False):
        """Runs the load client; gives what it measured (load.c)."""
        arguments = self.load_arguments(competitor, name, clients, ["-s", seconds, "-m", least, "-n", most, "-k", 4 if is_large else 16], fresh)
        done = subprocess.run(arguments, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"the load client ended with {done.returncode}")
        return json.loads(done.stdout)
