#!/usr/bin/env python3
"""The stand-in: what one writes in an afternoon. Download the whole file into memory, INSTREAM it to clamd, send it; with a Redis, keep the verdicts there.

standin.py PORT UPSTREAM_PORT CLAMD_SOCKET [REDIS_PORT]
A known verdict saves the scan and not the download: Redis holds the verdict, not the file.
"""
import asyncio
import hashlib
import struct
import sys

PORT, UPSTREAM, CLAMD = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
REDIS = int(sys.argv[4]) if len(sys.argv) > 4 else None
CHUNK = 128 << 10


async def read_head(reader):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    return head[0], {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}


async def download(path):
    reader, writer = await asyncio.open_connection("127.0.0.1", UPSTREAM, limit=1 << 20)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{UPSTREAM}\r\nConnection: close\r\n\r\n".encode())
    status, fields = await read_head(reader)
    body = await reader.readexactly(int(fields["content-length"]))
    writer.close()
    return status.split(" ", 1)[1], fields, body


async def scan(body):
    reader, writer = await asyncio.open_unix_connection(CLAMD)
    writer.write(b"zINSTREAM\0")
    for at in range(0, len(body), CHUNK):
        chunk = memoryview(body)[at:at + CHUNK]
        writer.write(struct.pack(">I", len(chunk)))
        writer.write(chunk)
        await writer.drain()
    writer.write(b"\0\0\0\0")
    reply = await reader.readuntil(b"\0")
    writer.close()
    return reply.rstrip(b"\0")


async def redis(*words):
    reader, writer = await asyncio.open_connection("127.0.0.1", REDIS)
    writer.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words))
    reply = (await reader.readline()).strip()
    value = await reader.readexactly(int(reply[1:])) if reply[:1] == b"$" and reply != b"$-1" else None
    writer.close()
    return value


async def verdict_of(path, fields, body):
    key = hashlib.sha256((path + fields.get("etag", "")).encode()).hexdigest().encode()
    known = await redis(b"GET", key) if REDIS else None
    if known:
        return known
    verdict = await scan(body)
    if REDIS and not verdict.endswith(b"ERROR"):
        await redis(b"SET", key, verdict, b"EX", b"86400")
    return verdict


async def serve(reader, writer):
    try:
        while True:
            request, _ = await read_head(reader)
            path = request.split(" ")[1]
            status, fields, body = await download(path)
            verdict = await verdict_of(path, fields, body)
            if not verdict.endswith(b": OK"):
                status, body = "409 Infected", verdict
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode())
            writer.write(body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    async with await asyncio.start_server(serve, "127.0.0.1", PORT, backlog=1024) as server:
        await server.serve_forever()


asyncio.run(main())
