"""Proven before it is read: who cannot show that the tool sent it is told so, and nothing is heard."""

import base64
import json
import secrets
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.api.webhooks.door import JSON, SENDERS, Door, Listener, application, proof, standard_signature
from tests.api.webhooks.posts import EXAMPLES, gitlab_deployment
from tests.builders import NOW

PROOFS = ("X-Hub-Signature-256", "X-Gitlab-Token", "Authorization", "webhook-signature")
BODY = json.dumps(gitlab_deployment()).encode()


def bare(door: Door, sender: str, headers: dict[str, str], body: bytes = b"") -> Any:
    """Without any proof but these headers."""
    body = body or json.dumps(EXAMPLES[sender]).encode()
    return door.client.post(f"/webhooks/{sender}", content=body, headers={"Content-Type": JSON} | headers)


@pytest.mark.parametrize("sender", SENDERS)
def test_without_a_proof_nothing_is_heard(door: Door, sender: str) -> None:
    assert door.refusal(bare(door, sender, {}), 401).startswith("This needs ")


@pytest.mark.parametrize(
    "value", ["", " ", "é", "sha256=", "Bearer ", "Bearer", "Basic ???", "Basic w6k=", "v1,", "none"]
)
@pytest.mark.parametrize("sender", SENDERS)
def test_whatever_stands_in_a_proof_s_place_is_none(door: Door, sender: str, value: str) -> None:
    headers = {name: value.encode("latin-1") for name in PROOFS}
    answer = door.client.post(f"/webhooks/{sender}", json=EXAMPLES[sender], headers=headers)

    assert door.refusal(answer, 401)


@pytest.mark.parametrize("sender", SENDERS)
def test_another_s_secret_is_no_proof(door: Door, sender: str) -> None:
    body = json.dumps(EXAMPLES[sender]).encode()
    of_another = [door.secrets[other] for other in SENDERS if other != sender]

    for secret in [secrets.token_hex(20), *of_another]:
        refusal = door.refusal(bare(door, sender, proof(sender, secret, body), body), 401)
        assert secret not in refusal and door.secrets[sender] not in refusal


@pytest.mark.parametrize("sender", SENDERS)
def test_the_secret_in_the_address_is_no_proof(door: Door, sender: str) -> None:
    given = {"token": door.secrets[sender], "secret": door.secrets[sender], "access_token": door.secrets[sender]}
    answer = door.client.post(f"/webhooks/{sender}", params=given, json=EXAMPLES[sender])

    assert door.refusal(answer, 401)


@pytest.mark.parametrize("sender", SENDERS)
def test_the_proof_comes_before_the_understanding(door: Door, sender: str) -> None:
    assert door.refusal(bare(door, sender, {"Content-Type": "text/xml", "Content-Encoding": "gzip"}, b"{" * 99), 401)


def test_a_signature_is_over_the_very_bytes(door: Door) -> None:
    """The same JSON, written anew, is another body."""
    signed = json.dumps(EXAMPLES["github"], indent=1).encode()
    headers = proof("github", door.secrets["github"], signed)

    assert door.refusal(bare(door, "github", headers, json.dumps(EXAMPLES["github"]).encode()), 401)
    assert bare(door, "github", headers, signed).status_code == 202


def test_the_old_signature_is_none(door: Door) -> None:
    sha256 = proof("github", door.secrets["github"], BODY)["X-Hub-Signature-256"]

    assert door.refusal(bare(door, "github", {"X-Hub-Signature": sha256}, BODY), 401)
    assert door.refusal(bare(door, "github", {"X-Hub-Signature-256": sha256.removeprefix("sha256=")}, BODY), 401)


@pytest.mark.parametrize("sender", SENDERS)
def test_while_secrets_change_both_hold(sender: str) -> None:
    new, old, gone = (secrets.token_hex(20) for _ in range(3))
    client = TestClient(application({sender: [new, old]}, Listener()))
    body = json.dumps(EXAMPLES[sender]).encode()

    statuses = [
        client.post(f"/webhooks/{sender}", content=body, headers={"Content-Type": JSON} | proof(sender, secret, body))
        for secret in (new, old, gone)
    ]

    assert [answer.status_code for answer in statuses] == [202, 202, 401]


@pytest.mark.parametrize("known", [[], [""], ["  "]])
@pytest.mark.parametrize("sender", SENDERS)
def test_a_sender_without_a_secret_has_no_door(sender: str, known: list[str]) -> None:
    """An empty one is none: anybody can sign with nothing."""
    listener = Listener()
    client = TestClient(application({sender: known}, listener))

    for secret in ["", "  "]:
        body = json.dumps(EXAMPLES[sender]).encode()
        answer = client.post(f"/webhooks/{sender}", content=body, headers=proof(sender, secret, body))
        assert (answer.status_code, listener.heard) == (404, [])
        assert "CABBIE_WEBHOOK_SECRET" in answer.json()["detail"] and sender in answer.json()["detail"]


# ------------------------------------------------------------------------------------------------------------- GitLab


def signing() -> tuple[Door, bytes]:
    """GitLab with a signing token: (the door, the key that it stands for)."""
    door, key = Door(), secrets.token_bytes(32)
    token = f"whsec_{base64.b64encode(key).decode()}"
    door.app = application({"gitlab": [secrets.token_hex(20), token, "whsec_?"]}, door.listener)
    door.client = TestClient(door.app)
    return door, key


def test_gitlab_signs_with_a_signing_token() -> None:
    door, key = signing()
    signed = standard_signature(key, BODY)
    several = {"webhook-signature": f"v1,{'A' * 43}= v2,x {signed['webhook-signature']}"}

    assert bare(door, "gitlab", signed, BODY).status_code == 202
    assert bare(door, "gitlab", signed | several, BODY).status_code == 202


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp"])
def test_what_is_signed_beside_the_body_cannot_be_changed(name: str) -> None:
    door, key = signing()

    assert door.refusal(bare(door, "gitlab", standard_signature(key, BODY) | {name: "1"}, BODY), 401)
    assert door.refusal(bare(door, "gitlab", standard_signature(key, BODY), BODY + b" "), 401)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_signature_of_another_time_is_none(minutes: int) -> None:
    door, key = signing()
    at = NOW.timestamp() + minutes * 60

    assert "five minutes" in door.refusal(bare(door, "gitlab", standard_signature(key, BODY, at=at), BODY), 401)


def test_a_good_token_does_not_make_up_for_a_wrong_signature(door: Door) -> None:
    wrong = standard_signature(secrets.token_bytes(32), BODY) | {"X-Gitlab-Token": door.secrets["gitlab"]}

    assert "webhook-signature" in door.refusal(bare(door, "gitlab", wrong, BODY), 401)


# ------------------------------------------------------------------------------------------------------------ Jenkins


def test_the_notification_plugin_sends_the_secret_as_a_password(door: Door) -> None:
    def basic(password: str) -> dict[str, str]:
        return {"Authorization": f"Basic {base64.b64encode(f'cabbie:{password}'.encode()).decode()}"}

    assert bare(door, "jenkins", basic(door.secrets["jenkins"])).status_code == 202
    door.listener.heard.clear()
    assert door.refusal(bare(door, "jenkins", basic("another")), 401)
    assert door.refusal(bare(door, "argocd", basic(door.secrets["argocd"])), 401)
