"""`GET /events`: server-sent events for many browsers, each a coroutine and no thread."""

import asyncio
import contextlib
from urllib.parse import parse_qs

from transactions import metrics
from transactions.events import Feed

from fraudapp.asgi_types import Headers, Receive, Scope, Send, header
from fraudapp.limits import refusal

RETRY = b"retry: 1000\n\n"
KEEP_ALIVE = b": still here\n\n"


class EventStream:
    """Belongs to one event loop."""

    def __init__(self, feed: Feed, *, most: int, keep_alive_seconds: float, send_seconds: float) -> None:
        self._browsers = 0
        metrics.BROWSERS.set_function(lambda: self._browsers)
        self._feed = feed
        self._most = most
        self._keep_alive_seconds = keep_alive_seconds
        self._send_seconds = send_seconds
        self._change = asyncio.Event()
        self._waking = False
        self._beat = 0
        loop = asyncio.get_running_loop()
        feed.on_change = lambda: self._notice(loop)
        self._ticker = loop.create_task(self._tick())

    async def serve(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        if self._browsers >= self._most:
            detail = f"{self._most} pages are open already; close one, or try again."
            await refusal(503, detail, retry_seconds=5).give(send)
            return
        self._browsers += 1
        stream = asyncio.ensure_future(self._stream(scope, send, headers))
        gone = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait((stream, gone), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._browsers -= 1
            for task in (stream, gone):
                task.cancel()
            results = await asyncio.gather(stream, gone, return_exceptions=True)
        failed = [one for one in results if isinstance(one, Exception) and not isinstance(one, TimeoutError)]
        if failed:
            raise failed[0]

    async def _stream(self, scope: Scope, send: Send, headers: Headers) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        number, start = self._start(_seen(scope))
        await self._give(send, RETRY + start)
        while True:
            change, beat = self._change, self._beat
            found = self._feed.ring.after(number)
            number, events = self._feed.snapshot(gap=True) if found is None else found
            if events:
                await self._give(send, events)
            elif self._feed.ended:
                break
            else:
                await change.wait()
                if self._beat != beat:
                    await self._give(send, KEEP_ALIVE)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _start(self, seen: str) -> tuple[int, bytes]:
        resumed = self._feed.ring.resumed(seen)
        return self._feed.snapshot(gap=bool(seen)) if resumed is None else (resumed, b"")

    async def _give(self, send: Send, data: bytes) -> None:
        """Raises TimeoutError when the browser does not read."""
        async with asyncio.timeout(self._send_seconds):
            await send({"type": "http.response.body", "body": data, "more_body": True})

    def _notice(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._waking:  # one wake-up for all changes until the loop comes to it
            self._waking = True
            with contextlib.suppress(RuntimeError):  # the loop is closed: the process ends
                loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        self._waking = False
        self._change.set()
        self._change = asyncio.Event()

    async def _tick(self) -> None:
        """Wake all now and then: whoever waits for events then gets a keep-alive."""
        while True:
            await asyncio.sleep(self._keep_alive_seconds)
            self._beat += 1
            self._wake()


def _seen(scope: Scope) -> str:
    """The id of the last event that the browser has: a new EventSource cannot send the header, but a parameter."""
    parameter = parse_qs(scope["query_string"].decode("latin-1")).get("last-event-id", [""])
    return header(scope, b"last-event-id") or parameter[0]


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
