"""The Home tab: what waits for one, one's own deploys, and the same buttons as the card."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.change.linking import Link
from bot.slack import buttons, home
from tests.builders import ADA, LINUS, MARGARET, NOW, change, claim, row
from tests.slack.front import OTHER_TEAM, Front
from tests.slack.reading import all_text, buttons_of, is_accepted_view

OPENED = {"type": "app_home_opened", "user": "U0ADA", "channel": "D0ADA", "tab": "home"}


def opened(front, **facts):
    front.event(OPENED | facts)
    views = front.web.views("views.publish")
    return views[-1] if views else None


def test_what_waits_for_one_comes_first_the_most_urgent_on_top():
    late = change(id="c1", number="CHG0030041", expires_at=NOW + timedelta(hours=8))
    soon = change(id="c2", number="CHG0030042", expires_at=NOW + timedelta(hours=1))

    view = opened(Front(late, soon))

    text = all_text(view)
    assert "Waiting for you (2)" in text
    assert text.index("CHG0030042") < text.index("CHG0030041")
    assert is_accepted_view(view)


def test_ones_own_deploys_are_shown_too():
    front = Front(change(requested_by=ADA, rows=(row(MARGARET),)), change(id="c2", number="CHG0030043"))

    text = all_text(opened(front))

    assert "Your deploys (1)" in text


def test_the_buttons_are_the_cards():
    view = opened(Front(change()))

    found = [b["action_id"] for b in buttons_of(view)]
    assert found == [buttons.APPROVE, buttons.REJECT, buttons.HOLD, buttons.DETAILS, home.REFRESH]


def test_an_empty_home_says_so_and_when_it_looked():
    text = all_text(opened(Front()))

    assert "Nothing waits for you" in text
    assert "You have no open deploys" in text
    assert "2026-03-02 14:00 UTC" in text


def test_many_changes_stay_within_slacks_limits():
    changes = [change(id=f"c{n}", number=f"CHG003{n:04}", requested_by=LINUS) for n in range(60)]
    mine = [change(id=f"m{n}", number=f"CHG004{n:04}", requested_by=ADA, rows=()) for n in range(60)]

    view = opened(Front(*changes, *mine))

    assert is_accepted_view(view)
    assert "and 48 more" in all_text(view)


def test_refresh_shows_it_again():
    front = Front(change())
    payload = front.click_payload({"action_id": home.REFRESH}, "home", view={"id": "V1", "type": "home"})
    payload.pop("channel"), payload.pop("response_url")

    assert front.interact(payload).status == 200
    assert len(front.web.views("views.publish")) == 1


def test_a_press_on_the_home_tab_is_heard_and_seen_there():
    front = Front(change(claims=(claim(ADA),)))
    approve = buttons_of(opened(front))[0]
    payload = front.click_payload(approve, "decide:" + change().fingerprint[:40] + ":CHG0030042", view={"id": "V1"})
    for missing in ("channel", "response_url"):
        payload.pop(missing)
    payload["container"] = {"type": "view", "view_id": "V1"}

    front.interact(payload)

    [heard] = front.desk.diary
    assert heard.body.fingerprint == change().fingerprint[:40]
    assert "Checking Ada Lovelace's approval…" in all_text(front.web.views("views.publish")[-1])


def test_the_other_tab_and_other_workspaces_get_none():
    assert opened(Front(change()), tab="messages") is None
    assert opened(Front(change()), user_team=OTHER_TEAM) is None


def test_a_home_tab_that_cannot_be_published_breaks_nothing():
    front = Front(change())
    front.web.error = "hash_conflict"

    assert front.event(OPENED).status == 200


# ------------------------------------------------------------------------------------------------- one's own account


@dataclass
class OfferDouble:
    """What links are offered, to a test that says which there are."""

    link: Link | None = None
    unlinked: list[str] = field(default_factory=list)

    def url_for(self, slack_id: str) -> str:
        return f"https://cabbie.example/servicenow/link?ticket=of-{slack_id}"

    def last_link(self, slack_id: str) -> Link | None:
        return self.link

    def unlink(self, slack_id: str) -> None:
        self.unlinked.append(slack_id)


LINK = Link(
    "l1", "p-ada", "sys-ada", "ada", "Ada <!channel> Lovelace", NOW - timedelta(days=1), NOW - timedelta(days=1)
)


def test_the_own_account_is_offered_to_each_alone():
    view = opened(Front(offer=OfferDouble()))

    (start,) = [b for b in buttons_of(view) if b["action_id"] == "account.link"]
    assert start["url"] == "https://cabbie.example/servicenow/link?ticket=of-U0ADA"
    assert "It is not linked" in all_text(view)
    assert is_accepted_view(view)


def test_where_nothing_can_be_linked_nothing_is_said_of_it():
    assert "ServiceNow account" not in all_text(opened(Front()))


def test_a_link_is_shown_with_its_end_in_sight():
    view = opened(Front(offer=OfferDouble(LINK)))

    text = all_text(view)
    assert "Linked since" in text and "<!channel>" not in text
    assert "2026-06-09 14:00 UTC" in text
    assert [b["action_id"] for b in buttons_of(view)] == ["account.unlink", home.REFRESH]
    assert is_accepted_view(view)


def test_a_link_that_ended_says_why_and_is_offered_again():
    over = replace(LINK, ended_at=NOW, ended_because="ServiceNow does not accept it any more")

    text = all_text(opened(Front(offer=OfferDouble(over))))

    assert "has ended: ServiceNow does not accept it any more" in text and "Link it again" in text


@pytest.mark.parametrize(("team", "unlinked"), [("T0ACME", ["U0ADA"]), (OTHER_TEAM, [])])
def test_unlink_is_for_members(team: str, unlinked: list[str]):
    offer = OfferDouble(LINK)
    front = Front(offer=offer)
    (unlink,) = [b for b in buttons_of(opened(front)) if b["action_id"] == "account.unlink"]
    user = {"id": "U0ADA", "username": "ada", "team_id": team}
    payload = front.click_payload(unlink, "account", view={"id": "V1", "type": "home"}, user=user)
    payload.pop("channel"), payload.pop("response_url")

    assert front.interact(payload).status == 200
    assert offer.unlinked == unlinked


def test_the_click_on_the_link_itself_is_acknowledged():
    """docs.slack.dev: a URL button is a click like any other, and changes nothing here."""
    front = Front(offer=OfferDouble())
    (start,) = [b for b in buttons_of(opened(front)) if b["action_id"] == "account.link"]
    payload = front.click_payload(start, "account", view={"id": "V1", "type": "home"})

    assert front.interact(payload).status == 200
    assert not front.desk.diary


def test_with_everything_on_it_the_tab_is_within_slacks_limits():
    changes = [change(id=f"c{n}", number=f"CHG003{n:04}", requested_by=LINUS) for n in range(60)]
    mine = [change(id=f"m{n}", number=f"CHG004{n:04}", requested_by=ADA, rows=()) for n in range(60)]

    view = opened(Front(*changes, *mine, offer=OfferDouble(LINK)))

    assert is_accepted_view(view)
    assert {"account.unlink", home.REFRESH} <= {b["action_id"] for b in buttons_of(view)}
