"""Passes connections on as a user of the machine; says "ready" when it listens.

usage: relay.py UID FROM_ADDRESS:PORT TO_ADDRESS:PORT [FROM TO …]
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


async def main(uid, pairs):
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)

    def passing_on(target):
        async def pass_on(reader, writer):
            try:
                there, back = await asyncio.open_connection(*target)
            except OSError:
                writer.close()
                return
            await asyncio.gather(copy(reader, back), copy(there, writer))

        return pass_on

    servers = [await asyncio.start_server(passing_on(target), *source) for source, target in pairs]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


places = [endpoint(text) for text in sys.argv[2:]]
asyncio.run(main(int(sys.argv[1]), list(zip(places[::2], places[1::2]))))
