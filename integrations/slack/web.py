"""slack_sdk's clients, set up the careful way."""

import logging
import re
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from integrations.slack.paced import PacedClient
from integrations.slack.wire import WebClient, WebhookClient

TIMEOUT = 10
"""Seconds: slack_sdk's own default is 30."""
# Slack gives response_urls on this host: docs.slack.dev/interactivity/handling-user-interaction
RESPONSE_HOST = "hooks.slack.com"
RESPONSE_PATHS = ("/commands/", "/actions/", "/app/")
"""Of a command, a click and a form. Beside them lie /services/ and /workflows/: other people's channels."""
PLAIN = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+/[A-Za-z0-9/_-]*")
"""No login, no way up, nothing that one reader of addresses takes for something else than another."""


def web_client(token: str, base_url: str, pace: float = 1.0) -> WebClient:
    """At Slack's pace, with our timeout and without retries: slack_sdk's default sends a post again whose connection
    broke."""
    web = PacedClient(pace, token=token, base_url=base_url, timeout=TIMEOUT, retry_handlers=[], logger=quiet_logger())
    # slack_sdk reads HTTPS_PROXY and never NO_PROXY: slack_sdk/proxy_env_variable_loader.py
    if proxy_bypass(urlsplit(web.base_url).netloc):
        web.proxy = None
    return web


def hook_client(response_url: str, web: WebClient) -> WebhookClient:
    """For answering at a response_url, which takes no token."""
    hook = WebhookClient(response_url, timeout=TIMEOUT, retry_handlers=[], logger=quiet_logger())
    hook.proxy = web.proxy
    hook.is_told = urlsplit(response_url).netloc != urlsplit(web.base_url).netloc
    return hook


def is_response_url(url: str, base_url: str) -> bool:
    """Whether it is Slack's: nobody else is told anything, whatever stands in a queue or a form's metadata."""
    if not PLAIN.fullmatch(url):
        return False
    wanted, api = urlsplit(url), urlsplit(base_url)
    if wanted.scheme == "https" and wanted.netloc == RESPONSE_HOST:
        return wanted.path.startswith(RESPONSE_PATHS)
    return (wanted.scheme, wanted.netloc) == (api.scheme, api.netloc)


def quiet_logger() -> logging.Logger:
    """slack_sdk prints parameters and socket tickets at DEBUG; its level is its own, whatever the root's is."""
    logger = logging.getLogger("slack_sdk.cabbie")
    logger.setLevel(logging.WARNING)
    return logger
