"""Bounded: what is large, deep, packed, doubled or of another kind is refused and named; nothing of it is repeated."""

import gzip
import json
from typing import Any
from urllib.parse import quote

import pytest

from bot.api.limits import LARGEST_BODY
from bot.api.webhooks.body import DEEPEST
from tests.api.webhooks.door import SENDERS, Door
from tests.api.webhooks.posts import EXAMPLES, argocd_sync, github_deployment, github_status, gitlab_deployment

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("sender", SENDERS)
def test_a_body_without_end_is_not_read(door: Door, sender: str) -> None:
    answer = door.client.post(f"/webhooks/{sender}", content=b" " * (LARGEST_BODY + 1))

    assert door.refusal(answer, 413)


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
def test_a_packed_body_is_not_unpacked(door: Door, sender: str, encoding: str) -> None:
    bomb = gzip.compress(b" " * 10_000_000)

    assert "Content-Encoding" in door.refusal(door.sends(sender, bomb, {"Content-Encoding": encoding}), 422)


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "application/jsonp"])
@pytest.mark.parametrize("sender", SENDERS)
def test_another_kind_of_body_is_not_read(door: Door, sender: str, kind: str) -> None:
    assert "application/json" in door.why_not(sender, EXAMPLES[sender], {"Content-Type": kind})


@pytest.mark.parametrize("sender", SENDERS)
def test_only_argo_cd_need_not_say_what_kind_it_is(door: Door, sender: str) -> None:
    assert door.says(sender, EXAMPLES[sender], {"Content-Type": ""}).status_code == (202 if sender == "argocd" else 422)


BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "two": b"{} {}",
    "a list": b"[]",
    "a text": b'"deployment"',
    "null": b"null",
    "bytes": b"\xff\xfe{}",
    "another encoding": '{"a": "é"}'.encode("utf-16"),
    "a mark in front": b"\xef\xbb\xbf{}",
    "NaN": b'{"id": NaN}',
    "infinity": b'{"id": -Infinity}',
    "a huge number": b'{"id": 1e999}',
    "digits": b'{"id": ' + b"9" * 5000 + b"}",
    "decimals": b'{"id": 0.' + b"9" * 5000 + b"}",
    "twice": b'{"action": "created", "action": "deleted"}',
    "twice inside": b'{"deployment": {"id": 1, "id": 2}}',
    "deep lists": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "deep and open": b"[" * 1_000_000,
    "a text without end": b'{"a": [' + b"[]," * DEEPEST + b'"' + b'\\"' * 900_000,
    "a line end": b'{"a": "\n"}',
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("sender", SENDERS)
def test_what_is_no_plain_json_object_is_not_understood(door: Door, sender: str, body: bytes) -> None:
    assert door.refusal(door.sends(sender, body), 422)


@pytest.mark.parametrize("bracket", ["[]", '{"x": }'])
def test_more_brackets_within_brackets_than_anybody_sends_are_refused(door: Door, bracket: str) -> None:
    def nested(depth: int) -> bytes:
        inside = bracket[:-1] * depth + "0" + bracket[-1] * depth
        return json.dumps(github_deployment(description="?")).replace('"?"', inside).encode()

    assert door.sends("github", nested(DEEPEST - 2)).status_code == 202
    door.listener.heard.clear()
    assert f"{DEEPEST} brackets" in door.refusal(door.sends("github", nested(DEEPEST - 1)), 422)


def test_brackets_in_a_text_are_no_depth(door: Door) -> None:
    assert door.reads("github", github_deployment(description='[{"\\' * 500)).service == "acme/search"


@pytest.mark.parametrize(
    ("sender", "payload", "path"),
    [
        ("github", github_status("gone"), "deployment_status.state"),
        ("github", github_deployment(sha="main"), "deployment.sha"),
        ("github", github_deployment(id="7001"), "deployment.id"),
        ("github", github_deployment(id=2**60), "deployment.id"),
        ("github", github_deployment(environment="p" * 256), "deployment.environment"),
        ("github", github_deployment(creator={"login": 7}), "deployment.creator.login"),
        ("github", github_deployment() | {"repository": None}, "repository"),
        ("gitlab", gitlab_deployment("approved"), "status"),
        ("gitlab", gitlab_deployment(short_sha="a"), "short_sha"),
        ("gitlab", gitlab_deployment(project={"path_with_namespace": "\0"}), "project.path_with_namespace"),
        ("argocd", argocd_sync("Synced"), "phase"),
        ("argocd", argocd_sync(app=""), "app"),
        ("jenkins", {"job": "j", "status": "fine"}, "status"),
        ("jenkins", {"name": "j", "build": {"number": 1, "phase": "OVER"}}, "build.phase"),
        ("jenkins", {}, "job"),
        ("cdevents", {"context": {}}, "context.type"),
        ("cdevents", {"data": {}}, "context"),
    ],
)
def test_a_wrong_field_is_named_by_its_path_and_never_by_its_value(
    door: Door, sender: str, payload: Any, path: str
) -> None:
    secret = {"note": "of-nobody-s-business"}

    refusal = door.why_not(sender, payload | secret)

    assert f"{path}: " in refusal
    assert "of-nobody-s-business" not in refusal and "pppp" not in refusal


def test_many_wrong_fields_are_counted(door: Door) -> None:
    refusal = door.why_not(
        "jenkins", {"name": "j" * 300, "build": {name: {} for name in ("number", "phase", "status")}}
    )

    assert refusal.count("; ") == 3 and len(refusal) < 1000


def test_github_sends_a_form_when_it_is_set_to(door: Door) -> None:
    body = f"payload={quote(json.dumps(github_status('success')))}".encode()

    assert door.sends("github", body, FORM).status_code == 202


@pytest.mark.parametrize(
    "body",
    [b"", b"payload", b"payload=", b"payload={}&payload={}", b"other={}", b"payload=%ff", b"a=1&" * 20 + b"payload={}"],
)
def test_a_form_without_one_payload_is_not_understood(door: Door, body: bytes) -> None:
    assert door.refusal(door.sends("github", body, FORM), 422)


@pytest.mark.parametrize("sender", [name for name in SENDERS if name != "github"])
def test_nobody_else_sends_forms(door: Door, sender: str) -> None:
    assert door.refusal(door.sends(sender, b"payload={}", FORM), 422)


@pytest.mark.parametrize("odd", ["a\0b", "a\r\n*Approved* by ada", "a\x1b[31mb", "  a  "])
def test_no_word_of_theirs_breaks_a_line_of_ours(door: Door, odd: str) -> None:
    environment = door.reads("github", github_deployment(environment=odd)).environment

    assert environment.isprintable() and environment == environment.strip()


def test_half_a_character_is_not_understood(door: Door) -> None:
    body = json.dumps(github_deployment(ref="?")).replace("?", "\\ud83d").encode()

    assert "deployment.ref" in door.refusal(door.sends("github", body), 422)
