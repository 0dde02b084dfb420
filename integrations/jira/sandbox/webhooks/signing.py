"""How a receiver can tell that a webhook came from this Jira."""

import base64
import hashlib
import hmac
import json


def hub_signature(secret: str, body: bytes) -> str:
    """``X-Hub-Signature`` of an administrator's webhook, over the bytes as they are sent."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def app_token(client_id: str, client_secret: str, now: float) -> str:
    """The JWT (HS256) in the ``Authorization`` of an app's webhook, signed with the app's own secret."""
    claims = {"iss": client_id, "iat": int(now), "exp": int(now) + 180}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_base64(hmac.new(client_secret.encode(), signed.encode(), hashlib.sha256).digest())}"


def _part(content: dict[str, object]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
