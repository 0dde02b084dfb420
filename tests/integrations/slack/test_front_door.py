"""The whole front over Slack's own wire: people type and click in the stand-in, by HTTP and over a socket."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from bot.change.announcement import Announcement, Press, Report
from bot.change.errors import NotWaiting
from bot.change.model import Transport, Verdict
from bot.slack import buttons
from bot.slack.app import SlackApp
from bot.slack.http_door import HttpDoor
from bot.slack.room import SlackRoom
from tests.builders import NOW, change, cleared
from tests.doubles.desk import DeskDouble
from tests.integrations.slack.conftest import Slack, until
from tests.integrations.slack.rig import PAYMENTS, a_front

REASON = "The refund tests are missing"


@dataclass
class Scene:
    """One workspace with our front in it."""

    slack: Slack
    app: SlackApp
    desk: DeskDouble
    room: SlackRoom

    def card(self, of: Any) -> str:
        return self.room.post(PAYMENTS, self.room.card(of, now=NOW)).partition("/")[2]

    def click(self, user: str, ts: str, action_id: str) -> Any:
        return self.slack.person(user, "click", channel=PAYMENTS, ts=ts, action_id=action_id)

    def command(self, text: str, command: str = "/deploy") -> Any:
        return self.slack.person("U0LINUS", "command", channel=PAYMENTS, command=command, text=text)

    def whispers(self, user: str) -> list[str]:
        return [m["text"] for m in self.slack.seen(user, PAYMENTS) if m.get("is_ephemeral")]

    def views(self, user: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.slack.screen(user)["views"]
        return found


def serve(door: HttpDoor) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            reply = door.dispatch(body, dict(self.headers.items()))
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body.encode())

        def log_message(self, *_: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True).start()
    return server


@pytest.fixture(params=["http", "socket"])
def scene(slack: Slack, request: pytest.FixtureRequest) -> Iterator[Scene]:
    of = change()
    app, desk, room = a_front(slack, of)
    stop: Callable[[], None]
    if request.param == "http":
        server = serve(app.http(slack.secrets.slack_signing_secret))
        slack.control("delivery", {"url": f"http://127.0.0.1:{server.server_port}/slack/events"})
        stop = server.shutdown
    else:
        socket_door = app.socket(slack.secrets.slack_app_token)
        socket_door.start()
        until(lambda: slack.control("sockets")["sockets"])
        stop = threading.Thread(target=socket_door.stop, daemon=True).start  # slack_sdk's threads take seconds to end
    yield Scene(slack, app, desk, room)
    stop()
    app.close()


def test_a_command_is_heard_and_answered(scene: Scene) -> None:
    answer = scene.command("payload-service 1.0.0 to production “why not”")

    assert answer["ok"]
    [heard] = scene.desk.diary
    assert isinstance(heard.body, Announcement)
    assert (heard.body.service, heard.body.version, heard.body.why) == ("payload-service", "1.0.0", "why not")
    assert heard.by.slack_id == "U0LINUS"
    assert heard.by.transport in (Transport.HTTP, Transport.SOCKET)
    assert scene.whispers("U0LINUS") == ["Heard."]


def test_a_press_is_heard_and_answered_within_three_seconds(scene: Scene) -> None:
    ts = scene.card(change())

    assert scene.click("U0ADA", ts, buttons.APPROVE)["ok"]

    [heard] = scene.desk.diary
    assert isinstance(heard.body, Press)
    assert (heard.body.verdict, heard.body.message_ts) == (Verdict.APPROVED, ts)
    assert heard.body.fingerprint == change().fingerprint[:40]
    assert until(lambda: scene.whispers("U0ADA")) == ["Heard."]
    assert scene.whispers("U0GRACE") == []


def test_a_rejection_goes_through_its_form(scene: Scene) -> None:
    ts = scene.card(change())
    scene.click("U0ADA", ts, buttons.REJECT)
    [view] = scene.views("U0ADA")

    short = scene.slack.person("U0ADA", "submit", view_id=view["id"], values={"reason": {"reason": "no"}})
    sent = scene.slack.person("U0ADA", "submit", view_id=view["id"], values={"reason": {"reason": REASON}})

    assert not short["ok"] or short["response_action"] == "errors"
    assert sent == {"ok": True}
    assert scene.views("U0ADA") == []
    [heard] = scene.desk.diary
    assert isinstance(heard.body, Press)
    assert (heard.body.verdict, heard.body.reason, heard.body.message_ts) == (Verdict.REJECTED, REASON, ts)
    assert until(lambda: scene.whispers("U0ADA")) == ["Heard."]


def test_a_refused_rejection_says_so_in_the_form(scene: Scene) -> None:
    scene.desk.refusal = NotWaiting("CHG0030042", "canceled")
    scene.click("U0ADA", scene.card(change()), buttons.REJECT)
    [view] = scene.views("U0ADA")

    answer = scene.slack.person("U0ADA", "submit", view_id=view["id"], values={"reason": {"reason": REASON}})

    assert "not waiting for a decision" in answer["errors"]["reason"]


def test_a_failure_is_reported_with_its_reason(scene: Scene) -> None:
    scene.click("U0LINUS", scene.card(cleared()), buttons.FAILED)
    [view] = scene.views("U0LINUS")

    scene.slack.person("U0LINUS", "submit", view_id=view["id"], values={"reason": {"reason": REASON}})

    [heard] = scene.desk.diary
    assert isinstance(heard.body, Report)
    assert heard.body.why == REASON


def test_details_open(scene: Scene) -> None:
    scene.click("U0ADA", scene.card(change()), buttons.DETAILS)

    [view] = scene.views("U0ADA")
    assert view["title"]["text"] == "CHG0030042"


def test_the_deploy_form_is_filled_in(scene: Scene) -> None:
    scene.command("")
    [view] = scene.views("U0LINUS")
    values = {"service": {"service": "payments"}, "version": {"version": "2.4.1"}, "why": {"why": "time"}}

    answer = scene.slack.person("U0LINUS", "submit", view_id=view["id"], values=values)

    assert answer == {"ok": True}
    [heard] = scene.desk.diary
    assert isinstance(heard.body, Announcement)
    assert (heard.body.service, heard.body.version, heard.body.environment) == ("payments", "2.4.1", "")


def test_an_announcement_of_an_allowed_app_is_heard_and_a_rogue_ones_is_not(scene: Scene) -> None:
    payload = {"service": "payments", "version": "2.4.1", "status": "requested"}
    metadata = {"event_type": "deploy_announced", "event_payload": payload}

    for app in ("rogue", "pipeline"):
        scene.slack.control(f"apps/{app}/message", {"channel": PAYMENTS, "text": "deploying", "metadata": metadata})

    until(lambda: scene.desk.diary)
    until(lambda: len([d for d in scene.slack.deliveries("message") if d["status"] or d["seconds"]]) >= 2)
    [heard] = scene.desk.diary
    assert heard.by.app_id == "A0PIPELINE"


def test_a_malformed_announcement_is_answered_below_it(scene: Scene) -> None:
    metadata = {"event_type": "deploy_announced", "event_payload": {"service": "payments", "status": "done"}}

    posted = scene.slack.control("apps/pipeline/message", {"channel": PAYMENTS, "text": "x", "metadata": metadata})

    said = until(lambda: [m for m in scene.slack.seen("U0ADA", PAYMENTS) if m.get("thread_ts") == posted["ts"]])
    assert "`version`" in said[-1]["text"]


def test_the_home_tab_shows_what_waits(scene: Scene) -> None:
    scene.slack.person("U0ADA", "home")

    view = until(lambda: scene.slack.screen("U0ADA")["home"])
    assert "Waiting for you (1)" in str(view)
    pressed = scene.slack.person("U0ADA", "click", view_id=view["id"], action_id=buttons.APPROVE)
    assert pressed["ok"]
    assert isinstance(scene.desk.diary[0].body, Press)


def test_a_mention_in_a_thread_is_a_command(scene: Scene) -> None:
    ts = scene.card(change())

    scene.slack.person("U0LINUS", "message", channel=PAYMENTS, text="<@U0CABBIE> deploy payments 2.4.1", thread_ts=ts)

    until(lambda: scene.desk.diary)
    until(lambda: [m for m in scene.slack.seen("U0LINUS", PAYMENTS) if m["text"] == "Heard."])


def test_what_could_not_be_written_down_fails_before_the_persons_eyes(scene: Scene) -> None:
    scene.desk.breaks_with = RuntimeError("no database")
    scene.slack.switch(ack_seconds=0.5)

    assert not scene.command("payments 2.4.1")["ok"]
    assert not scene.click("U0ADA", scene.card(change()), buttons.APPROVE)["ok"]
