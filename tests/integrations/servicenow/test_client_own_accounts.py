"""People's own accounts over the wire: their sign-in, their tokens, their own hand; and whose fault a refusal is."""

import base64
import hashlib
import logging
import secrets
import traceback
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from bot.change.model import RowState, Verdict
from bot.ports import BadCredentials, Declined, Failure, LinkEnded, Outage, OwnTokens, Unknown
from integrations.servicenow.own_accounts import ServiceNowOwnAccounts
from tests.integrations.servicenow.client_rig import TIMEOUTS, asked, changes_of, diary, row_of, spoil
from tests.integrations.servicenow.conftest import Servicenow, person_id

BACK = "https://cabbie.acme.example/servicenow/callback"
TOKEN = "POST /oauth_token.do"  # a path
PATCH = "PATCH /api/now/table/sysapproval_approver/{sys_id}"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-in-all"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def own(snow: Servicenow) -> ServiceNowOwnAccounts:
    snow.switch(redirect_urls=[BACK])
    return own_of(snow)


def own_of(snow: Servicenow, **changed: str) -> ServiceNowOwnAccounts:
    words = {
        "client_id": snow.secrets.servicenow_user_client_id,
        "client_secret": snow.secrets.servicenow_user_client_secret,
        "redirect_url": BACK,
    }
    return ServiceNowOwnAccounts(snow.url, **{**words, **changed}, timeouts=TIMEOUTS)


def code_of(own: ServiceNowOwnAccounts, who: str = "ada") -> str:
    """The code that a browser brings back when somebody allows it."""
    page = own.sign_in_page(state="s", challenge=CHALLENGE)
    form = {**dict(parse_qsl(urlsplit(page).query)), "user": person_id(who), "decision": "allow"}
    answer = requests.post(page.partition("?")[0], data=form, allow_redirects=False, timeout=5)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))["code"]


def tokens_of(own: ServiceNowOwnAccounts, who: str = "ada") -> OwnTokens:
    return own.exchange(code_of(own, who), VERIFIER)


def test_whoever_signed_in_is_named_by_servicenow(own: ServiceNowOwnAccounts) -> None:
    tokens = tokens_of(own)

    owner = own.owner(tokens.access)

    assert (owner.sys_user, owner.user_name, owner.email) == (person_id("ada"), "ada", "ada@acme.example")
    assert owner.may_sign_in
    assert timedelta(minutes=25) < tokens.lives <= timedelta(minutes=30)


