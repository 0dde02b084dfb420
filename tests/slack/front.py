"""The front of Cabbie as Slack meets it, with a desk that keeps a diary behind it."""

import hashlib
import hmac
import itertools
import json
from collections.abc import Mapping
from concurrent.futures import Executor, Future
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.change.model import Change, Recorded
from bot.change.policy import ApprovalPolicy, Policy, Service
from bot.ports import Message
from bot.slack.account import Offer
from bot.slack.app import SlackApp
from bot.slack.http_door import Reply
from bot.wiring.reading import CurrentReader
from tests.builders import NOW
from tests.doubles.desk import DeskDouble
from tests.doubles.reads import Line, ReadsDouble
from tests.doubles.room import RoomDouble, WorkspaceDouble

SECRET = hashlib.sha256(b"only for this test").hexdigest()
TEAM, OTHER_TEAM = "T0ACME", "T0RIVAL"
PIPELINE, ROGUE, OURS = "A0PIPELINE", "A0ROGUE", "A0CABBIE"


def a_service(name: str, channel: str, **facts: Any) -> Service:
    return Service(name, channel, f"{name}.git", name, f"{name} team", ("PAY",), **facts)


def a_policy(**facts: Any) -> Policy:
    services = (
        a_service("payments", "C0PAYMENTS", environments=("production", "staging")),
        a_service("checkout", "C0CHECKOUT", approval=ApprovalPolicy(record=Recorded.DEEP_LINK)),
        a_service("payload-service", "C0PLATFORM"),
    )
    approval = ApprovalPolicy(record=Recorded.ON_BEHALF, on_behalf_accepted_by="Katherine Jonas")
    known: dict[str, Any] = {"services": services, "team": TEAM, "announcers": (PIPELINE,), "approval": approval}
    return Policy(**(known | facts))


class AtOnce(Executor):
    """Does what is to follow an answer before anybody looks."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class WebDouble(WebClient):
    """Slack's Web API as far as forms and the Home tab go; keeps a diary."""

    def __init__(self) -> None:
        super().__init__(token="a token", base_url="http://127.0.0.1:9/api/", retry_handlers=[])
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.error = ""

    def api_call(self, api_method: str, **given: Any) -> SlackResponse:
        self.calls.append((api_method, given.get("json") or given.get("params") or {}))
        if self.error:
            raise SlackApiError("no", {"ok": False, "error": self.error})
        return SlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data={"ok": True},
            headers={},
            status_code=200,
        )

    def views(self, method: str) -> list[dict[str, Any]]:
        found = [arguments["view"] for name, arguments in self.calls if name == method]
        return [json.loads(view) if isinstance(view, str) else view for view in found]


