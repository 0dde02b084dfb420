"""A Data Center may give fewer issues at once than it was asked for (jira.search.views.default.max)."""

from bot.change.model import Found
from integrations.standin.faults import Fault
from tests.integrations.jira.clients import calls, tracker
from tests.integrations.jira.conftest import RunningJira

SEARCH = "GET /rest/api/2/search"
KEYS = [f"BULK-{number}" for number in range(1, 91)]


def test_a_data_center_that_gives_little_at_once_is_asked_again(data_center: RunningJira) -> None:
    query = {"jql": f"key in ({','.join(KEYS)})", "fields": "summary,status,issuetype,security,labels"}
    little = data_center.call("GET", "/search", params={**query, "startAt": 0, "maxResults": 40}).json()
    data_center.standin.faults.add(Fault(SEARCH, "answer", status=200, body=little))
    before = calls(data_center).count(SEARCH)

    stories = tracker(data_center).read(KEYS)

    assert len(little["issues"]) == 40 and little["total"] == 90
    assert [story.key for story in stories] == KEYS
    assert {story.found for story in stories} == {Found.READ}
    assert calls(data_center).count(SEARCH) == before + 2
