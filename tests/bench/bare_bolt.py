"""The baseline of the door: a bare Bolt app that commits one row to disk before it answers ``/deploy``.

python -m tests.bench.bare_bolt PORT DATABASE      with Slack's part of Cabbie's environment
"""

import os
import sqlite3
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import uvicorn
from slack_bolt import Ack, App
from slack_bolt.adapter.starlette import SlackRequestHandler
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def build(database: Path) -> Starlette:
    with closing(_connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE heard (trigger_id TEXT PRIMARY KEY, words TEXT)")
    web = WebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    app = App(client=web, signing_secret=os.environ["SLACK_SIGNING_SECRET"], process_before_response=True)
    own = threading.local()

    @app.command("/deploy")
    def deploy(ack: Ack, body: dict[str, Any]) -> None:
        if not hasattr(own, "connection"):
            own.connection = _connect(database)
        with own.connection:
            own.connection.execute("INSERT INTO heard VALUES (?, ?)", (body["trigger_id"], body["text"]))
        ack("Heard.")

    handler = SlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    async def ready(_: Request) -> Response:
        return Response()

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/readyz", ready)])


def _connect(database: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(database, timeout=30)
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def main() -> None:
    uvicorn.run(build(Path(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")


if __name__ == "__main__":
    main()
