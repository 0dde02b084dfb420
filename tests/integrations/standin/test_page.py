"""The page's own endpoints: who may ask, what is shown of each system, what a press there does."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from integrations.standin.clock import Clock
from integrations.standin.page.app import Sandbox, build_page
from integrations.standin.pulse import Pulse
from integrations.standin.secrets import Secrets, invent
from integrations.standin.startover import StartOver
from integrations.standin.systems import NAMES, Systems
from integrations.standin.wire import Server
from integrations.standin.world import load_world, sys_id_of

HISTORY = [{"seq": 1, "at": "2026-11-23T16:00:00Z", "kind": "heard", "by": "pipeline", "sentence": "Heard of it."}]


class Bot(BaseHTTPRequestHandler):
    """A bot's API that knows one change, and asks for the page's token."""

    def do_GET(self) -> None:
        number = self.path.rpartition("/")[2]
        is_allowed = self.headers["authorization"] == "Bearer page-token"
        status = 401 if not is_allowed else 200 if number == "CHG0030001" else 404
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"number": number, "state": "Assess", "history": HISTORY}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


@dataclass
class Rig:
    """The page and the three stand-ins, served as in the sandbox."""

    page: Server
    servicenow: Server
    jira: Server
    secrets: Secrets
    standins: Systems

    def get(self, path: str, **options: Any) -> requests.Response:
        return requests.get(f"{self.page.url}{path}", timeout=15, **options)

    def post(self, path: str, body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = requests.post(f"{self.page.url}{path}", json=body, timeout=15).json()
        return answer

    def systems(self) -> dict[str, Any]:
        shown: dict[str, Any] = self.get("/page/systems").json()
        return shown

    def open_change(self) -> None:
        """A normal change, waiting for the peers' approval."""
        grant = {
            "grant_type": "client_credentials",
            "client_id": self.secrets.servicenow_client_id,
            "client_secret": self.secrets.servicenow_client_secret,
        }
        token = requests.post(f"{self.servicenow.url}/oauth_token.do", data=grant, timeout=5).json()["access_token"]
        bearer = {"authorization": f"Bearer {token}", "accept": "application/json"}
        url = f"{self.servicenow.url}/api/sn_chg_rest/change/normal"
        group = sys_id_of("sys_user_group", "Payments Engineering")
        facts = {"short_description": "Deploy payments 2.4.1", "assignment_group": group, "requested_by": "linus"}
        made = requests.post(url, headers=bearer, json=facts, timeout=5).json()["result"]
        moved = {"state": "-4", "work_notes": "Please decide."}
        assert requests.patch(f"{url}/{made['sys_id']['value']}", headers=bearer, json=moved, timeout=5).ok


def serve(*servers: Server) -> threading.Thread:
    async def all_of_them() -> None:
        await asyncio.gather(*(server.serve() for server in servers))

    thread = threading.Thread(target=asyncio.run, args=(all_of_them(),))
    thread.start()
    return thread


@pytest.fixture
def bot_url() -> Iterator[str]:
    bot = ThreadingHTTPServer(("127.0.0.1", 0), Bot)
    threading.Thread(target=bot.serve_forever).start()
    yield f"http://127.0.0.1:{bot.server_port}"
    bot.shutdown()
    bot.server_close()


@pytest.fixture
def rig(bot_url: str, tmp_path: Path) -> Iterator[Rig]:
    secrets = invent()
    systems = Systems(load_world(), secrets, Clock(kept_in=tmp_path / "clock"))
    systems["servicenow"].switches["flow_seconds"] = 0
    servers = {name: Server(systems.door(name)) for name in NAMES}
    systems.reach(slack_url=servers["slack"].url, bot_url=bot_url)
    pulse = Pulse(bot_url)
    sandbox = Sandbox(systems, pulse, StartOver(systems, pulse, None), servers["servicenow"].url, "page-token")
    page = Server(build_page(sandbox))
    thread = serve(page, *servers.values())
    yield Rig(page, servers["servicenow"], servers["jira"], secrets, systems)
    for server in (page, *servers.values()):
        server.stop()
    thread.join(timeout=10)


