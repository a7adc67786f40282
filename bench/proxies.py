"""ClamProxy in its forms: verdicts in the process or in Redis, with the store or without, alone or behind nginx."""
import http.client
import os
import re
import time
from pathlib import Path

from competitor import Competitor
from processes import REPOSITORY, StartError, free_port
from rivals import Squid, start_redis
from stack import Proxy, start_nginx

STORE_PROBE = "store-probe"


class ClamProxy(Competitor):
    key, label, works = "clamproxy", "ClamProxy", ("cold", "verdict")
    has_redis = has_store = has_accel = False
    # Not one request each: clients that ask for the same file at once share its download.
    contacts_upstream = None
    build = None

    def start(self, arena):
        environment = {}
        if self.has_redis:
            environment["REDIS_URL"] = f"redis://127.0.0.1:{start_redis(arena, self)}"
        if self.has_store:
            self.store = arena.place(f"{self.key}-store")
            environment |= {"STORE_PATH": str(self.store), "STORE_SIZE": "8G"}
        if self.has_accel:
            environment["ACCEL_REDIRECT"] = "/.clamproxy-store/"
        proxy = Proxy(arena, self.key, environment, self.build)
        self.processes.append(proxy.process)
        self.port = proxy.port
        upstream = f"http://127.0.0.1:{arena.upstream_port}"
        self.headers = [("Download-From", upstream), ("Cache-Scan", str(self.cache_scan(arena)))]
        if self.has_store:
            self._find_store(arena)
        self.move_behind_nginx(arena, upstream)

    def cache_scan(self, arena):
        return arena.work != "cold" or self.has_redis or self.has_store

    def move_behind_nginx(self, arena, upstream):
        pass

    def _find_store(self, arena):
        """An environment variable that nobody reads does no harm, so the store has to show itself: soon a request does not reach upstream."""
        arena.write_file(STORE_PROBE, 4096)
        end = time.monotonic() + 5
        while True:
            asked = arena.upstream_requests()
            answer = self._ask({})
            if answer.status == 200 and arena.upstream_requests() == asked:
                break
            if time.monotonic() > end:
                raise StartError(f"this ClamProxy has no store (STORE_PATH): after 5 s the same request still reaches upstream ({answer.status})")
            time.sleep(0.05)
        if self.has_accel and self._ask({"X-Sendfile-Type": "X-Accel-Redirect"}).getheader("X-Accel-Redirect") is None:
            raise StartError("this ClamProxy gives no X-Accel-Redirect (ACCEL_REDIRECT)")

    def _ask(self, more):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/" + STORE_PROBE, headers={**dict(self.headers), **more})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer


def build_before():
    folder = os.environ.get("CLAMPROXY_BEFORE")
    if not folder:
        raise StartError("CLAMPROXY_BEFORE names no published build")
    return Path(folder)


class Before(ClamProxy):
    """Another build beside this one: the folder that CLAMPROXY_BEFORE names (dotnet publish -c Release -o FOLDER)."""

    key, label = "clamproxy-before", "ClamProxy before"

    def start(self, arena):
        self.build = build_before()
        super().start(arena)


class BehindNginx(ClamProxy):
    """The templates that ship, for one upstream."""

    key, label = "clamproxy-nginx", "ClamProxy behind nginx"

    def move_behind_nginx(self, arena, upstream):
        front = free_port()
        values = {
            "CLAMPROXY_ADDRESS": f"127.0.0.1:{self.port}", "NGINX_PORT": f"127.0.0.1:{free_port()}", "EXAMPLE_PORT": f"127.0.0.1:{front}",
            "EXAMPLE_DOWNLOAD_FROM": upstream, "EXAMPLE_CACHE_SCAN": str(self.cache_scan(arena))}
        folder = REPOSITORY / "nginx/templates"
        templates = "\n".join((folder / f"{name}.conf.template").read_text() for name in ("default", "example"))
        templates = templates.replace("include conf.d/stored.inc;", (folder / "stored.inc.template").read_text())
        servers = re.sub(r"\$\{(\w+)\}", lambda m: values.get(m[1], m[0]), templates)
        self.processes.append(start_nginx(arena, self.key + "-front", front, servers))
        self.port, self.headers = front, []


class Redis(ClamProxy):
    key, label = "clamproxy-redis", "ClamProxy, Redis"
    needs = ("redis-server",)
    has_redis = True


class Store(ClamProxy):
    key, label, works = "clamproxy-store", "ClamProxy, store", ("cold", "store")
    has_store = True
    contacts_upstream = False


class StoreBefore(Store):
    """The same for hits of the store."""

    key, label, works = "clamproxy-store-before", "ClamProxy before, store", ("store",)

    def start(self, arena):
        self.build = build_before()
        super().start(arena)


class RedisStore(Store):
    key, label, works = "clamproxy-redis-store", "ClamProxy, Redis, store", ("store",)
    needs = ("redis-server",)
    has_redis = True


class StoreBehindNginx(BehindNginx):
    key, label, works = "clamproxy-nginx-store", "ClamProxy behind nginx, store", ("store",)
    has_store = True
    contacts_upstream = False


class Accel(ClamProxy):
    """nginx asks ClamProxy each time and sends the stored file itself."""

    key, label, works = "clamproxy-accel", "ClamProxy, nginx sends (X-Accel)", ("store",)
    has_store = has_accel = True
    contacts_upstream = False

    def move_behind_nginx(self, arena, upstream):
        front = free_port()
        self.processes.append(start_nginx(arena, self.key + "-front", front, f"""
            upstream clamproxy {{ server 127.0.0.1:{self.port}; keepalive 32; }}
            server {{ listen 127.0.0.1:{front} backlog=1024;
                location / {{
                    proxy_pass http://clamproxy; proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 600s; proxy_set_header Connection "";
                    proxy_set_header Download-From {upstream}; proxy_set_header Cache-Scan True; proxy_set_header X-Sendfile-Type X-Accel-Redirect;
                }}
                location /.clamproxy-store/ {{
                    internal; alias {self.store}/v1/contents/; etag off; if_modified_since off;
                    add_header ETag $upstream_http_etag; add_header Last-Modified $upstream_http_last_modified;
                    add_header Scan-Verdict $upstream_http_scan_verdict; add_header Cache-Status $upstream_http_cache_status;
                }}
            }}"""))
        self.port, self.headers = front, []


class BehindSquid(Squid):
    """The same squid, its answers scanned by ClamProxy over ICAP. It keeps nothing: what is known is known by its hash."""

    key, label, works = "squid-clamproxy", "squid + ClamProxy (ICAP)", ("cold", "verdict")
    needs = ("squid",)
    service = "respmod"

    def start_icap(self, arena, places, icap):
        # squid 5.7 stops inside each larger body until it gets the head (its bug 5352).
        environment = {"DOORS": "icap", "ICAP_PORT": str(icap), "ClamProxy__Icap__StallTimeout": "0"}
        self.processes.append(Proxy(arena, self.key + "-icap", environment).process)


PROXIES = [ClamProxy, Before, Redis, BehindNginx, Store, StoreBefore, RedisStore, StoreBehindNginx, Accel, BehindSquid]
