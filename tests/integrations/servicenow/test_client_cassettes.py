"""The main calls as they went over the wire; ``tests/integrations/recording.py`` says how they are recorded anew.

A real instance needs the records that the scenes name: the group Payments Engineering with ada@acme.example in it, the
service Payments API, linus@acme.example."""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.change.model import Change, RowState, State, Verdict
from bot.ports import Declined
from integrations.servicenow.client import ServiceNowApprovals, ServiceNowChanges
from integrations.standin.world import load_world
from tests.integrations.recording import CASSETTES, FROM_STANDIN, FROM_SYSTEM, Recorder, is_real, only_replay
from tests.integrations.servicenow.client_rig import a_change, a_plan, a_server
from tests.integrations.servicenow.conftest import until

pytestmark = only_replay("servicenow")
FOLDER = CASSETTES / "servicenow"
URL = "http://servicenow.example"
KEPT_HEADERS = ("content-type", "date", "x-total-count", "retry-after")
SCENES = ("open", "decide", "refuse", "hear", "work")


@dataclass(frozen=True)
class Instance:
    """Where to speak to, and as whom."""

    url: str
    change: tuple[str, str]
    approval: tuple[str, str]
    round: str
    """Which recording this is: no two make changes of one key."""

    def changes(self) -> ServiceNowChanges:
        return ServiceNowChanges(self.url, client_id=self.change[0], client_secret=self.change[1])

    def approvals(self) -> ServiceNowApprovals:
        return ServiceNowApprovals(self.url, client_id=self.approval[0], client_secret=self.approval[1])

    def a_change(self, scene: str) -> Change:
        return a_change(hashlib.sha256(f"{self.round}/{scene}".encode()).hexdigest())

    def tidy(self) -> None:
        """Change requests cannot be deleted: they are canceled, and say why."""
        changes = self.changes()
        for scene in SCENES:
            for record in changes.find(self.a_change(scene).correlation_id):
                if record.state is not State.CANCELED:
                    changes.move(record.sys_id, State.CANCELED, work_notes="Only made to record a conversation.")


@pytest.fixture
def instance(request: pytest.FixtureRequest) -> Iterator[Instance]:
    """The recorded instance; while recording, a living one."""
    path = FOLDER / f"{request.node.name.removeprefix('test_')}.yaml"
    if request.config.getoption("--record-mode") in (None, "none"):
        with Recorder(is_recording=False, kept_headers=KEPT_HEADERS).tape(path):
            yield Instance(URL, ("filtered", "filtered"), ("filtered", "filtered"), _round())
        return
    with _living() as found:
        words = frozenset({*found.change, *found.approval})
        replaced = {_host(found.url): _host(URL), **dict.fromkeys(words, "filtered")}
        try:
            with Recorder(True, is_real("servicenow"), words, replaced, KEPT_HEADERS).tape(path):
                yield found
        finally:
            found.tidy()


