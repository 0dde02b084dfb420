"""Whatever an instance is like, where the vendors' own documents disagree or say nothing: the story is the same.

Each point is turned to its other value while the town lives; one deploy goes through, one is rejected. Where Cabbie
keeps away from what a point is about, the diary proves it, and a Cabbie that no longer does has to be told here.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integrations.servicenow.sandbox.switches import DEFAULTS as SERVICENOW
from tests.stories.telling import (
    NUMBERS,
    ask,
    has_button,
    let_slack_be_quick,
    repository_of,
    row,
    to_the_cab,
    wait_for_row,
)
from tests.stories.town import Town, town

SAMPLE = 2
REASON = "The refund test fails on the replica."
LONG_NAME = "3.0.{}-with-a-name-that-is-longer-than-forty-characters"


@dataclass(frozen=True)
class Turn:
    """One point, turned."""

    system: str
    switch: str
    value: Any
    seen: str = ""
    """What the diary of the story must show, for the point to matter."""
    unseen: str = ""
    """What it must not show, for the point not to matter."""
    is_remembered: bool = False
    """Cabbie asks for it once in a while, not each time: it starts anew."""

    def __str__(self) -> str:
        return f"{self.system}-{self.switch}-{re.sub(r'[^0-9A-Za-z_-]+', '-', str(self.value))}"


# facts of both documents: Change Management API reference against its own examples, and against public clients
SERVICENOW_TURNS = [
    Turn("servicenow", "bare_sys_id", True, seen=r'POST \S+/change\? .*"sys_id":"[0-9a-f]{32}"'),
    Turn(
        "servicenow",
        "string_values",
        True,
        seen=r'PATCH \S+/change/\S+ .*"state":{"display_value":"[A-Z]\w+","value":"',
    ),
    Turn("servicenow", "risk_scale", "1-3", seen=r'POST \S+/change\? .*"risk": "2"', is_remembered=True),
    Turn("servicenow", "short_description_length", 40, seen=r'POST \S+/change\? .*"short_description": "[^"]{41,}"'),
    Turn("servicenow", "refusal_status", 400, seen=r"nextstates"),
    Turn("servicenow", "refusal_status", 500, seen=r"nextstates"),
    Turn(
        "servicenow", "array_results", True, unseen=r"/change/(normal|standard|emergency)|/approvals|/change/\S+/task"
    ),
    Turn("servicenow", "approvals_verb", "POST", unseen=r"/approvals"),
    Turn("servicenow", "risk_path", "standard", unseen=r"/risk"),
    Turn("servicenow", "risk_wrapped", True, unseen=r"/risk"),
    Turn("servicenow", "state_labels", False, unseen=r'^(POST|PATCH) \S+/change\S* \{[^}]*"state": "[^"\d-]'),
    Turn("servicenow", "table_state_labels", "ignored", unseen=r"PATCH \S+/table/change_request"),
    Turn("servicenow", "forgives_short_desription", True, unseen=r"short_desription"),
    Turn("servicenow", "task_path", "now", unseen=r"/change/\S+/task"),
    Turn("servicenow", "approver_role", "approval_user", unseen=r"approv(er|al)_user"),
    Turn("servicenow", "sn_change_write_suffices", False, seen=r"(POST|PATCH) \S+/change\S* \{"),
    Turn("servicenow", "next_states_conditions", False, seen=r'nextstates\?.*"automatic_transition":(true|false)}'),
    Turn("servicenow", "change_api_dates", "session", seen=r'POST \S+/change\? .*"start_date": "'),
    Turn("servicenow", "ignored_yet_written", ["justification"], seen=r'"ignoredFields":\["justification"\]'),
    Turn("servicenow", "standard_born_approved", True, unseen=r'"(type|chg_model)": "standard"'),
    Turn("servicenow", "sysparms_are_fields", False, unseen=r"sn_chg_rest\S*\?sysparm_"),
    Turn("servicenow", "emergency_assess", True, unseen=r'"(type|chg_model)": "emergency"'),
]
JIRA_TURNS = [
    Turn("jira", "jql_refuses_unknown", False, seen=r"POST /rest/api/2/search/jql"),
    Turn("jira", "refuses_nulls", True, seen=r"POST /rest/api/2/search/jql"),
    Turn("jira", "archived_in_bulkfetch", False, seen=r"bulkfetch.*PAY-99\b"),
    Turn("jira", "archived_write_status", 400, seen=r"bulkfetch.*PAY-99\b"),
    Turn("jira", "archived_write_status", 404, seen=r"bulkfetch.*PAY-99\b"),
]
SLACK_TURNS = [
    Turn("slack", "escape_commands", False),
    Turn("slack", "home_tab", False),
]
TURNS = [*SERVICENOW_TURNS, *JIRA_TURNS, *SLACK_TURNS]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(Path(tmp_path_factory.mktemp("switches"))) as place:
        yield let_slack_be_quick(place)


@pytest.fixture
def turned(acme: Town) -> Iterator["Turner"]:
    turner = Turner(acme)
    yield turner
    turner.turn_back()


class Turner:
    """Turns points, and knows how they stood."""

    def __init__(self, place: Town) -> None:
        self._place = place
        self._before: dict[str, dict[str, Any]] = {}
        self._is_remembered = False

    def turn(self, *turns: Turn) -> None:
        is_remembered = any(turn.is_remembered for turn in turns)
        self._is_remembered |= is_remembered
        with self._away(is_remembered):
            for turn in turns:
                self._turn(turn)

    def turn_back(self) -> None:
        with self._away(self._is_remembered):
            for system, stood in self._before.items():
                self._place.standins.post(system, "switches", **stood)

    def _turn(self, turn: Turn) -> None:
        stood = self._place.standins.get(turn.system, "switches")
        assert turn.switch in stood, f"{turn.system} knows no {turn.switch}"
        assert stood[turn.switch] != turn.value, f"{turn.switch} stands so already"
        self._before.setdefault(turn.system, {}).setdefault(turn.switch, stood[turn.switch])
        now = self._place.standins.post(turn.system, "switches", **{turn.switch: turn.value})
        assert now[turn.switch] == turn.value

    @contextmanager
    def _away(self, is_needed: bool) -> Iterator[None]:
        """Cabbie is not there meanwhile, and forgets what it had asked."""
        if is_needed:
            self._place.bot.stop()
        yield
        if is_needed:
            self._place.bot.start()


def version_of(place: Town) -> str:
    """A release with a story that is read, one that is archived, and one that nobody knows."""
    version = LONG_NAME.format(next(NUMBERS))
    repository_of(place, "payments").commit("PAY-101, PAY-99 and PAY-999: retry once more", tag=f"v{version}")
    return version


def tell(place: Town) -> None:
    """One deploy goes through, and one is rejected meanwhile."""
    going, refused = (ask(place, "linus", f"payments {version_of(place)}") for _ in range(2))
    for number in (going, refused):
        place.until(lambda number=number: has_button(place, "change.approve", number), f"{number}'s card with Approve")
    reject(place, refused)
    to_the_cab(place, going)
    place.press("grace", "change.approve", number=going)
    place.until_state("implement", going)
    place.until(lambda: has_button(place, "deploy.succeeded", going), f"{going}'s outcome can be told")
    place.until_card("cleared until", number=going)
    place.press("linus", "deploy.succeeded", number=going)
    check_closed(place, going)
    check_rejected(place, refused)


def reject(place: Town, number: str) -> None:
    place.press("ada", "change.reject", number=number)
    answer = place.fill("ada", reason=REASON)
    assert answer["ok"], answer


def check_closed(place: Town, number: str) -> None:
    change = place.until_state("closed", number)
    assert (change["close_code"], change["approval"]) == ("successful", "approved")
    assert change["risk"] == "Moderate"
    assert [row(place, number, who)["state"] for who in ("ada", "grace")] == ["approved", "approved"]
    place.until_card("Deployed", number=number)
    links = place.until(
        lambda: [
            link["object"]
            for link in place.issue("PAY-101")["remote_links"]
            if number in link["object"]["title"] and link["object"]["status"]["resolved"]
        ],
        f"PAY-101 shows how {number} went",
    )
    assert len(links) == 1


def check_rejected(place: Town, number: str) -> None:
    place.until_state("canceled", number)
    wait_for_row(place, number, "ada", "rejected")
    place.until_card("Rejected", number=number)


def told_of(place: Town, system: str, since: int) -> list[str]:
    """The diary's lines since then: call, what was sent, what was answered."""
    entries = place.standins.traffic(system)[since:]
    return [f"{e['method']} {e['path']}?{e['query']} {e['body']} {e['answer']}" for e in entries]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A sample without ``--every-switch``; all of them turned at once are told in every run."""
    if "turn" in metafunc.fixturenames:
        is_whole = metafunc.config.getoption("--every-switch", default=False)
        metafunc.parametrize("turn", TURNS if is_whole else TURNS[:: len(TURNS) // SAMPLE], ids=str)


def test_the_story_is_the_same_with_each_point_turned(acme: Town, turned: Turner, turn: Turn) -> None:
    since = len(acme.standins.traffic(turn.system))
    turned.turn(turn)

    tell(acme)

    lines = told_of(acme, turn.system, since)
    if turn.seen:
        assert any(re.search(turn.seen, line) for line in lines), "the story does not touch this point"
    if turn.unseen:
        assert not [line[:300] for line in lines if re.search(turn.unseen, line)], "Cabbie does touch this point"


def test_the_story_is_the_same_with_all_of_them_turned(acme: Town, turned: Turner) -> None:
    turned.turn(*{(turn.system, turn.switch): turn for turn in TURNS}.values())

    tell(acme)


@pytest.fixture
def data_center(acme: Town, turned: Turner) -> Iterator[Turner]:
    """Jira is a Data Center, and Cabbie has a token of it instead of the Cloud's."""
    of_cloud = {name: acme.bot.environment.pop(name) for name in ("JIRA_EMAIL", "JIRA_API_TOKEN")}
    acme.bot.environment["JIRA_TOKEN"] = acme.standins.get("jira", "token")["token"]
    turned.turn(Turn("jira", "deployment", "Server", is_remembered=True))
    yield turned
    del acme.bot.environment["JIRA_TOKEN"]
    acme.bot.environment.update(of_cloud)


@pytest.mark.parametrize("is_strict", [True, False], ids=["strict", "lenient"])
def test_the_story_is_the_same_with_a_data_center(acme: Town, data_center: Turner, is_strict: bool) -> None:
    """strict: one unknown key spoils a whole search, whatever validateQuery says."""
    since = len(acme.standins.traffic("jira"))
    if not is_strict:
        data_center.turn(Turn("jira", "jql_refuses_unknown", False))

    tell(acme)

    lines = told_of(acme, "jira", since)
    assert any(re.search(r"GET /rest/api/2/search\?.*PAY-999", line) for line in lines)
    assert not any("bulkfetch" in line or "search/jql" in line for line in lines), "only Cloud has these"


def test_no_point_on_which_the_documents_disagree_is_forgotten() -> None:
    names = list(SERVICENOW)
    points = {*names[names.index("array_results") :], "emergency_assess"}

    assert {turn.switch for turn in SERVICENOW_TURNS} == points