def test_whose_token_it_is_has_to_be_certain(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    """A condition that the instance drops would answer with everybody."""
    tokens = tokens_of(own)
    row = {"sys_id": person_id("ada"), "user_name": "ada"}
    for found in ([], [row, row], [{"sys_id": person_id("ada")}], [{"user_name": "ada"}]):
        spoil(snow, "GET /api/now/table/sys_user", "answer", status=200, body={"result": found})
        with pytest.raises(Declined, match="whose sign-in"):
            own.owner(tokens.access)


def test_a_verdict_is_written_as_the_person(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = asked(changes)
    row = row_of(changes, record.sys_id, "ada")

    own.write(tokens_of(own).access, row.sys_id, Verdict.APPROVED, "Fine.")

    written = row_of(changes, record.sys_id, "ada")
    assert (written.state, written.updated_by) == (RowState.APPROVED, "ada")


def test_somebody_elses_row_is_not_theirs_to_write(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    changes = changes_of(snow)
    record = asked(changes)
    row = row_of(changes, record.sys_id, "margaret")

    with pytest.raises(Declined, match="person's own account"):
        own.write(tokens_of(own).access, row.sys_id, Verdict.APPROVED, "Fine.")

    assert row_of(changes, record.sys_id, "margaret").state is RowState.REQUESTED


@pytest.mark.parametrize(("action", "failure"), [("drop_after", Unknown), ("drop_before", Unknown)])
def test_a_verdict_whose_answer_is_lost_may_have_been_written(
    own: ServiceNowOwnAccounts, snow: Servicenow, action: str, failure: type[Failure]
) -> None:
    changes = changes_of(snow)
    row = row_of(changes, asked(changes).sys_id, "ada")
    access = tokens_of(own).access
    spoil(snow, PATCH, action)

    with pytest.raises(failure):
        own.write(access, row.sys_id, Verdict.APPROVED, "Fine.")


def test_a_dead_token_is_the_persons_affair(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    changes = changes_of(snow)
    row = row_of(changes, asked(changes).sys_id, "ada")
    tokens = tokens_of(own)
    own.revoke(tokens.access)

    with pytest.raises(LinkEnded):
        own.write(tokens.access, row.sys_id, Verdict.APPROVED, "Fine.")
    with pytest.raises(LinkEnded):
        own.owner(tokens.access)
    assert own.owner(own.renew(tokens.refresh).access).user_name == "ada"


@pytest.mark.parametrize("rotates", [False, True])
def test_renewed_the_refresh_token_stays_or_is_another(
    own: ServiceNowOwnAccounts, snow: Servicenow, rotates: bool
) -> None:
    snow.switch(rotates_refresh_tokens=rotates)
    tokens = tokens_of(own)

    renewed = own.renew(tokens.refresh)

    assert (renewed.refresh != tokens.refresh) is rotates
    assert own.owner(renewed.access).user_name == "ada"


def test_an_answer_without_a_refresh_token_leaves_the_old_one(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    spoil(snow, TOKEN, "answer", status=200, body={"access_token": "a", "expires_in": 60})

    assert own.renew("the old one").refresh == "the old one"


@pytest.mark.parametrize("words", ["named", "access denied"])
def test_a_refused_code_or_refresh_token_ends_the_link(
    own: ServiceNowOwnAccounts, snow: Servicenow, words: str
) -> None:
    tokens = tokens_of(own)
    code = code_of(own)
    snow.switch(oauth_refusals=words)
    own.revoke(tokens.refresh)

    for ask in (
        lambda: own.renew(tokens.refresh),
        lambda: own.exchange("unknown", VERIFIER),
        lambda: own.exchange(code, "another verifier"),
    ):
        with pytest.raises(LinkEnded):
            ask()


def test_a_refusal_that_says_nothing_is_asked_again(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    """Seen: of several renewals one is refused like that, and the next one passes."""
    tokens = tokens_of(own)
    body = {"error": "server_error", "error_description": "access_denied"}
    spoil(snow, TOKEN, "answer", status=401, body=body)

    assert own.renew(tokens.refresh).access


def test_a_wrong_secret_of_the_application_is_our_admins_affair(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    tokens = tokens_of(own)
    wrong = own_of(snow, client_secret=secrets.token_hex(16))

    for ask in (lambda: wrong.renew(tokens.refresh), lambda: wrong.exchange("unknown", VERIFIER)):
        with pytest.raises(BadCredentials, match="OAuth application for people"):
            ask()
    assert own.renew(tokens.refresh).access


@pytest.mark.parametrize("action", ["drop_before", "drop_after", "truncate"])
def test_a_token_endpoint_in_trouble_is_an_outage(own: ServiceNowOwnAccounts, snow: Servicenow, action: str) -> None:
    tokens = tokens_of(own)
    spoil(snow, TOKEN, action)

    with pytest.raises(Outage):
        own.renew(tokens.refresh)


@pytest.mark.parametrize("body", ["<html>", {"no": "token"}, [], {"access_token": "a"}])
def test_an_answer_that_makes_no_sense_gives_no_tokens(
    own: ServiceNowOwnAccounts, snow: Servicenow, body: object
) -> None:
    code = code_of(own)
    spoil(snow, TOKEN, "answer", status=200, body=body)

    with pytest.raises(Failure):
        own.exchange(code, VERIFIER)


def test_a_token_is_revoked_in_the_body_of_a_request(own: ServiceNowOwnAccounts, snow: Servicenow) -> None:
    tokens = tokens_of(own)

    own.revoke(tokens.refresh)
    own.revoke(tokens.refresh)

    assert [entry["query"] for entry in diary(snow, "oauth_revoke_token")] == ["", ""]
    with pytest.raises(LinkEnded):
        own.renew(tokens.refresh)
    spoil(snow, "POST /oauth_revoke_token.do", "answer", status=503, body="")
    with pytest.raises(Outage):
        own.revoke(tokens.access)


def test_no_secret_is_in_what_is_said(
    own: ServiceNowOwnAccounts, snow: Servicenow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = tokens_of(own)
    own.revoke(tokens.refresh)
    own.revoke(tokens.access)

    told = repr(tokens)
    for ask in (lambda: own.renew(tokens.refresh), lambda: own.owner(tokens.access)):
        with pytest.raises(LinkEnded) as caught:
            ask()
        told += "".join(traceback.format_exception(caught.value)) + repr(caught.value.args)

    for secret in (tokens.access, tokens.refresh, snow.secrets.servicenow_user_client_secret):
        assert secret not in told + caplog.text


@pytest.mark.parametrize(
    ("words", "changed", "verdict"),
    [
        ("named", {}, "good"),
        ("named", {"client_secret": "another"}, "wrong"),
        ("named", {"client_id": "another"}, "wrong"),
        ("access denied", {}, "warning"),
    ],
)
def test_the_doctor_asks_whether_the_application_is_known(
    snow: Servicenow, words: str, changed: dict[str, str], verdict: str
) -> None:
    snow.switch(oauth_refusals=words)

    (check,) = own_of(snow, **changed).check()

    assert check.verdict == verdict
    assert ("SERVICENOW_USER_CLIENT_SECRET" in check.fix and BACK in check.fix) or verdict == "good"
