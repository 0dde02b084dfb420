"""Our forms, as views: asking for a deploy, and asking for a reason.

Identity and authority never ride in private_metadata; it only says which change was meant and what was shown of it.
"""

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.change.policy import Policy
from bot.metrics import calling
from bot.slack.blocks import Block, choice, modal, text_input

DEPLOY_FORM = "deploy.request"
REASON_FORM = "change.reason"
SERVICE, VERSION, ENVIRONMENT, WHY, REASON = "service", "version", "environment", "why", "reason"
"""block_id and action_id of each input: errors come back keyed by block_id."""
LEAST_REASON = 10
MOST_OPTIONS = 100

log = structlog.get_logger(__name__)


def deploy_form(policy: Policy, *, service: str = "", environment: str = "", channel: str = "") -> Block:
    services = sorted(s.service for s in policy.services)
    environments = list(dict.fromkeys(e for s in policy.services for e in s.environments))
    return modal(
        "Deploy",
        [
            _service(services, service),
            text_input("Version", block_id=VERSION, action_id=VERSION, hint="A version, a tag or a commit"),
            choice(
                "Environment",
                environments,
                block_id=ENVIRONMENT,
                action_id=ENVIRONMENT,
                initial=environment,
                hint="Nothing chosen means the service's first",
                is_optional=True,
            ),
            text_input("Why", block_id=WHY, action_id=WHY, is_long=True, is_optional=True, hint="Approvers read it"),
        ],
        callback_id=DEPLOY_FORM,
        submit="Ask for it",
        metadata=json.dumps({"channel": channel}),
    )


def reason_form(title: str, question: str, *, about: Mapping[str, str]) -> Block:
    """about: what was pressed, given back with the answer."""
    asked = text_input(question, block_id=REASON, action_id=REASON, is_long=True, least=LEAST_REASON)
    return modal(title, [asked], callback_id=REASON_FORM, submit="Send", metadata=json.dumps(about)[:3000])


def answers_of(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by block_id. Untouched optional inputs come as null."""
    found = {}
    for block_id, elements in (view.get("state") or {}).get("values", {}).items():
        for element in elements.values():
            chosen = (element.get("selected_option") or {}).get("value") or element.get("selected_user")
            found[block_id] = str(element.get("value") or chosen or "").strip()
    return found


def opened(web: WebClient, trigger_id: str, view: Block) -> bool:
    """Whether the form opened: a trigger id lives three seconds and works once."""
    try:
        with calling("Slack", "views_open"):
            web.views_open(trigger_id=trigger_id, view=view)
    except SlackApiError as error:
        log.warning("slack.form_refused", form=view["callback_id"], why=str(error.response.get("error")))
        return False
    except (OSError, ValueError, HTTPException) as error:
        log.warning("slack.form_lost", form=view["callback_id"], why=type(error).__name__)
        return False
    return True


def _service(services: list[str], chosen: str) -> Block:
    if len(services) > MOST_OPTIONS:
        return text_input("Service", block_id=SERVICE, action_id=SERVICE, initial=chosen)
    return choice("Service", services, block_id=SERVICE, action_id=SERVICE, initial=chosen)
