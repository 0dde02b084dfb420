"""The main calls as they went over the wire, replayed without a network.

``pytest tests/integrations/servicenow/test_client_cassettes.py --record-mode=rewrite`` records them again: from our
own stand-in, or, when SERVICENOW_URL and both accounts' OAuth clients are set, from that instance. It needs the records
that the scenes name: the group Payments Engineering with ada@acme.example in it, the service Payments API,
linus@acme.example."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import vcr
from vcr.serializers import yamlserializer

from bot.change.model import RowState, State, Verdict
from bot.ports import Declined
from integrations.servicenow.client import ServiceNowApprovals, ServiceNowChanges
from integrations.standin.world import load_world
from tests.integrations.servicenow.client_rig import a_change, a_plan, a_server
from tests.integrations.servicenow.conftest import until

CASSETTES = Path(__file__).parents[2] / "cassettes" / "servicenow"
OWN = "# recorded from Cabbie's own stand-in: proves nothing about the vendor\n"
ELSEWHERE = "# recorded from a ServiceNow instance\n"
HOST = "servicenow.example"
SECRET_HEADERS = ("authorization", "cookie")
KEPT_HEADERS = ("content-type", "date", "x-total-count", "retry-after")
SECRET_FIELDS = ("client_id", "client_secret")


@dataclass(frozen=True)
class Accounts:
    """Where to speak to, and as whom."""

    url: str
    change: tuple[str, str]
    approval: tuple[str, str]
    first_line: str = OWN

    def changes(self) -> ServiceNowChanges:
        return ServiceNowChanges(self.url, client_id=self.change[0], client_secret=self.change[1])

    def approvals(self) -> ServiceNowApprovals:
        return ServiceNowApprovals(self.url, client_id=self.approval[0], client_secret=self.approval[1])


REPLAYED = Accounts(f"http://{HOST}", ("anyone", "anything"), ("anybody", "anything"))


class FirstLine:
    """vcrpy's YAML, below a line that says where it came from."""

    def __init__(self, line: str) -> None:
        self._line = line

    def serialize(self, cassette: dict[str, Any]) -> str:
        return self._line + str(yamlserializer.serialize(cassette))

    def deserialize(self, text: str) -> Any:
        return yamlserializer.deserialize(text)


@pytest.fixture
def instance(request: pytest.FixtureRequest) -> Iterator[Accounts]:
    """The recorded instance; while recording, a living one."""
    is_recording = request.config.getoption("--record-mode") not in (None, "none")
    with _living() if is_recording else _nothing() as accounts:
        cassettes = vcr.VCR(
            record_mode="all" if is_recording else "none",
            match_on=("method", "path", "query", "body"),
            filter_headers=list(SECRET_HEADERS),
            filter_post_data_parameters=[(name, "filtered") for name in SECRET_FIELDS],
            before_record_request=_without_host,
            before_record_response=_without_secrets(accounts.url),
            serializer="first line",
        )
        cassettes.register_serializer("first line", FirstLine(accounts.first_line))
        path = CASSETTES / f"{request.node.name.removeprefix('test_')}.yaml"
        if is_recording:
            path.unlink(missing_ok=True)
        with cassettes.use_cassette(str(path)) as cassette:
            yield accounts
            assert is_recording or cassette.all_played


@contextmanager
def _nothing() -> Iterator[Accounts]:
    yield REPLAYED


@contextmanager
def _living() -> Iterator[Accounts]:
    env = os.environ
    if url := env.get("SERVICENOW_URL"):
        change = (env["SERVICENOW_CLIENT_ID"], env["SERVICENOW_CLIENT_SECRET"])
        approval = (env["SERVICENOW_APPROVAL_CLIENT_ID"], env["SERVICENOW_APPROVAL_CLIENT_SECRET"])
        yield Accounts(url, change, approval, ELSEWHERE)
        return
    with a_server(load_world()) as (snow, _):
        s = snow.secrets
        change = (s.servicenow_client_id, s.servicenow_client_secret)
        yield Accounts(snow.url, change, (s.servicenow_approval_client_id, s.servicenow_approval_client_secret))


def _without_host(request: Any) -> Any:
    request.uri = re.sub(r"^https?://[^/]+", f"http://{HOST}", request.uri)
    request.headers.pop("Host", None)
    return request


