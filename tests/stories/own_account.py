"""A person's browser on its way from the Home tab to ServiceNow's sign-in and back."""

import json
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urljoin

import requests

from tests.stories.telling import ask_and_wait, release
from tests.stories.town import PEOPLE, Town

OWN = {"channel": "platform"}
"""payload-service: decided by each with their own account."""


def ask_own(place: Town, *, service: str = "payload-service") -> str:
    """linus asks for a deploy that is decided by each with their own account; its number."""
    version = release(place, "OPS-7: pool", of="payload-service")
    return ask_and_wait(place, "linus", f"{service} {version}", **OWN)


def home(place: Town, who: str) -> dict[str, Any]:
    """The person's Home tab, opened anew."""
    before = (place.screen(who)["home"] or {}).get("hash")
    place.standins.post("slack", f"people/{PEOPLE[who]}/home")
    view: dict[str, Any] = place.until(
        lambda: (now := place.screen(who)["home"]) and now["hash"] != before and now, f"{who}'s Home tab"
    )
    return view


def home_text(place: Town, who: str) -> str:
    return json.dumps(home(place, who), ensure_ascii=False)


def buttons_on_home(place: Town, who: str) -> dict[str, dict[str, Any]]:
    elements = [e for b in home(place, who)["blocks"] for e in b.get("elements", [])]
    return {e["action_id"]: e for e in elements if "action_id" in e}


def link_on_home(place: Town, who: str) -> str:
    """Where the button on their Home tab leads; a fresh one each time."""
    url: str = buttons_on_home(place, who)["account.link"]["url"]
    return url


def unlink_on_home(place: Town, who: str) -> None:
    view = home(place, who)
    body = {"view_id": view["id"], "action_id": "account.unlink", "block_id": "account"}
    assert place.standins.post("slack", f"people/{PEOPLE[who]}/click", **body)["ok"]


@dataclass
class Browser:
    """Follows nothing by itself, keeps cookies, fills in the one form of a page."""

    session: requests.Session = field(default_factory=lambda: _with(requests.Session()))

    def open(self, url: str, **headers: str) -> requests.Response:
        return self.session.get(url, allow_redirects=False, headers=headers, timeout=20)

    def submit(self, page: requests.Response, **words: str) -> requests.Response:
        """The page's form with these words in it."""
        form = form_of(page.text)
        found = re.search(r"<form method=post(?: action='([^']*)')?", page.text)
        assert found, page.text
        target = urljoin(page.url, found[1] or page.url)
        return self.session.post(target, data=form | words, allow_redirects=False, timeout=20)

    def to_servicenow(self, url: str) -> requests.Response:
        """Past our page, to ServiceNow's."""
        answer = self.submit(self.open(url))
        assert answer.status_code == 303, answer.text
        return self.open(answer.headers["location"])

    def allow(self, page: requests.Response, who: str, decision: str = "allow") -> str:
        """Sign in there as somebody, and allow it; where ServiceNow sends the browser back to."""
        user = re.search(rf"value='(\w+)' required> [^<]*\({who}\)", page.text)
        assert user, page.text
        answer = self.submit(page, user=user[1], decision=decision)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    def link(self, url: str, who: str) -> requests.Response:
        """All the way."""
        return self.open(self.allow(self.to_servicenow(url), who))


def _with(session: requests.Session) -> requests.Session:
    session.headers["User-Agent"] = "Mozilla/5.0"
    return session


def revoke(place: Town, token: str) -> None:
    """By somebody who holds it."""
    url = f"{place.standins.urls['servicenow']}/oauth_revoke_token.do"
    assert requests.post(url, data={"token": token}, timeout=5).ok


def whose(place: Town, access: str) -> int:
    """What ServiceNow answers to a token: 200 or 401."""
    url = f"{place.standins.urls['servicenow']}/api/now/table/sys_user"
    headers = {"Authorization": f"Bearer {access}", "Accept": "application/json", "User-Agent": "Mozilla/5.0"}
    return requests.get(url, headers=headers, timeout=5).status_code


def form_of(page: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in re.findall(r"type=hidden name='?(\w+)'? value='([^']*)'", page)}


def link(place: Town, who: str) -> None:
    """The person links their own account, unless it is."""
    if "account.link" in buttons_on_home(place, who):
        done = Browser().link(link_on_home(place, who), who)
        assert done.status_code == 200, done.text
    assert "Linked since" in home_text(place, who)


def unlink(place: Town, who: str) -> None:
    """The person unlinks it, unless it is not linked."""
    if "account.unlink" in buttons_on_home(place, who):
        unlink_on_home(place, who)
    assert "account.link" in buttons_on_home(place, who)
