"""Those that ClamProxy is measured beside: the floor, nginx in four forms, squid + c-icap, e2guardian, a plain stand-in."""
import os
import pwd
import re
import shutil
import sys
from pathlib import Path

from competitor import Competitor
from processes import IS_ROOT, StartError, free_port, port_answers
from stack import start_nginx


class Floor(Competitor):
    key, label, works = "floor", "floor: download + FILDES", ("cold",)
    is_yardstick = True

    def start(self, arena):
        self.port = arena.upstream_port
        self.load_options = ["-d", arena.clamd_socket, "-t", str(arena.folder)]


class Direct(Competitor):
    """The origin itself: what the line and the load client allow."""

    key, label, works = "direct", "origin, not scanned", ("cold",)
    is_yardstick, scans = True, False

    def start(self, arena):
        self.port = arena.upstream_port


class Nginx(Competitor):
    scans = False
    is_yardstick = True
    location = ""
    outside = ""

    def start(self, arena):
        self.port = free_port()
        self.processes = [start_nginx(arena, self.key, self.port, f"""
            upstream origin {{ server 127.0.0.1:{arena.upstream_port}; keepalive 64; }}
            {self.outside.format(cache=arena.places / (self.key + "-cache"))}
            server {{ listen 127.0.0.1:{self.port} backlog=1024; location / {{ {self.location.format(files=arena.files)} }} }}""")]


class NginxStatic(Nginx):
    key, label, works = "static", "nginx static", ("verdict", "store")
    location = "root {files};"
    contacts_upstream = False


class NginxProxy(Nginx):
    key, label, works = "proxy", "nginx proxy", ("verdict", "store")
    location = 'proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection "";'
    contacts_upstream = True


class NginxProxyInMemory(NginxProxy):
    key, label = "proxy-notemp", "nginx proxy, no temp file"
    location = NginxProxy.location + " proxy_max_temp_file_size 0;"


class NginxCache(Nginx):
    key, label, works = "proxy-cache", "nginx proxy_cache", ("store",)
    location = NginxProxy.location + " proxy_cache c; proxy_cache_valid 200 1d; proxy_cache_lock on;"
    outside = "proxy_cache_path {cache} levels=1:2 keys_zone=c:10m max_size=10g inactive=1d use_temp_path=off;"
    contacts_upstream = False


class NginxAccel(Nginx):
    """nginx sends what another process names, as with ClamProxy's X-Accel, but that one is nginx too and names the file without having looked at anything: no answerer does less."""

    key, label, works = "accel-floor", "nginx sends, nginx names", ("store",)
    contacts_upstream = False

    def start(self, arena):
        answerer = free_port()
        self.port = free_port()
        self.processes = [
            start_nginx(arena, "answerer", answerer, f"""
                server {{ listen 127.0.0.1:{answerer} backlog=1024;
                    location / {{ add_header X-Accel-Redirect /-/files$uri; add_header ETag '"1"'; add_header Scan-Verdict clean; return 200; }} }}"""),
            start_nginx(arena, self.key, self.port, f"""
                upstream answerer {{ server 127.0.0.1:{answerer}; keepalive 32; }}
                server {{ listen 127.0.0.1:{self.port} backlog=1024;
                    location / {{ proxy_pass http://answerer; proxy_http_version 1.1; proxy_buffering off; proxy_set_header Connection ""; }}
                    location /-/files/ {{ internal; alias {arena.files}/; }} }}""")]


class Squid(Competitor):
    """squid 5.7 stalls when upstream is faster than the ICAP service (its bug 5352), so it always fetches from the paced origin.

    c-icap remembers nothing: it scans what is known to be clean too.
    """

    key, label, works = "squid", "squid + c-icap", ("cold", "verdict")
    needs = ("squid", "c-icap")
    service = "virus_scan"
    caches = False

    def start(self, arena):
        self.port, icap = free_port(), free_port()
        places = arena.place(self.key)
        for name in ("cache", "icap"):
            (places / name).mkdir()
        if IS_ROOT:
            user = pwd.getpwnam("proxy")
            for place in (places, *places.iterdir()):
                os.chown(place, user.pw_uid, user.pw_gid)
        self.start_icap(arena, places, icap)
        self._start_squid(arena, places, icap)

    def start_icap(self, arena, places, port):
        modules = next((m for m in Path("/usr/lib").glob("**/c_icap") if (m / "virus_scan.so").exists()), None)
        if modules is None:
            raise StartError("c-icap's virus_scan.so is missing (libc-icap-mod-virus-scan)")
        configuration = places / "c-icap.conf"
        configuration.write_text(f"""PidFile {places}/c-icap.pid
CommandsSocket {places}/c-icap.ctl
Timeout 600
MaxKeepAliveRequests 10000
KeepAliveTimeout 600
StartServers 1
MaxServers 4
MinSpareThreads 10
MaxSpareThreads 80
ThreadsPerChild 64
MaxRequestsPerChild 0
Port 127.0.0.1:{port}
ServerAdmin nobody@localhost
ServerName bench
TmpDir {places}/icap
MaxMemObject 131072
DebugLevel 1
Pipelining on
ModulesDir {modules}
ServicesDir {modules}
TemplateDir /usr/share/c_icap/templates/
TemplateDefaultLanguage en
LoadMagicFile /etc/c-icap/c-icap.magic
ServerLog {places}/c-icap.log
Module common clamd_mod.so
clamd_mod.ClamdSocket {arena.clamd_socket}
Service antivirus_module virus_scan.so
virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE
virus_scan.SendPercentData 0
virus_scan.StartSendPercentDataAfter 32K
virus_scan.MaxObjectSize 1000M
virus_scan.Allow204Responces on
virus_scan.PassOnError off
""")
        name = self.key + "-c-icap"
        self.processes.append(arena.spawn(name, ["c-icap", "-N", "-f", configuration]))
        arena.wait_until(lambda: port_answers(port), name, self.processes[-1])

    def _start_squid(self, arena, places, icap):
        configuration = places / "squid.conf"
        cache = f"cache_dir aufs {places}/cache 8000 16 64\ncache_mem 256 MB\nmaximum_object_size_in_memory 2 MB" if self.caches else "cache deny all"
        configuration.write_text(f"""pid_filename {places}/squid.pid
http_port 127.0.0.1:{self.port} accel defaultsite=127.0.0.1:{arena.upstream_port}
cache_peer 127.0.0.1 parent {arena.paced_port} 0 no-query no-digest originserver name=origin default
http_access allow all
cache_effective_user proxy
{cache}
maximum_object_size 1 GB
refresh_pattern . 1440 100% 14400 override-expire
icap_enable on
icap_preview_enable on
icap_persistent_connections on
icap_service_failure_limit -1
icap_service av respmod_precache bypass=off max-conn=64 on-overload=wait icap://127.0.0.1:{icap}/{self.service}
adaptation_access av allow all
access_log none
cache_log {places}/squid.log
cache_store_log none
coredump_dir {places}
via off
shutdown_lifetime 1 seconds
pinger_enable off
visible_hostname bench
max_filedescriptors 4096
""")
        if self.caches:
            arena.run_to_end(self.key, ["squid", "-N", "-z", "-f", configuration])
        self.processes.append(arena.spawn(self.key, ["squid", "-N", "-f", configuration]))
        arena.wait_until(lambda: port_answers(self.port), self.key, self.processes[-1])