class Front:
    """Signed requests in, replies out; the clock stands still unless told."""

    def __init__(
        self,
        *changes: Change,
        history: tuple[Line, ...] = (),
        policy: Policy | None = None,
        offer: Offer | None = None,
    ) -> None:
        self.now = NOW
        self.desk, self.reads = DeskDouble(), ReadsDouble(*changes, history=history)
        self.workspace = WorkspaceDouble()
        self.policy = policy or a_policy()
        self.room = RoomDouble(self.workspace, lambda: self.policy, lambda sys_id: f"https://sn.example/{sys_id}")
        self.slack = SlackApp(
            desk=self.desk,
            reads=self.reads,
            room=self.room,
            web=WebDouble(),
            clock=lambda: self.now,
            digest_text=lambda: Message("2 changes wait"),
            reader=CurrentReader(lambda: self.policy),
            executor=AtOnce(),
            offer=offer,
        )
        self.web = self.slack.tools.web
        self.http = self.slack.http(SECRET)
        self._ids = itertools.count(1)

    @property
    def said(self) -> list[tuple[str, str]]:
        """(where, what), in order."""
        posted = self.workspace.messages.values()
        return [(p.ref.partition("/")[0] + (f" below {p.thread}" if p.thread else ""), p.message.text) for p in posted]

    @property
    def whispers(self) -> list[tuple[str, str]]:
        """(whom, what), in order."""
        return self.workspace.whispers

    def send(self, body: bytes, *, form: bool = True, age: timedelta = timedelta(0), **headers: str) -> Reply:
        kind = "application/x-www-form-urlencoded" if form else "application/json"
        return self.http.dispatch(body, signed(body, self.now - age) | {"Content-Type": kind} | headers)

    def command(self, command: str, text: str, **fields: str) -> dict[str, Any]:
        """What the person who typed it reads; empty when nothing is said."""
        known = {
            "team_id": TEAM, "channel_id": "C0PAYMENTS", "user_id": "U0LINUS", "user_name": "linus", "command": command,
            "text": text, "trigger_id": f"t{next(self._ids)}", "api_app_id": OURS,
            "response_url": "https://hooks.slack.com/commands/T0ACME/1/payload", "is_enterprise_install": "false",
        }  # fmt: skip
        reply = self.send(urlencode(known | fields).encode())
        assert reply.status == 200, reply
        found: dict[str, Any] = json.loads(reply.body) if reply.body.startswith("{") else {"text": reply.body}
        return found

    def deploy(self, text: str, **fields: str) -> str:
        return str(self.command("/deploy", text, **fields)["text"])

    def interact(self, payload: Mapping[str, Any]) -> Reply:
        return self.send(urlencode({"payload": json.dumps(payload)}).encode())

    def click(self, element: Mapping[str, Any], block_id: str, **facts: Any) -> Reply:
        return self.interact(self.click_payload(element, block_id, **facts))

    def click_payload(self, element: Mapping[str, Any], block_id: str, **facts: Any) -> dict[str, Any]:
        action = {name: element[name] for name in ("action_id", "value", "url") if name in element}
        number = next(self._ids)
        known = {
            "type": "block_actions", "user": {"id": "U0ADA", "username": "ada", "team_id": TEAM}, "api_app_id": OURS,
            "team": {"id": TEAM}, "trigger_id": f"t{number}", "channel": {"id": "C0PAYMENTS"},
            "container": {"type": "message", "message_ts": "1700000001.000100", "channel_id": "C0PAYMENTS"},
            "response_url": "https://hooks.slack.com/actions/1",
            "actions": [action | {"block_id": block_id, "type": "button", "action_ts": f"17000{number:05}.000100"}],
        }  # fmt: skip
        return known | facts

    def submit(self, view: Mapping[str, Any], values: Mapping[str, Any], **facts: Any) -> dict[str, Any]:
        """What the acknowledgement says about a form filled in with these values, by block_id."""
        state = {block: {block: {"type": "plain_text_input", "value": v}} for block, v in values.items()}
        sent = dict(view) | {"id": "V1", "hash": "1.a", "state": {"values": state}, "app_installed_team_id": TEAM}
        known = {"type": "view_submission", "user": {"id": "U0ADA", "username": "ada", "team_id": TEAM}, "view": sent}
        reply = self.interact(known | {"team": {"id": TEAM}, "api_app_id": OURS, "trigger_id": "t"} | facts)
        assert reply.status == 200, reply
        return json.loads(reply.body) if reply.body else {}

    def event(self, event: Mapping[str, Any], **facts: Any) -> Reply:
        installed = {"team_id": TEAM, "user_id": "U0CABBIE", "is_bot": True, "is_enterprise_install": False}
        known = {
            "type": "event_callback", "team_id": TEAM, "api_app_id": OURS, "event": event,
            "event_id": f"Ev{next(self._ids)}", "event_time": 1700000000, "is_ext_shared_channel": False,
            "authorizations": [installed],
        }  # fmt: skip
        return self.send(json.dumps(known | facts).encode(), form=False)


def signed(body: bytes, at: datetime, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}


def announcement(payload: Any, **facts: Any) -> dict[str, Any]:
    """A pipeline's message event."""
    known = {
        "type": "message", "channel": "C0PAYMENTS", "channel_type": "channel", "ts": "1700000004.000100", "text": "",
        "user": "U0PIPELINE", "bot_id": "B0PIPELINE", "app_id": PIPELINE,
        "bot_profile": {"id": "B0PIPELINE", "app_id": PIPELINE, "name": "Pipeline"},
        "metadata": {"event_type": "deploy_announced", "event_payload": payload},
    }  # fmt: skip
    return {name: value for name, value in (known | facts).items() if value is not None}
