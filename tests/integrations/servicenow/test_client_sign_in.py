"""Signing in: tokens renewed early and once after a 401, passwords, and no secret in what is said."""

import logging
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from bot.ports import BadCredentials, Failure, Outage
from integrations.servicenow.client import ServiceNowChanges
from tests.integrations.servicenow.client_rig import CREATE, READ, TIMEOUTS, changes_of, diary, opened, spoil
from tests.integrations.servicenow.conftest import Servicenow, until

PATIENT = (5.0, 15.0)
TOKEN = "POST /oauth_token.do"  # a path


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_one_token_serves_many_calls(snow: Servicenow) -> None:
    changes = changes_of(snow)

    for _ in range(3):
        changes.users_by_email("ada@acme.example")

    assert len(diary(snow, TOKEN)) == 1


def test_a_token_is_renewed_a_little_before_it_ends(snow: Servicenow) -> None:
    watch = Watch()
    changes = changes_of(snow, clock=watch)
    changes.users_by_email("ada@acme.example")

    watch.now += timedelta(seconds=1730)
    changes.users_by_email("ada@acme.example")
    assert len(diary(snow, TOKEN)) == 1

    watch.now += timedelta(seconds=20)
    changes.users_by_email("ada@acme.example")
    assert len(diary(snow, TOKEN)) == 2


def test_a_token_that_ended_early_is_renewed_once_and_the_call_made_again(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id
    spoil(snow, READ, "answer", status=401, body="")

    assert changes.read(sys_id).sys_id == sys_id
    assert len(diary(snow, TOKEN)) == 2


def test_a_create_refused_at_the_door_is_made_once(snow: Servicenow) -> None:
    changes = changes_of(snow)
    changes.users_by_email("ada@acme.example")
    spoil(snow, CREATE, "answer", status=401, body="")

    record = opened(changes)

    assert [entry["status"] for entry in diary(snow, CREATE)] == [401, 200]
    assert changes.find(record.correlation_id) == (record,)


def test_a_second_401_is_bad_credentials(snow: Servicenow) -> None:
    changes = changes_of(snow)
    sys_id = opened(changes).sys_id
    before = len(diary(snow, READ))
    spoil(snow, READ, "answer", status=401, body="", times=-1)

    with pytest.raises(BadCredentials, match="change account"):
        changes.read(sys_id)

    assert len(diary(snow, READ)) == before + 2
    assert len(diary(snow, TOKEN)) == 2


def test_a_wrong_secret_is_bad_credentials_and_is_not_shown(snow: Servicenow, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    changes = changes_of(snow, client_secret="sesame-open-up")  # wrong on purpose

    with pytest.raises(BadCredentials, match="OAuth client") as caught:
        changes.users_by_email("ada@acme.example")

    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(caught.value.args)
    assert "sesame-open-up" not in told


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "truncate"])
def test_a_create_without_a_token_was_never_sent(snow: Servicenow, action: str) -> None:
    spoil(snow, TOKEN, action)

    with pytest.raises(Outage):
        opened(changes_of(snow))

    assert not diary(snow, CREATE)


def test_a_token_lost_while_a_create_is_made_again_opened_nothing(snow: Servicenow) -> None:
    changes = changes_of(snow)
    changes.group_members("CAB Approval")
    opened(changes, key="0f" * 32)
    spoil(snow, CREATE, "answer", status=401, body="")
    spoil(snow, TOKEN, "answer", status=503, body="")

    with pytest.raises(Outage):
        opened(changes)


@pytest.mark.parametrize("body", ["<html>", {"no": "token"}, []])
def test_a_token_answer_that_makes_no_sense_is_no_token(snow: Servicenow, body: object) -> None:
    spoil(snow, TOKEN, "answer", status=200, body=body)

    with pytest.raises(Failure):
        changes_of(snow).users_by_email("ada@acme.example")


def test_user_and_password_work_too(snow: Servicenow) -> None:
    secret = snow.secrets.servicenow_client_secret
    changes = ServiceNowChanges(snow.url, user="cabbie.change", password=secret, timeouts=TIMEOUTS)

    assert opened(changes).number.startswith("CHG")
    assert not diary(snow, TOKEN)


def test_a_refused_password_is_bad_credentials_at_once(snow: Servicenow) -> None:
    snow.switch(basic_auth="refused")
    secret = snow.secrets.servicenow_client_secret
    changes = ServiceNowChanges(snow.url, user="cabbie.change", password=secret, timeouts=TIMEOUTS)

    with pytest.raises(BadCredentials):
        changes.users_by_email("ada@acme.example")

    assert len(diary(snow)) == 1


def test_a_missing_second_factor_is_said(snow: Servicenow) -> None:
    spoil(snow, "GET *", "answer", status=401, headers={"X-MFA_TOKEN": "invalid"}, body="", times=-1)

    with pytest.raises(BadCredentials, match="second factor"):
        changes_of(snow).users_by_email("ada@acme.example")


def test_somebody_has_to_be_named() -> None:
    with pytest.raises(ValueError, match="change account"):
        ServiceNowChanges("https://acme.service-now.com", client_id="x")


@pytest.mark.parametrize("url", ["acme", "ftp://acme", "https://", "https://user:word@acme.example", "https://a/?x=1"])
def test_a_url_that_is_none_is_said_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="looks like"):
        ServiceNowChanges(url, user="a", password="b")  # never sent


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as threads:
        yield threads


def test_eight_threads_never_get_each_others_rows(snow: Servicenow, pool: ThreadPoolExecutor) -> None:
    changes = changes_of(snow, timeouts=PATIENT)
    keys = ("ada", "grace", "linus", "margaret", "barbara", "katherine")
    wanted = [f"{key}@acme.example" for key in keys] * 15

    found = list(pool.map(lambda email: changes.users_by_email(email)[0].email, wanted))

    assert found == wanted
    assert len(diary(snow, TOKEN)) == 1


def test_eight_threads_renew_an_ended_token_once_between_them(snow: Servicenow, pool: ThreadPoolExecutor) -> None:
    snow.switch(token_seconds=1)
    changes = changes_of(snow, timeouts=PATIENT, clock=Watch())  # it never seems due
    changes.users_by_email("ada@acme.example")
    until(lambda: snow.call("GET", "/api/now/table/sys_user").status_code == 401)
    before = len(diary(snow, TOKEN))
    start = threading.Barrier(8, timeout=10)

    def ask(_: int) -> int:
        start.wait()
        return len(changes.users_by_email("ada@acme.example"))

    found = list(pool.map(ask, range(8)))

    assert found == [1] * 8
    assert len(diary(snow, TOKEN)) == before + 1
