"""An OAuth 2.0 app of the site, signed in with its own credentials."""

from dataclasses import dataclass
from typing import Any

import requests

from tests.integrations.jira.conftest import RunningJira


@dataclass
class App:
    """``call`` goes through the gateway, as every app's does."""

    jira: RunningJira
    cloud_id: str
    client_id: str
    client_secret: str
    token: str

    def call(self, method: str, path: str, body: Any = None, *, version: str = "3") -> requests.Response:
        return self.ask(method, f"/ex/jira/{self.cloud_id}/rest/api/{version}{path}", body)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        signed = {"Authorization": f"Bearer {self.token}"} | headers
        return requests.request(method, self.jira.url + path, json=body, headers=signed, timeout=10)


def app_of(jira: RunningJira) -> App:
    cloud_id = requests.get(f"{jira.url}/_edge/tenant_info", timeout=10).json()["cloudId"]
    known = requests.get(f"{jira.url}/_standin/app", timeout=10).json()
    answer = trade(jira, **known)
    assert answer.status_code == 200, answer.text
    return App(jira, cloud_id, known["client_id"], known["client_secret"], answer.json()["access_token"])


def trade(jira: RunningJira, **sent: str) -> requests.Response:
    body = {"grant_type": "client_credentials", "audience": "api.atlassian.com"} | sent
    return requests.post(f"{jira.url}/oauth/token", json=body, timeout=10)
