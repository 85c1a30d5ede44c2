"""Nobody holds a connection by sending nothing."""

import asyncio
import socket

import apart
import pytest
import uvicorn
from uvicorn.server import ServerState

from onecopy.service.patience import PatientProtocol


@pytest.fixture(scope="module")
def impatient(make_service):
    return make_service(environment={"ONECOPY_IDLE_SECONDS": "1"}).start()


def test_a_body_that_does_not_come_is_not_waited_for(impatient):
    host, port = impatient.url.removeprefix("http://").split(":")
    head = (
        f"POST /sign-in HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {impatient.url}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 50\r\n\r\n"
    ).encode()
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(head + b"to")
        said = b""
        while piece := wire.recv(65536):
            said += piece
    assert b"HTTP/1.1 408 " in said
    with socket.create_connection((host, int(port)), timeout=30) as wire:
        wire.sendall(head + b"to")  # and gone
    with impatient.client() as again:
        assert again.get("/healthz").status_code == 200
    assert "Traceback" not in impatient.errors()


class _Quick(PatientProtocol):
    seconds = 0.2


WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("sent", [[b""], [WHOLE[:9]], [WHOLE, WHOLE[:9]]], ids=["nothing", "half", "second"])
def test_a_request_that_does_not_come_is_not_waited_for(sent):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    async def closed():
        config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none", access_log=False)
        server = await asyncio.get_running_loop().create_server(
            lambda: _Quick(config, ServerState(), {}), "127.0.0.1", 0
        )
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            for whole in sent[:-1]:
                writer.write(whole)
                assert b"204" in await reader.readuntil(b"\r\n\r\n")
            writer.write(sent[-1])
            assert await asyncio.wait_for(reader.read(), 4) == b""  # the server itself waits longer
            writer.close()

    apart.run(closed())
