"""Conversations with a Jira, kept as files: replayed without a network, recorded anew by one command.

    pytest tests/integrations/jira/test_client_cassettes.py --record-mode=rewrite

records from the stand-in. With ``JIRA_URL``, a login, and ``JIRA_RECORD_ISSUE`` (an issue that may be linked and
commented) it records from that site instead; its names, ids and addresses are replaced before anything is written."""

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import vcr  # type: ignore[import-untyped]  # vcrpy ships no types
from vcr.request import Request  # type: ignore[import-untyped]  # nor here

from integrations.jira.client import JiraTracker
from tests.integrations.jira.clients import tracker
from tests.integrations.jira.conftest import RunningJira

FOLDER = Path(__file__).parents[2] / "cassettes" / "jira"
FROM_STANDIN = "# recorded from Cabbie's own stand-in: proves nothing about the vendor\n"
FROM_SITE = "# recorded from a real Jira: names, ids and addresses are replaced\n"
SITE, ISSUE, EMAIL = "http://jira.acme.example", "PAY-101", "cabbie@acme.example"
KEPT_HEADERS = ("content-type", "retry-after", "x-seraph-loginreason")
NAMES = re.compile(r'("(?:displayName|emailAddress)":\s*")[^"]*')
ACCOUNT_ID = re.compile(r'("accountId":\s*"|accountId=)([^"&]+)')
USER_NAME = re.compile(r'("name":\s*")([^"]*)(",\s*"key":\s*")([^"]*)')  # Data Center's users; projects have key first


@contextmanager
def cassette(
    name: str, request: pytest.FixtureRequest, *, deployment: str, login: str = "good"
) -> Iterator[JiraTracker]:
    """A client whose conversation is replayed from the file, or recorded into it."""
    path = FOLDER / f"{name}.yaml"
    if request.config.getoption("--record-mode") != "rewrite":
        player = _recorder("none", {})
        with player.use_cassette(str(path)) as tape:
            yield _client(SITE, deployment)
            assert tape.all_played
        return
    path.unlink(missing_ok=True)
    client, replaced, header = _recorded_client(request, deployment, login)
    with _recorder("all", replaced).use_cassette(str(path)):
        yield client
    path.write_text(header + path.read_text())


def _recorded_client(
    request: pytest.FixtureRequest, deployment: str, login: str
) -> tuple[JiraTracker, dict[str, str], str]:
    if os.environ.get("JIRA_RECORD_ISSUE"):
        return _site_client(login)
    jira: RunningJira = request.getfixturevalue("jira")
    jira.switch(deployment=deployment)
    dead: dict[str, Any] = {"api_token": "revoked"} if deployment == "Cloud" else {"token": "revoked"}
    return tracker(jira, **(dead if login == "dead" else {}), projects=("PAY",)), {jira.url: SITE}, FROM_STANDIN


def _site_client(login: str) -> tuple[JiraTracker, dict[str, str], str]:
    said = os.environ
    email, url, issue = said.get("JIRA_EMAIL", ""), said["JIRA_URL"].rstrip("/"), said["JIRA_RECORD_ISSUE"]
    secret = said.get("JIRA_API_TOKEN") or said["JIRA_TOKEN"]
    given = "revoked" if login == "dead" else secret
    project, _, _ = issue.rpartition("-")
    logged_in: dict[str, Any] = {"email": email, "api_token": given} if email else {"token": given}
    replaced = {url: SITE, issue: ISSUE, secret: "a token", **({email: EMAIL} if email else {})}
    return JiraTracker(url, **logged_in, projects=(project,)), replaced, FROM_SITE


def _client(url: str, deployment: str) -> JiraTracker:
    login: dict[str, Any] = {"email": EMAIL, "api_token": "none"} if deployment == "Cloud" else {"token": "none"}
    return JiraTracker(url, **login, projects=("PAY",))


def _recorder(mode: str, replaced: dict[str, str]) -> Any:
    def clean(text: str) -> str:
        for real, shown in replaced.items():
            text = text.replace(real, shown)
        return _without_people(text) if ISSUE in replaced.values() else text

    def clean_request(asked: Request) -> Request:
        asked.uri = clean(asked.uri)
        if asked.body:
            asked.body = clean(asked.body.decode()).encode()
        asked.headers = {}
        return asked

    def clean_answer(answer: dict[str, Any]) -> dict[str, Any]:
        answer["headers"] = {name: value for name, value in answer["headers"].items() if name.lower() in KEPT_HEADERS}
        answer["body"] = {"string": clean(answer["body"]["string"].decode()).encode()}
        return answer

    return vcr.VCR(
        record_mode=mode,
        match_on=["method", "path", "query", "body"],
        decode_compressed_response=True,
        before_record_request=clean_request,
        before_record_response=clean_answer,
    )


def _without_people(text: str) -> str:
    """Everybody keeps being somebody, nobody is named."""
    text = NAMES.sub(r"\1Somebody", text)
    text = ACCOUNT_ID.sub(lambda m: m[1] + "712020:" + _pseudonym(m[2]), text)
    return USER_NAME.sub(lambda m: m[1] + _pseudonym(m[2]) + m[3] + _pseudonym(m[4]), text)


def _pseudonym(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]