@pytest.fixture(scope="module", autouse=True)
def a_new_round(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--record-mode") not in (None, "none"):
        (FOLDER / "about.json").write_text(json.dumps({"round": secrets.token_hex(4)}) + "\n")


def _host(url: str) -> str:
    return url.partition("://")[2]


def _round() -> str:
    return str(json.loads((FOLDER / "about.json").read_text())["round"])


@contextmanager
def _living() -> Iterator[Instance]:
    env = os.environ
    if is_real("servicenow"):
        change = (env["SERVICENOW_CLIENT_ID"], env["SERVICENOW_CLIENT_SECRET"])
        approval = (env["SERVICENOW_APPROVAL_CLIENT_ID"], env["SERVICENOW_APPROVAL_CLIENT_SECRET"])
        yield Instance(env["SERVICENOW_URL"].rstrip("/"), change, approval, _round())
        return
    with _living_standin() as found:
        yield found


@contextmanager
def _living_standin() -> Iterator[Instance]:
    with a_server(load_world()) as (snow, _):
        s = snow.secrets
        change = (s.servicenow_client_id, s.servicenow_client_secret)
        approval = (s.servicenow_approval_client_id, s.servicenow_approval_client_secret)
        yield Instance(snow.url, change, approval, _round())


def _requester(changes: ServiceNowChanges) -> str:
    (linus,) = changes.users_by_email("linus@acme.example")
    return linus.sys_id


def test_open(instance: Instance) -> None:
    changes, change = instance.changes(), instance.a_change("open")
    linus = _requester(changes)

    assert changes.find(change.correlation_id) == ()
    record = changes.create(a_plan(), change, linus)

    assert record.state is State.NEW
    assert changes.differences(record, a_plan(), change, linus) == ()
    assert changes.find(change.correlation_id) == (record,)
    assert changes.next_states(record.sys_id) == {State.ASSESS, State.CANCELED}


def test_decide(instance: Instance) -> None:
    changes, approvals = instance.changes(), instance.approvals()
    sys_id = changes.create(a_plan(), instance.a_change("decide"), _requester(changes)).sys_id
    (ada,) = changes.users_by_email("ada@acme.example")

    changes.move(sys_id, State.ASSESS)
    row = until(lambda: [row for row in changes.approvals([sys_id])[sys_id] if row.approver == ada.sys_id])[0]
    written = approvals.record(row.sys_id, Verdict.REJECTED, "recorded by Cabbie for Ada Lovelace: not on a Friday")

    assert (row.state, written.state) == (RowState.REQUESTED, RowState.REJECTED)
    assert until(lambda: changes.read(sys_id).approval == "rejected")
    assert changes.move(sys_id, State.CANCELED, work_notes="Rejected.").state is State.CANCELED


def test_refuse(instance: Instance) -> None:
    changes = instance.changes()
    sys_id = changes.create(a_plan(), instance.a_change("refuse"), _requester(changes)).sys_id

    with pytest.raises(Declined, match="business rule"):
        changes.move(sys_id, State.CLOSED)

    assert changes.move(sys_id, State.CANCELED, work_notes="Only tried.").state is State.CANCELED


def test_hear(instance: Instance) -> None:
    changes = instance.changes()
    sys_id = changes.create(a_plan(), instance.a_change("hear"), _requester(changes)).sys_id

    first, watermark = changes.changed_since([sys_id], "")
    quiet, watermark = changes.changed_since([sys_id], watermark)
    changes.amend(sys_id, description="Another word.")
    news, _ = changes.changed_since([sys_id], watermark)

    assert first == news == {sys_id}
    assert not quiet


def test_work(instance: Instance) -> None:
    changes = instance.changes()
    sys_id = changes.create(a_plan(), instance.a_change("work"), _requester(changes)).sys_id
    facts = {"short_description": "Find out why", "description": "It failed.", "group": "Payments Engineering"}

    number = changes.create_task(sys_id, correlation_id="cabbie-review", **facts)

    assert [task["number"] for task in changes.tasks(sys_id)] == [number]
    assert "ada@acme.example" in {user.email for user in changes.group_members("Payments Engineering")}


def test_examine(instance: Instance) -> None:
    checks = [*instance.changes().check(), *instance.approvals().check()]

    assert {check.verdict for check in checks if "clocks" not in check.about} == {"good"}


def test_what_recording_leaves_ends_canceled() -> None:
    with _living_standin() as found:
        changes = found.changes()
        kept = [changes.create(a_plan(), found.a_change(scene), _requester(changes)).sys_id for scene in SCENES]

        found.tidy()

        assert {changes.read(sys_id).state for sys_id in kept} == {State.CANCELED}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_cassette_says_where_it_came_from_and_holds_no_secret(path: Path) -> None:
    text = path.read_text()

    assert text.startswith((FROM_STANDIN, FROM_SYSTEM))
    assert not re.search(r"(?i)bearer |basic [a-z0-9+/=]{8}|127\.0\.0\.1|localhost|service-now\.com|set-cookie", text)
    assert set(re.findall(r'"access_token": ?"([^"]*)"', text)) <= {"filtered"}
    assert set(re.findall(r"client_(?:id|secret)=([^&\s]*)", text)) <= {"filtered"}


def test_every_scene_has_its_cassette() -> None:
    scenes = {name.removeprefix("test_") for name, thing in globals().items() if _is_scene(name, thing)}

    assert {path.stem for path in FOLDER.glob("*.yaml")} == scenes


def _is_scene(name: str, thing: Any) -> bool:
    return name.startswith("test_") and "instance" in getattr(thing, "__annotations__", {})
