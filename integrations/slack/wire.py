"""slack_sdk's clients, going nowhere but where they were sent.

urllib follows a redirect of a POST, as a GET and with all its headers: the token would go along, to any host."""

import http.client
from typing import Any
from urllib.parse import urlsplit
from urllib.request import (
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
    getproxies,
    proxy_bypass,
)

import slack_sdk
import slack_sdk.webhook
from slack_sdk.errors import SlackClientError
from slack_sdk.web import SlackResponse
from slack_sdk.webhook import WebhookResponse

from integrations.outside import connect_outside


class WebClient(slack_sdk.WebClient):
    """The Web API, at one address."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        with opener(url, self.proxy).open(req, timeout=self.timeout) as answer:
            return {"status": answer.status, "headers": answer.headers, "body": read_text(answer)}

    def apps_connections_open(self, *, app_token: str, **more: Any) -> SlackResponse:
        """Where Socket Mode is to be opened; over TLS where the Web API is."""
        answer = super().apps_connections_open(app_token=app_token, **more)
        given = urlsplit(str(answer.get("url") or ""))
        wanted = "wss" if self.base_url.startswith("https:") else given.scheme
        if given.scheme != wanted or not given.hostname:
            raise SlackClientError(
                f"apps.connections.open gave an address of {given.hostname}, and not one of {wanted}"
            )
        return answer


class WebhookClient(slack_sdk.webhook.WebhookClient):
    """A response_url. is_told: it was not the operator who named its host, so it has to be outside."""

    is_told = True

    def _perform_http_request_internal(self, url: str, req: Request) -> WebhookResponse:
        with opener(url, self.proxy, is_told=self.is_told).open(req, timeout=self.timeout) as answer:
            headers = dict(answer.headers.items())
            return WebhookResponse(url=url, status_code=answer.status, body=read_text(answer), headers=headers)


def opener(url: str, proxy: str | None, *, is_told: bool = False) -> OpenerDirector:
    """Opens this URL and no other. Behind a proxy it is the proxy that looks a host up, and decides."""
    scheme, host, *_ = urlsplit(url)
    if scheme not in ("http", "https"):
        raise ValueError("an address of Slack begins with https://")
    handlers: list[Any] = [_Stay()]
    if proxy:
        handlers.append(ProxyHandler({"http": proxy, "https": proxy}))
    elif is_told and (scheme not in getproxies() or proxy_bypass(host)):
        handlers += [_Outside(), _OutsideWithTls()]
    return build_opener(*handlers)


def read_text(answer: Any) -> str:
    raw: bytes = answer.read()
    return raw.decode(answer.headers.get_content_charset() or "utf-8")


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """None: urllib raises the redirect as the error that it is."""


class _Plain(http.client.HTTPConnection):
    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._create_connection = connect_outside  # http.client's seam for it, since Python 3.3


class _Tls(http.client.HTTPSConnection):
    def __init__(self, *words: Any, **named: Any) -> None:
        super().__init__(*words, **named)
        self._create_connection = connect_outside


class _Outside(HTTPHandler):
    def http_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_Plain, req)


class _OutsideWithTls(HTTPSHandler):
    def https_open(self, req: Request) -> http.client.HTTPResponse:
        return self.do_open(_Tls, req)
