"""Whatever a sender that has the secret makes of its JSON: it is refused or contained, and nothing breaks."""

import copy
import json
import os
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.api.webhooks import Delivery
from tests.api.webhooks.door import SENDERS, Door
from tests.api.webhooks.posts import (
    EXAMPLES,
    argocd_sync,
    cdevent,
    cloudevent,
    github_deployment,
    gitlab_deployment,
    jenkins_notification,
)
from tests.builders import NOW

TIMES = int(os.environ.get("CABBIE_API_EXAMPLES", "40"))
CLOUDEVENT = {"Content-Type": "application/cloudevents+json"}
MORE: dict[str, list[Any]] = {
    "github": [github_deployment()],
    "gitlab": [gitlab_deployment("success")],
    "argocd": [argocd_sync("Succeeded", "Healthy", version="3.2.0")],
    "jenkins": [jenkins_notification("COMPLETED", "SUCCESS", parameters={"VERSION": "3.2.0"})],
    "cdevents": [cdevent("upgraded", custom={"version": "3.2.0"}), cloudevent(cdevent("rolledback"))],
}
TRICKS = ["\0", "\ud83d", "a\u2028b", "pkg:oci/a@%zz?tag=%ff&&=", "http://[", "9" * 300, "\u202eevil", "rollback"]
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(TRICKS)
anything = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inside for place in places(each, (*path, key)))]


def with_other(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    changed = copy.deepcopy(value)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = other
    return changed


@st.composite
def nearly(draw: st.DrawFn, sender: str) -> Any:
    """A right one, but for some places in it."""
    payload = draw(st.sampled_from([EXAMPLES[sender], *MORE[sender]]))
    for _ in range(draw(st.integers(1, 3))):
        payload = with_other(payload, draw(st.sampled_from(places(payload))), draw(anything))
    return payload


def is_sound(delivery: Delivery) -> bool:
    """What is handed on can be shown, stored and compared, whatever was sent."""
    words = [value for value in asdict(delivery.reading).values() if isinstance(value, str)]
    texts = [*words, delivery.job, delivery.repository, delivery.once]
    return (
        all(text == " ".join(text.split()) and "\0" not in text and len(text.encode()) <= 8000 for text in texts)
        and delivery.occurred_at.utcoffset() is not None
        and delivery.occurred_at <= NOW
        and delivery.reading.url.partition("://")[0] in ("", "http", "https")
    )


@pytest.mark.parametrize("sender", SENDERS)
def test_nothing_breaks_it(door: Door, sender: str) -> None:
    @given(payload=anything | nearly(sender), headers=st.sampled_from([{}, CLOUDEVENT]))
    @settings(max_examples=TIMES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(payload: Any, headers: dict[str, str]) -> None:
        answer = door.sends(sender, json.dumps(payload).encode(), headers)

        assert answer.status_code in (200, 202, 422), answer.text
        assert all(is_sound(delivery) for delivery in door.listener.heard)
        door.listener.heard.clear()

    holds()


@pytest.mark.parametrize("sender", SENDERS)
def test_no_bytes_break_it(door: Door, sender: str) -> None:
    right = json.dumps(EXAMPLES[sender]).encode()
    cut = st.tuples(st.integers(0, len(right)), st.binary(max_size=8), st.integers(0, len(right))).map(
        lambda at: right[: at[0]] + at[1] + right[at[2] :]
    )

    @given(body=st.binary() | cut)
    @settings(max_examples=TIMES // 2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def holds(body: bytes) -> None:
        assert door.sends(sender, body).status_code in (200, 202, 422)

    holds()
