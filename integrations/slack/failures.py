"""How Slack fails, sorted by what to do about it.

Slack answers 200 with ``{"ok": false, "error": "a_word"}`` for nearly everything; only 429 and 5xx differ
(docs.slack.dev/apis/web-api). The words are Slack's; what they ask of us is one table here.
"""

import http.client
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from bot.ports import BadCredentials, Declined, Failure, NotThere, Outage, Unknown

SYSTEM = "Slack"
LONGEST_WAIT = 3600.0

CREDENTIALS = {
    "not_authed": "no token was sent",
    "invalid_auth": "it does not know the bot token",
    "account_inactive": "the bot was removed from the workspace",
    "token_revoked": "the bot token was revoked",
    "token_expired": "the bot token has expired",
    "not_allowed_token_type": "the token is of the wrong kind",
    "access_denied": "the bot has no access",
    "org_login_required": "the workspace is being moved",
    "no_permission": "the workspace does not let the bot do this",
}
MISSING = {
    "channel_not_found": "there is no such channel, or it is private and the bot is not in it",
    "not_in_channel": "the bot is not in that channel: invite it there with /invite @Cabbie",
    "user_not_found": "there is no such person",
    "users_not_found": "nobody has that e-mail",
    "user_not_visible": "the bot may not see that person",
    "message_not_found": "that message is gone",
    "thread_not_found": "that thread is gone",
    "is_archived": "that channel is archived",
    "user_not_in_channel": "that person is not in the channel",
}
BUSY = frozenset({"ratelimited", "rate_limited"})
# Both may follow an effect: "it's possible some aspect of the operation succeeded before the error was raised"
# (docs.slack.dev/reference/methods/chat.postMessage).
BROKEN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})


@contextmanager
def slack_failures(what: str, *, repeatable: bool = True) -> Iterator[None]:
    """Turn what goes wrong inside into a failure of ``bot.ports``.

    what: what we were doing, in words. repeatable: doing it twice does no harm; when it is not, a lost answer is
    Unknown instead of an Outage."""
    try:
        yield
    except SlackApiError as error:
        raise failure_of_answer(error, what, repeatable=repeatable) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        if was_never_sent(error):
            raise Outage(SYSTEM, f"{what}: there is no connection") from None
        raise _lost(f"{what}: {_how_it_was_lost(error)}", repeatable=repeatable) from None


def failure_of_answer(error: SlackApiError, what: str, *, repeatable: bool) -> Failure:
    """The failure an answer stands for."""
    response = error.response
    status, word = response.status_code, str(response.get("error") or "")
    if status == 429 or word in BUSY:
        return Outage(SYSTEM, f"{what}: it asks us to wait", wait_of(response.headers))
    if status >= 500 or word in BROKEN:
        return _lost(f"{what}: it answered {word if word in BROKEN else status}", repeatable=repeatable)
    if 300 <= status < 400:
        return Outage(SYSTEM, f"{what}: it answered {status}, a redirect: is SLACK_API_URL right?")
    if not re.fullmatch(r"[a-z0-9_:]+", word):  # slack_sdk puts a body it cannot read where the word should be
        return _lost(f"{what}: its answer makes no sense", repeatable=repeatable)
    if word == "missing_scope":
        return BadCredentials(SYSTEM, f"{what}: the app lacks the scope {response.get('needed', '')}; reinstall it")
    if word in CREDENTIALS:
        return BadCredentials(SYSTEM, f"{what}: {CREDENTIALS[word]} ({word})")
    if word in MISSING:
        return NotThere(SYSTEM, f"{what}: {MISSING[word]} ({word})")
    return Declined(SYSTEM, f"{what}: it refused: {word}{_details(response.get('response_metadata'))}")


def wait_of(headers: object) -> str:
    """Seconds to wait as Retry-After gives them; empty when it does not say."""
    items = headers.items() if hasattr(headers, "items") else ()
    said = next((value for name, value in items if str(name).lower() == "retry-after"), "")
    text = str(said[0] if isinstance(said, list) else said).strip()
    if not re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return ""
    return str(min(float(text), LONGEST_WAIT))


def was_never_sent(error: Exception) -> bool:
    """Whether it failed before one byte of the request could have been acted upon."""
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError):
        return True
    names = ("gaierror", "SSLCertVerificationError")  # no such host; not the host it says it is
    return type(reason).__name__ in names


def _how_it_was_lost(error: Exception) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, TimeoutError):
        return "no answer came in time"
    return "its answer makes no sense" if isinstance(reason, ValueError) else "the connection broke"


def _lost(what: str, *, repeatable: bool) -> Failure:
    return Outage(SYSTEM, what) if repeatable else Unknown(SYSTEM, what)


def _details(metadata: object) -> str:
    """What Slack adds to invalid_blocks and invalid_arguments: where the fault is."""
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    return f" ({'; '.join(str(m) for m in messages)[:300]})" if messages else ""
