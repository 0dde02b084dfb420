"""What shows that the tool sent it: a signature over the very bytes, or a secret that travels in a header."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.api.webhooks.delivery import Unproven

Headers = Mapping[str, str]
"""By names in small letters."""
Prove = Callable[[Sequence[str], bytes, Headers, datetime], None]
"""(secrets, body, headers, now); several secrets hold while one takes the other's place. Raises: Unproven."""

# How far its clock and ours may be apart:
# github.com/standard-webhooks/standard-webhooks, "Verifying webhook authenticity".
CLOCKS_APART = timedelta(minutes=5)
KEY_PREFIX = "whsec_"


def github_signature(secrets: Sequence[str], body: bytes, headers: Headers, now: datetime) -> None:
    """docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""
    given = headers.get("x-hub-signature-256", "")
    if not given:
        raise Unproven("This needs X-Hub-Signature-256: set the webhook's secret on GitHub.")
    good = ("sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() for secret in secrets)
    if not _is_one_of(given, good):
        raise Unproven("X-Hub-Signature-256 is not made with a secret that Cabbie knows.")


def gitlab_token_or_signature(secrets: Sequence[str], body: bytes, headers: Headers, now: datetime) -> None:
    """A signature that is there has to be right: a good token beside it does not show that the body is GitLab's."""
    if "webhook-signature" in headers:
        _check_standard_signature(secrets, body, headers, now)
    elif not (given := headers.get("x-gitlab-token", "")):
        raise Unproven("This needs webhook-signature or X-Gitlab-Token: set one of the webhook's tokens on GitLab.")
    elif not _is_one_of(given, secrets):
        raise Unproven("X-Gitlab-Token is not a secret that Cabbie knows.")


def _check_standard_signature(secrets: Sequence[str], body: bytes, headers: Headers, now: datetime) -> None:
    """GitLab's signing token: gitlab.com/gitlab-org/gitlab/-/merge_requests/230944, after standardwebhooks.com."""
    stamp = headers.get("webhook-timestamp", "")
    content = b".".join([headers.get("webhook-id", "").encode(), stamp.encode(), body])
    good = [_standard_signature(key, content) for secret in secrets for key in _keys(secret)]
    if not any(_is_one_of(given, good) for given in headers["webhook-signature"].split()[:8]):
        raise Unproven("webhook-signature is not made with a signing token that Cabbie knows.")
    if not stamp.isascii() or not stamp.isdigit() or len(stamp) > 12:
        raise Unproven("webhook-timestamp is no number of seconds.")
    if abs(now.timestamp() - int(stamp)) > CLOCKS_APART.total_seconds():
        raise Unproven(
            "webhook-timestamp is more than five minutes from now: it is old, or one of the clocks is wrong."
        )


def _standard_signature(key: bytes, content: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()


def _keys(secret: str) -> Iterable[bytes]:
    """``whsec_`` and the key in base64: gitlab.com/gitlab-org/gitlab/-/merge_requests/231325."""
    if not secret.startswith(KEY_PREFIX):
        return [secret.encode()]
    try:
        return [base64.b64decode(secret.removeprefix(KEY_PREFIX), validate=True)]
    except binascii.Error:
        return []  # no signature fits a key that cannot be read


def bearer(secrets: Sequence[str], body: bytes, headers: Headers, now: datetime) -> None:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not _is_one_of(given.strip(), secrets):
        raise Unproven("This needs “Authorization: Bearer” and a secret that Cabbie knows.")


def bearer_or_password(secrets: Sequence[str], body: bytes, headers: Headers, now: datetime) -> None:
    """Jenkins' Notification plugin can say no more than the user and password of its endpoint's URL.

    They travel in this header: github.com/jenkinsci/notification-plugin, Protocol.java."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        bearer(secrets, body, headers, now)
        return
    try:
        _, _, password = base64.b64decode(given, validate=True).decode().partition(":")
    except ValueError:
        raise Unproven("“Authorization: Basic” cannot be read.") from None
    if not _is_one_of(password, secrets):
        raise Unproven("The password of “Authorization: Basic” is not a secret that Cabbie knows.")


def _is_one_of(given: str, good: Iterable[str]) -> bool:
    """Takes as long whichever it is, and wherever they differ."""
    spelt, found = _hash(given), False
    for each in good:
        found |= hmac.compare_digest(spelt, _hash(each))
    return found


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode(errors="surrogatepass")).digest()