class SquidCache(Squid):
    """Keeps what came out of ICAP: a miss in the cold work, a hit in the work by store."""

    key, label, works = "squid-cache", "squid + c-icap, caching", ("cold", "store")
    caches = True
    contacts_upstream = False


class E2guardian(Competitor):
    """Debian's configuration with clamd switched on as its story demands, its size limit lifted and its log silenced."""

    key, label, works = "e2guardian", "e2guardian (FILDES)", ("cold",)
    needs = ("e2guardian",)

    def start(self, arena):
        self.port = free_port()
        # A forward proxy: it is asked for the whole URL.
        self.prefix = f"http://127.0.0.1:{arena.upstream_port}"
        places = arena.places / self.key
        shutil.copytree("/etc/e2guardian", places, symlinks=False, ignore=shutil.ignore_patterns("private"))
        (places / "temporary").mkdir()
        for file in places.rglob("*"):
            if file.is_file():
                text = file.read_text("latin-1")
                file.write_text(text.replace("/etc/e2guardian", str(places)).replace("/run/clamav/clamd.ctl", arena.clamd_socket), "latin-1")
        self._set(places / "e2guardian.conf", {
            "nodaemon": "on", "loglevel": "0", "filterip": "127.0.0.1", "filterports": str(self.port), "proxytimeout": "100", "httpworkers": "500",
            "contentscannertimeout": "600", "maxcontentfilecachescansize": "1000000", "filecachedir": f"'{places}/temporary'",
            "loglocation": f"'{places}/temporary/access.log'", "pidfilename": f"'{places}/temporary/pid'",
            "contentscanner": f"'{places}/contentscanners/clamdscan.conf'"})
        story = places / "site.story"
        story.write_text(re.sub(r"^function\((checknoscanlists|checknoscantypes)\)", r"#\g<0>", story.read_text("latin-1"), flags=re.M), "latin-1")
        if IS_ROOT:
            user = pwd.getpwnam("e2guardian")
            for place in (places, *places.rglob("*")):
                os.chown(place, user.pw_uid, user.pw_gid)
        self.processes = [arena.spawn(self.key, ["e2guardian", "-N", "-c", places / "e2guardian.conf"])]
        arena.wait_until(lambda: port_answers(self.port), self.key, self.processes[-1])

    @staticmethod
    def _set(file, values):
        lines = [line for line in file.read_text("latin-1").splitlines() if line.split("=")[0].strip() not in values]
        file.write_text("\n".join(lines + [f"{name} = {value}" for name, value in values.items()]) + "\n", "latin-1")


class StandIn(Competitor):
    key, label, works = "stand-in", "stand-in: download, INSTREAM, send", ("cold",)
    has_redis = False

    def start(self, arena):
        self.port = free_port()
        redis = [str(start_redis(arena, self))] if self.has_redis else []
        self.processes.append(arena.spawn(
            self.key, [sys.executable, Path(__file__).with_name("standin.py"), self.port, arena.upstream_port, arena.clamd_socket, *redis]))
        arena.wait_until(lambda: port_answers(self.port), self.key, self.processes[-1])


class StandInRedis(StandIn):
    key, label, works = "stand-in-redis", "stand-in, verdict in Redis", ("verdict",)
    needs = ("redis-server",)
    has_redis = True
    contacts_upstream = True


def start_redis(arena, competitor):
    """A Redis of that competitor's own; gives its port."""
    port, name = free_port(), competitor.key + "-redis"
    competitor.processes.append(arena.spawn(name, ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", arena.folder]))
    arena.wait_until(lambda: port_answers(port), name, competitor.processes[-1])
    return port


RIVALS = [Floor, Direct, NginxStatic, NginxProxy, NginxProxyInMemory, NginxCache, NginxAccel, Squid, SquidCache, E2guardian, StandIn, StandInRedis]
