"""Conversations with a Jira, kept as files; ``tests/integrations/recording.py`` says how they are recorded anew."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from integrations.jira.client import JiraTracker
from tests.integrations.jira.clients import LINK
from tests.integrations.jira.conftest import RunningJira
from tests.integrations.recording import CASSETTES, Recorder, is_real

FOLDER = CASSETTES / "jira"
SITE, ISSUE, EMAIL = "http://jira.acme.example", "PAY-101", "cabbie@acme.example"
KEPT_HEADERS = ("content-type", "retry-after", "x-seraph-loginreason")
MARKER = "card/CHG0030042/recorded"


@dataclass(frozen=True)
class Site:
    """A Jira to record from, and an issue that may be linked and commented."""

    url: str
    issue: str
    email: str
    secret: str
    """An API token, or without an e-mail a personal access token of Data Center."""

    def client(self, *, login: str) -> JiraTracker:
        given = "revoked" if login == "dead" else self.secret
        words: dict[str, Any] = {"email": self.email, "api_token": given} if self.email else {"token": given}
        return JiraTracker(self.url, **words, projects=(self.issue.rpartition("-")[0],))

    def tidy(self) -> None:
        """What the scenes left on the issue goes away again."""
        url = f"{self.url}/rest/api/2/issue/{self.issue}"
        auth = (self.email, self.secret) if self.email else None
        headers = {} if self.email else {"Authorization": f"Bearer {self.secret}"}
        links = {"globalId": LINK.global_id}
        requests.delete(f"{url}/remotelink", params=links, auth=auth, headers=headers, timeout=20)
        while comment := self.client(login="good").find_comment(self.issue, MARKER):
            requests.delete(f"{url}/comment/{comment}", auth=auth, headers=headers, timeout=20).raise_for_status()


@contextmanager
def cassette(
    name: str, request: pytest.FixtureRequest, *, deployment: str, login: str = "good"
) -> Iterator[JiraTracker]:
    """A client whose conversation is replayed from the file, or recorded into it."""
    path = FOLDER / f"{name}.yaml"
    if request.config.getoption("--record-mode") != "rewrite":
        with Recorder(is_recording=False, kept_headers=KEPT_HEADERS).tape(path):
            yield _replayed(deployment)
        return
    site = _real(deployment) if is_real("jira") else _standin(request.getfixturevalue("jira"), deployment)
    replaced = {site.url: SITE, site.issue: ISSUE, **({site.email: EMAIL} if site.email else {})}
    try:
        with Recorder(True, is_real("jira"), frozenset({site.secret}), replaced, KEPT_HEADERS).tape(path):
            yield site.client(login=login)
    finally:
        site.tidy()


def _standin(jira: RunningJira, deployment: str) -> Site:
    jira.switch(deployment=deployment)
    is_cloud = deployment == "Cloud"
    return Site(jira.url, ISSUE, *(jira.basic if is_cloud else ("", jira.secrets.jira_token)))


def _real(deployment: str) -> Site:
    said = os.environ
    email = said.get("JIRA_EMAIL", "")
    if (deployment == "Cloud") != bool(email):
        pytest.skip("the Jira at JIRA_URL has the other face")
    secret = said["JIRA_API_TOKEN"] if email else said["JIRA_TOKEN"]
    return Site(said["JIRA_URL"].rstrip("/"), said["JIRA_RECORD_ISSUE"], email, secret)


def _replayed(deployment: str) -> JiraTracker:
    login: dict[str, Any] = {"email": EMAIL, "api_token": "none"} if deployment == "Cloud" else {"token": "none"}
    return JiraTracker(SITE, **login, projects=("PAY",))
