"""Where a person's browser links their ServiceNow account: a page to confirm, the way to the sign-in, the way back."""

import re
import secrets
from collections.abc import Callable
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from bot.accounts import CALLBACK, START, Linking
from bot.api.link_pages import confirm_page, done_page, refusal_page
from bot.change.errors import Refusal
from bot.ports import BadCredentials, Failure

BROWSER = re.compile(r"[\w-]{43}")
NO_COOKIE = "Your browser did not keep our cookie: allow cookies for this page, and open the link in Slack again."
LATER = "{} does not answer as it should: nothing was linked. Begin again on Cabbie's Home tab in a while."
MISCONFIGURED = "Cabbie is not let in at {} as it should be: nothing was linked. Its admin has been told."

log = structlog.get_logger("cabbie.api")


def routes(linking: Linking, *, is_https: bool, linked: Callable[[str], None]) -> APIRouter:
    """linked: is told the Slack id of whoever has linked their account."""
    router = APIRouter(include_in_schema=False)
    # RFC 6265bis, 4.1.3.2: nobody but this very host can set a cookie of that name.
    cookie = "__Host-cabbie-link" if is_https else "cabbie-link"

    @router.get(START)
    def look(request: Request, ticket: str = "") -> Response:
        """Whatever fetches this (a preview, a scanner) has changed nothing: only the form's POST uses the ticket."""
        try:
            member = linking.look_at(ticket)
        except (Refusal, Failure) as refusal:
            return _refused(refusal)
        page = confirm_page(member, ticket)
        browser = request.cookies.get(cookie, "")
        if not BROWSER.fullmatch(browser):
            browser = secrets.token_urlsafe(32)
        # Lax: it comes along when ServiceNow sends the browser back, and not with a form on somebody else's page.
        page.set_cookie(cookie, browser, httponly=True, samesite="lax", secure=is_https, path="/")
        return page

    @router.post(START)
    def begin(request: Request, ticket: Annotated[str, Form()] = "") -> Response:
        browser = request.cookies.get(cookie, "")
        if not BROWSER.fullmatch(browser):
            return refusal_page(NO_COOKIE, 400)
        try:
            page = linking.begin(ticket, browser)
        except Refusal as refusal:
            return _refused(refusal)
        return RedirectResponse(page, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})

    @router.get(CALLBACK)
    def finish(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        browser = request.cookies.get(cookie, "")
        try:
            done = linking.finish(state=state, code=code, error=error, browser=browser)
        except (Refusal, Failure) as refusal:
            return _refused(refusal)
        log.info("link.done", person=done.slack_id)
        linked(done.slack_id)
        return done_page(done.owner)

    return router


def _refused(refusal: Refusal | Failure) -> Response:
    """One sentence; a failure of somebody else's is not shown in their words."""
    if isinstance(refusal, Refusal):
        log.info("link.refused", why=type(refusal).__name__)
        return refusal_page(str(refusal), 400)
    log.warning("link.trouble", failure=type(refusal).__name__, what=str(refusal))
    sentence = MISCONFIGURED if isinstance(refusal, BadCredentials) else LATER
    return refusal_page(sentence.format(refusal.system), 503)
