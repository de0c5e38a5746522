"""Passes connections on as a user of the machine; says "ready" when it listens.

usage: relay.py UID FROM_ADDRESS:PORT TO_ADDRESS:PORT
"""

import asyncio
import os
import sys


def endpoint(text):
    address, port = text.rsplit(":", 1)
    return address, int(port)


async def copy(reader, writer):
    try:
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    except OSError:
        pass  # one side went away: the other is told so
    finally:
        writer.close()


async def main(uid, source, target):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)

    async def pass_on(reader, writer):
        try:
            there, back = await asyncio.open_connection(*target)
        except OSError:
            writer.close()
            return
        await asyncio.gather(copy(reader, back), copy(there, writer))

    server = await asyncio.start_server(pass_on, *source)
    print("ready", flush=True)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), endpoint(sys.argv[2]), endpoint(sys.argv[3])))
