#!/usr/bin/env python3
"""A clamd that takes its time: OK or FOUND some seconds after the content's last byte, as many at once as are asked for.

fake_clamd.py PORT SECONDS
Content with MARK_CLEAN or MARK_INFECTED behind its first 64 bytes is slow; the canaries (EICAR, a gzip of gzips) are found and all else is OK at once.
"""
import asyncio
import sys
import time

from database import EICAR

MARK_CLEAN, MARK_INFECTED = b"slow and clean  ", b"slow and foul   "
MARK_AT = 64


async def read_content(reader):
    parts = []
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        parts.append(await reader.readexactly(size))
        # The marks are in the front; the rest need not be kept, be it a thousand times 1 MiB.
        if len(parts) > 1 and len(parts[0]) >= 4096:
            parts.pop()
    return b"".join(parts)


async def verdict(content, seconds):
    mark = content[MARK_AT:MARK_AT + len(MARK_CLEAN)]
    if mark in (MARK_CLEAN, MARK_INFECTED):
        await asyncio.sleep(seconds)
    if mark == MARK_INFECTED or EICAR in content or content[:2] == b"\x1f\x8b":
        return b"stream: Eicar-Test-Signature FOUND\0"
    return b"stream: OK\0"


async def serve(reader, writer, seconds, version):
    try:
        command = await reader.readuntil(b"\0")
        if command == b"zPING\0":
            writer.write(b"PONG\0")
        elif command == b"zVERSION\0":
            writer.write(version)
        elif command == b"zINSTREAM\0":
            writer.write(await verdict(await read_content(reader), seconds))
        else:
            writer.write(b"UNKNOWN COMMAND\0")
        await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main(port, seconds):
    version = b"ClamAV 1.4.6/27826/" + time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime()).encode() + b"\0"
    async with await asyncio.start_server(lambda r, w: serve(r, w, seconds, version), "127.0.0.1", port, backlog=2048) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), float(sys.argv[2])))
