#!/usr/bin/env python3
"""A clamd that takes its time: OK or FOUND some seconds after it was given a content, as many at once as are asked for.

fake_clamd.py SOCKET SECONDS
Content with MARK_CLEAN or MARK_INFECTED behind its first 64 bytes is slow; the canaries (EICAR, a gzip of gzips) are found and all else is OK at once.
"""
import array
import asyncio
import os
import socket
import sys
import time

from database import EICAR

MARK_CLEAN, MARK_INFECTED = b"slow and clean  ", b"slow and foul   "
MARK_AT = 64


class Connection:
    """What asyncio's streams cannot do: take descriptors."""

    def __init__(self, accepted):
        self.socket, self.bytes, self.files = accepted, b"", []

    async def receive(self):
        readable = asyncio.get_running_loop().create_future()
        loop = asyncio.get_running_loop()
        loop.add_reader(self.socket, lambda: readable.done() or readable.set_result(None))
        try:
            await readable
        finally:
            loop.remove_reader(self.socket)
        data, ancillary, _, _ = self.socket.recvmsg(256 << 10, socket.CMSG_SPACE(4))
        for _, _, descriptors in ancillary:
            self.files += array.array("i", descriptors)
        if not data:
            raise ConnectionError("closed")
        self.bytes += data

    async def take(self, n):
        while len(self.bytes) < n:
            await self.receive()
        taken, self.bytes = self.bytes[:n], self.bytes[n:]
        return taken

    async def command(self):
        while b"\0" not in self.bytes:
            await self.receive()
        command, _, self.bytes = self.bytes.partition(b"\0")
        return command

    async def streamed(self):
        parts = []
        while size := int.from_bytes(await self.take(4), "big"):
            parts.append(await self.take(size))
        return b"".join(parts)

    async def descriptor(self):
        """The front of the file: the marks are there, and canaries are short."""
        while not self.files:
            await self.receive()
        file = self.files.pop()
        front = os.pread(file, 16 << 10, 0)
        os.close(file)
        return front

    def close(self):
        for file in self.files:
            os.close(file)
        self.socket.close()


async def verdict(content, seconds):
    mark = content[MARK_AT:MARK_AT + len(MARK_CLEAN)]
    if mark in (MARK_CLEAN, MARK_INFECTED):
        await asyncio.sleep(seconds)
    return b"Eicar-Test-Signature FOUND" if mark == MARK_INFECTED or EICAR in content or content[:2] == b"\x1f\x8b" else b"OK"


async def answer(connection, seconds, version):
    command = await connection.command()
    if command == b"zPING":
        return b"PONG\0"
    if command == b"zVERSION":
        return version
    if command == b"zINSTREAM":
        return b"stream: " + await verdict(await connection.streamed(), seconds) + b"\0"
    if command == b"zFILDES":
        return b"fd[11]: " + await verdict(await connection.descriptor(), seconds) + b"\0"
    return b"UNKNOWN COMMAND\0"


async def serve(accepted, seconds, version):
    connection = Connection(accepted)
    try:
        await asyncio.get_running_loop().sock_sendall(accepted, await answer(connection, seconds, version))
    except OSError:
        pass
    finally:
        connection.close()


async def main(path, seconds):
    version = b"ClamAV 1.4.6/27826/" + time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime()).encode() + b"\0"
    tasks = set()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen(2048)
        listener.setblocking(False)
        while True:
            accepted, _ = await asyncio.get_running_loop().sock_accept(listener)
            task = asyncio.create_task(serve(accepted, seconds, version))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
