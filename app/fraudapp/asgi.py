"""The app for an asynchronous server: `/events` on the event loop, everything else by Django in pools of threads."""

import asyncio

from django.conf import settings
from ingestion.writer import writer
from transactions.health import HEARTBEAT_SECONDS, Heartbeat
from transactions.live import live

from fraudapp.asgi_types import Answer, Receive, Scope, Send
from fraudapp.event_stream import EventStream
from fraudapp.limits import BodyLimits, GoneError, RefusedError, refusal
from fraudapp.pool import BusyError, Pool
from fraudapp.request_log import RequestLog
from fraudapp.wsgi import application as django_application

EVENTS = "/events"
API = "/api/"


class Site:
    """Belongs to one event loop. Requests that may wait for the database cannot take the threads of the page."""

    def __init__(self) -> None:
        self._api = Pool(
            django_application, name="api", threads=settings.API_THREADS, waiting=settings.WAITING_REQUESTS
        )
        self._pages = Pool(
            django_application, name="pages", threads=settings.PAGE_THREADS, waiting=settings.WAITING_REQUESTS
        )
        self._limits = BodyLimits(
            largest=settings.LARGEST_BODY,
            largest_batch=settings.LARGEST_BATCH,
            batches=settings.BATCH_PATHS,
            seconds=settings.BODY_SECONDS,
        )
        self._stream = EventStream(
            live().feed,
            most=settings.MOST_BROWSERS,
            keep_alive_seconds=settings.KEEP_ALIVE_COMMENT_SECONDS,
            send_seconds=settings.SEND_SECONDS,
        )

    def close(self) -> None:
        for pool in (self._api, self._pages):
            pool.close()

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            answer = await self._answer(scope, await self._limits.read(scope, receive))
        except RefusedError as error:
            answer = error.answer
        except GoneError:
            return
        if scope["path"] == EVENTS and answer.status == 200:
            # Django has checked host, scheme and rights; its headers go before the stream.
            headers = [(name, value) for name, value in answer.headers if name != b"content-length"]
            await self._stream.serve(scope, receive, send, headers)
        else:
            await answer.give(send)

    async def _answer(self, scope: Scope, body: bytes) -> Answer:
        pool = self._api if scope["path"].startswith(API) else self._pages
        try:
            return await pool.run(scope, body)
        except BusyError:
            return refusal(503, "The server has too many requests already; try again.", retry_seconds=1)


class Application:
    """Starts and ends with the server."""

    def __init__(self) -> None:
        self.heartbeat = Heartbeat()
        self._site: Site | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and self._site:
            await self._site.serve(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._site = Site()
        live().start()
        writer().start()
        beating = asyncio.ensure_future(self._beat())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        beating.cancel()
        await asyncio.to_thread(live().stop)
        self._site.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _beat(self) -> None:
        while True:
            self.heartbeat.beat()
            await asyncio.sleep(HEARTBEAT_SECONDS)


site = Application()
application = RequestLog(site)