def _without_secrets(url: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    host = url.split("://")[-1]

    def clean(response: dict[str, Any]) -> dict[str, Any]:
        response["headers"] = {k: v for k, v in response["headers"].items() if k.lower() in KEPT_HEADERS}
        text = response["body"]["string"].decode().replace(host, HOST)
        text = re.sub(r'("(?:access|refresh)_token": ?")[^"]*"', r'\1filtered"', text)
        response["body"]["string"] = text.encode()
        return response

    return clean


KEYS = {
    name: f"{number:02x}" * 32 for number, name in enumerate(("opened", "decided", "refused", "heard", "worked"), 0xA0)
}


def _requester(changes: ServiceNowChanges) -> str:
    (linus,) = changes.users_by_email("linus@acme.example")
    return linus.sys_id


def test_open(instance: Accounts) -> None:
    changes, change = instance.changes(), a_change(KEYS["opened"])
    linus = _requester(changes)

    assert changes.find(change.correlation_id) == ()
    record = changes.create(a_plan(), change, linus)

    assert record.state is State.NEW
    assert changes.differences(record, a_plan(), change, linus) == ()
    assert changes.find(change.correlation_id) == (record,)
    assert changes.next_states(record.sys_id) == {State.ASSESS, State.CANCELED}


def test_decide(instance: Accounts) -> None:
    changes, approvals = instance.changes(), instance.approvals()
    sys_id = changes.create(a_plan(), a_change(KEYS["decided"]), _requester(changes)).sys_id
    (ada,) = changes.users_by_email("ada@acme.example")

    changes.move(sys_id, State.ASSESS)
    row = until(lambda: [row for row in changes.approvals([sys_id])[sys_id] if row.approver == ada.sys_id])[0]
    written = approvals.record(row.sys_id, Verdict.REJECTED, "recorded by Cabbie for Ada Lovelace: not on a Friday")

    assert (row.state, written.state) == (RowState.REQUESTED, RowState.REJECTED)
    assert until(lambda: changes.read(sys_id).approval == "rejected")
    assert changes.move(sys_id, State.CANCELED, work_notes="Rejected.").state is State.CANCELED


def test_refuse(instance: Accounts) -> None:
    changes = instance.changes()
    sys_id = changes.create(a_plan(), a_change(KEYS["refused"]), _requester(changes)).sys_id

    with pytest.raises(Declined, match="business rule"):
        changes.move(sys_id, State.CLOSED)

    assert changes.move(sys_id, State.CANCELED, work_notes="Only tried.").state is State.CANCELED


def test_hear(instance: Accounts) -> None:
    changes = instance.changes()
    sys_id = changes.create(a_plan(), a_change(KEYS["heard"]), _requester(changes)).sys_id

    first, watermark = changes.changed_since([sys_id], "")
    quiet, watermark = changes.changed_since([sys_id], watermark)
    changes.amend(sys_id, description="Another word.")
    news, _ = changes.changed_since([sys_id], watermark)

    assert first == news == {sys_id}
    assert not quiet


def test_work(instance: Accounts) -> None:
    changes = instance.changes()
    sys_id = changes.create(a_plan(), a_change(KEYS["worked"]), _requester(changes)).sys_id
    facts = {"short_description": "Find out why", "description": "It failed.", "group": "Payments Engineering"}

    number = changes.create_task(sys_id, correlation_id="cabbie-review", **facts)

    assert [task["number"] for task in changes.tasks(sys_id)] == [number]
    assert "ada@acme.example" in {user.email for user in changes.group_members("Payments Engineering")}


def test_examine(instance: Accounts) -> None:
    checks = [*instance.changes().check(), *instance.approvals().check()]

    assert {check.verdict for check in checks if "clocks" not in check.about} == {"good"}


@pytest.mark.parametrize("path", sorted(CASSETTES.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_cassette_says_where_it_came_from_and_holds_no_secret(path: Path) -> None:
    text = path.read_text()

    assert text.startswith((OWN, ELSEWHERE))
    assert not re.search(r"(?i)bearer |basic [a-z0-9+/=]{8}|127\.0\.0\.1|localhost|service-now\.com|set-cookie", text)
    assert set(re.findall(r'"access_token": ?"([^"]*)"', text)) <= {"filtered"}
    assert set(re.findall(r"client_(?:id|secret)=([^&\s]*)", text)) <= {"filtered"}


def test_every_scene_has_its_cassette() -> None:
    scenes = {name.removeprefix("test_") for name, thing in globals().items() if _is_scene(name, thing)}

    assert {path.stem for path in CASSETTES.glob("*.yaml")} == scenes


def _is_scene(name: str, thing: Any) -> bool:
    return name.startswith("test_") and "instance" in getattr(thing, "__annotations__", {})