def test_the_page_loads_nothing_from_elsewhere_and_says_so(rig: Rig) -> None:
    answer = rig.get("/")

    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "https://" not in answer.text
    assert rig.get("/static/page.css").ok
    assert rig.get("/static/js/main.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"host": "127.0.0.1.evil.example:80"}, {"host": ""}])
def test_another_host_name_is_refused(rig: Rig, headers: dict[str, str]) -> None:
    assert rig.get("/page/seed", headers=headers).status_code == 403


def test_another_sites_page_is_refused(rig: Rig) -> None:
    assert rig.get("/page/seed", headers={"origin": "https://evil.example"}).status_code == 403
    assert rig.get("/page/seed", headers={"origin": rig.page.url}).ok


def test_a_form_of_another_site_is_refused(rig: Rig) -> None:
    url = f"{rig.page.url}/page/people/U0LINUS/message"

    answer = requests.post(url, data='{"channel": "C0PAYMENTS", "text": "hello"}', timeout=5)

    assert (answer.status_code, answer.json()) == (403, {"error": "Send JSON."})


def test_the_seed_tells_who_one_can_be_and_what_can_be_deployed(rig: Rig) -> None:
    seed = rig.get("/page/seed").json()

    people = {one["key"]: one for one in seed["people"]}
    assert (people["grace"]["slack"], people["grace"]["role"]) == ("U0GRACE", "CAB member")
    assert (people["gus"]["role"], people["gus"]["servicenow"]) == ("Contractor, guest", False)
    assert (people["eve"]["role"], people["eve"]["is_ours"]) == ("Rival, other workspace", False)
    assert {"name": "checkout", "versions": ["1.0.0", "1.1.0", "1.1.1"]} in seed["services"]
    assert "/deploy" in [command["command"] for command in seed["commands"]]


def test_what_one_person_writes_another_sees(rig: Rig) -> None:
    before = rig.get("/page/people/U0ADA/screen").json()["revision"]

    assert rig.post("/page/people/U0LINUS/message", {"channel": "C0PAYMENTS", "text": "hello"})["ok"] is True

    screen = rig.get(f"/page/people/U0ADA/screen?wait={before}").json()
    payments = next(channel for channel in screen["channels"] if channel["id"] == "C0PAYMENTS")
    assert [(m["user"], m["text"]) for m in payments["messages"]] == [("U0LINUS", "hello")]


def test_what_a_person_cannot_do_comes_back_as_slacks_word(rig: Rig) -> None:
    assert rig.post("/page/people/U0ALAN/message", {"channel": "C0CHANGES", "text": "hi"})["error"] == "not_in_channel"


def test_the_pipeline_posts_with_metadata(rig: Rig) -> None:
    payload = {"service": "payments", "version": "2.4.1", "status": "requested"}
    metadata = {"event_type": "deploy_announced", "event_payload": payload}

    posted = rig.post("/page/apps/pipeline/message", {"channel": "C0PAYMENTS", "text": "Deploy", "metadata": metadata})

    assert posted["ok"] is True
    [message] = rig.get("/page/people/U0ADA/screen").json()["channels"][0]["messages"]
    assert message["metadata"]["event_payload"] == payload


def test_systems_are_sent_again_only_when_they_changed(rig: Rig) -> None:
    seen = rig.systems()["revision"]

    assert rig.get(f"/page/systems?seen={seen}").json() == {"revision": seen}

    rig.open_change()
    assert "servicenow" in rig.get(f"/page/systems?seen={seen}").json()


def test_a_change_is_shown_with_its_steps_approvals_and_journal(rig: Rig) -> None:
    rig.open_change()

    [change] = rig.systems()["servicenow"]["changes"]

    assert (change["number"], change["state"], change["type"]) == ("CHG0030001", "Assess", "normal")
    assert [step["is"] for step in change["steps"]] == ["done", "now", *["todo"] * 5]
    assert [(row["name"], row["state"]) for row in change["approvals"]] == [
        *(("Ada Lovelace", "requested"), ("Linus Torres", "requested"), ("Margaret Hale", "requested")),
    ]
    assert change["journal"] == [{"by": "cabbie.change", "kind": "Work note", "text": "Please decide."}]
    assert {"label": "Requested by", "value": "Linus Torres"} in change["facts"]
    assert requests.get(change["url"], timeout=5).ok


def test_approving_in_servicenow_is_done_there(rig: Rig) -> None:
    rig.open_change()

    answer = rig.post("/page/changes/CHG0030001/approve", {"person": "ada", "comments": "Fine."})

    [change] = rig.systems()["servicenow"]["changes"]
    assert answer["ok"] is True
    assert change["approvals"][0]["state"] == "approved"
    assert change["approvals"][0]["comments"] == ["Fine."]


@pytest.mark.parametrize(("person", "verdict"), [("grace", "approve"), ("ada", "reject"), ("alan", "approve")])
def test_a_refusal_of_servicenow_is_told(rig: Rig, person: str, verdict: str) -> None:
    rig.open_change()

    answer = rig.post(f"/page/changes/CHG0030001/{verdict}", {"person": person})

    assert answer["ok"] is False
    assert answer["error"]


def test_there_is_no_other_deed(rig: Rig) -> None:
    assert rig.post("/page/changes/CHG0030001/edit", {"person": "ada"}) == {"error": "no such deed"}


def test_stories_show_links_with_their_icon_and_comments(rig: Rig) -> None:
    who = (rig.secrets.jira_email, rig.secrets.jira_api_token)
    issue = f"{rig.jira.url}/rest/api/2/issue/PAY-101"
    status = {"resolved": True, "icon": {"title": "Done", "url16x16": "https://acme.example/done.png"}}
    target = {"url": "https://acme.example/CHG0030001", "title": "CHG0030001", "status": status}
    requests.post(f"{issue}/remotelink", auth=who, json={"globalId": "a=b", "object": target}, timeout=5)
    requests.post(f"{issue}/comment", auth=who, json={"body": "Goes out today."}, timeout=5)

    story = next(one for one in rig.systems()["jira"]["stories"] if one["key"] == "PAY-101")

    assert story["status"] == "Done"
    assert [(one["title"], one["resolved"], one["icon"]) for one in story["links"]] == [("CHG0030001", True, "Done")]
    assert [one["text"] for one in story["comments"]] == ["Goes out today."]


def test_the_ledger_is_asked_of_the_bot_with_the_pages_token(rig: Rig) -> None:
    answer = rig.get("/page/ledger/CHG0030001").json()

    assert answer["change"]["history"] == HISTORY


def test_a_change_the_bot_does_not_know_is_said_plainly(rig: Rig) -> None:
    assert rig.get("/page/ledger/CHG0039999").json() == {"problem": "Cabbie knows no change CHG0039999."}


def test_the_coverage_of_all_three_is_shown(rig: Rig) -> None:
    coverage = rig.get("/page/coverage").json()

    assert list(coverage) == ["slack", "jira", "servicenow"]
    assert coverage["slack"]["calls"]["POST /api/auth.test"].startswith("supported")
