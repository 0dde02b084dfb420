"""The webhooks against the API's own description: what it calls well formed is taken, and what it does not is not."""

import os
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode

from bot.api.limits import LARGEST_BODY
from bot.change.announcement import Answer
from tests.api.webhooks.door import SENDERS, Door, Listener, application, proof
from tests.api.webhooks.posts import EXAMPLES, cdevent, cloudevent

EXAMPLES_EACH = int(os.environ.get("CABBIE_API_EXAMPLES", "25"))


def described(door: Door) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/openapi.json", door.app)


def test_every_sender_is_described(door: Door) -> None:
    labels = {operation.ok().label for operation in described(door).get_all_operations()}

    assert labels == {f"POST /webhooks/{sender}" for sender in SENDERS}


@pytest.mark.parametrize("sender", SENDERS)
def test_every_answer_is_as_described(door: Door, sender: str) -> None:
    """Right bodies and wrong ones, each with the proof that belongs to its very bytes."""
    operation = described(door)[f"/webhooks/{sender}"]["POST"]

    @given(case=operation.as_strategy() | operation.as_strategy(GenerationMode.NEGATIVE))
    @settings(
        max_examples=EXAMPLES_EACH,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: Case) -> None:
        case.call_and_validate(headers=proved(door, sender, case))

    holds()


def proved(door: Door, sender: str, case: Case) -> dict[str, str]:
    """The proof of a case: over the bytes that will be sent."""
    sent = case.as_transport_kwargs()
    body = {"json": sent["json"]} if "json" in sent else {"content": sent.get("data") or b""}
    request = door.client.build_request("POST", f"/webhooks/{sender}", **body)
    return proof(sender, door.secrets[sender], request.read())


def test_every_documented_answer_is_given_as_described(door: Door) -> None:
    refusing = Door(Answer("No.", is_refusal=True))
    without = application({}, Listener())
    schema = described(door)
    for sender in SENDERS:
        operation = schema[f"/webhooks/{sender}"]["POST"]
        answers = {
            200: door.says(sender, NOTHING[sender]),
            202: door.says(sender, EXAMPLES[sender]),
            401: door.client.post(f"/webhooks/{sender}", json=EXAMPLES[sender]),
            404: type(door.client)(without).post(f"/webhooks/{sender}", json=EXAMPLES[sender]),
            409: refusing.says(sender, EXAMPLES[sender]),
            413: door.sends(sender, b" " * (LARGEST_BODY + 1)),
            422: door.sends(sender, b"["),
        }

        assert {status: answer.status_code for status, answer in answers.items()} == {each: each for each in answers}
        assert {int(status) for status in operation.definition.raw["responses"]} == set(answers)
        for answer in answers.values():
            operation.validate_response(answer)


NOTHING: dict[str, Any] = {
    "github": {"zen": "Design for failure."},
    "gitlab": {"object_kind": "push"},
    "argocd": EXAMPLES["argocd"] | {"phase": "Succeeded"},
    "jenkins": {"name": "j", "build": {"number": 1, "phase": "COMPLETED"}},
    "cdevents": cdevent("removed"),
}


def test_a_cloudevent_is_described_too(door: Door) -> None:
    kinds = described(door)["/webhooks/cdevents"]["POST"].definition.raw["requestBody"]["content"]

    assert "application/cloudevents+json" in kinds
    sent = door.says("cdevents", cloudevent(cdevent()), {"Content-Type": "application/cloudevents+json"})
    assert sent.status_code == 202
