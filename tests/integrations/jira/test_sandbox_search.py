"""Searching: Cloud's pages by token and its lagging index, Data Center's pages by number and its strictness."""

import pytest

from tests.integrations.jira.conftest import RunningJira

UNKNOWN = "An issue with key '{}' does not exist for field 'key'."


def found(jira: RunningJira, jql: str, **more: object) -> list[str]:
    answer = jira.call("POST", "/search/jql", {"jql": jql, "fields": ["summary"], **more})
    assert answer.status_code == 200, answer.text
    return [issue["key"] for issue in answer.json()["issues"]]


def errors(jira: RunningJira, jql: str) -> list[str]:
    answer = jira.call("GET", "/search/jql", params={"jql": jql})
    assert answer.status_code == 400
    messages: list[str] = answer.json()["errorMessages"]
    return messages


class TestCloud:
    def test_the_old_search_is_gone(self, jira: RunningJira) -> None:
        for method, body in (("GET", None), ("POST", {"jql": "project = PAY"})):
            answer = jira.call(method, "/search", body, version="3")
            assert answer.status_code == 410
            assert "migrate to the /rest/api/3/search/jql API" in answer.json()["errorMessages"][0]

    def test_only_ids_come_unless_fields_are_named(self, jira: RunningJira) -> None:
        answer = jira.call("GET", "/search/jql", params={"jql": "key = PAY-101"}).json()

        assert answer == {"issues": [{"id": "10001"}], "isLast": True}

    def test_pages_follow_a_token_that_the_last_one_lacks(self, jira: RunningJira) -> None:
        query = {"jql": "project = CHK ORDER BY key", "maxResults": 1, "fields": ["summary"]}
        first = jira.call("POST", "/search/jql", query).json()
        second = jira.call("POST", "/search/jql", query | {"nextPageToken": first["nextPageToken"]}).json()

        assert [page["issues"][0]["key"] for page in (first, second)] == ["CHK-12", "CHK-13"]
        assert (first["isLast"], second["isLast"], "nextPageToken" in second) == (False, True, False)
        assert "total" not in first

    def test_a_page_may_be_shorter_than_asked_and_not_the_last(self, jira: RunningJira) -> None:
        heavy = jira.call(
            "POST", "/search/jql", {"jql": "project = BULK", "maxResults": 500, "fields": ["*all"]}
        ).json()
        light = jira.call("POST", "/search/jql", {"jql": "project = BULK", "maxResults": 500}).json()

        assert (len(heavy["issues"]), heavy["isLast"]) == (100, False)
        assert (len(light["issues"]), light["isLast"]) == (120, True)

    @pytest.mark.parametrize("token", ["garbage", "WzAsICJhYmMiXQ==", "é"])
    def test_a_token_of_another_query_is_refused(self, jira: RunningJira, token: str) -> None:
        answer = jira.call("GET", "/search/jql", params={"jql": "project = PAY", "nextPageToken": token})

        assert answer.json()["errorMessages"] == ["The provided next page token is invalid or expired."]

    @pytest.mark.parametrize("size", [0, -1, 5001])
    def test_a_page_holds_1_to_5000(self, jira: RunningJira, size: int) -> None:
        answer = jira.call("GET", "/search/jql", params={"jql": "project = PAY", "maxResults": size})

        assert answer.json()["errorMessages"] == ["The max results parameter has to be between 1 and 5,000."]

    def test_a_size_that_is_no_number_does_not_reach_jira(self, jira: RunningJira) -> None:
        answer = jira.call("GET", "/search/jql", params={"jql": "project = PAY", "maxResults": "many"})

        assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")

    @pytest.mark.parametrize("jql", ["", "order by key", "  "])
    def test_an_unbounded_query_is_refused(self, jira: RunningJira, jql: str) -> None:
        assert errors(jira, jql)[0].startswith("Unbounded JQL queries are not allowed here.")

    @pytest.mark.parametrize(
        "extra",
        [{"validateQuery": False}, {"startAt": 0}, {"maxResults": "x"}, {"properties": "mark"}, {"maxResults": True}],
    )
    def test_a_body_with_anything_else_is_refused(self, jira: RunningJira, extra: dict[str, object]) -> None:
        answer = jira.call("POST", "/search/jql", {"jql": "project = PAY", **extra})

        assert answer.status_code == 400
        assert answer.json() == {
            "errorMessages": ["Invalid request payload. Refer to the REST API documentation and try again."]
        }

    def test_nulls_pass_unless_switched(self, jira: RunningJira) -> None:
        body: dict[str, object] = {
            "jql": "key = PAY-101",
            "expand": None,
            "properties": None,
            "maxResults": None,
            "reconcileIssues": [],
        }

        assert jira.call("POST", "/search/jql", body).status_code == 200
        jira.switch(refuses_nulls=True)
        assert jira.call("POST", "/search/jql", body).status_code == 400

    def test_unknown_keys_fail_the_query_or_not_by_switch(self, jira: RunningJira) -> None:
        assert errors(jira, "key in (PAY-101, NOPE-9, SEC-3)") == [UNKNOWN.format("NOPE-9"), UNKNOWN.format("SEC-3")]
        jira.switch(jql_refuses_unknown=False)
        assert found(jira, "key in (PAY-101, NOPE-9, SEC-3)") == ["PAY-101"]
        assert found(jira, "project = BOGUS") == []

    def test_properties_come_with_the_issues(self, jira: RunningJira) -> None:
        jira.call("PUT", "/issue/PAY-101/properties/mark", 7)
        answer = jira.call("POST", "/search/jql", {"jql": "key = PAY-101", "properties": ["mark"]}).json()

        assert answer["issues"][0]["properties"] == {"mark": 7}

    def test_search_lags_behind_but_can_be_reconciled(self, jira: RunningJira) -> None:
        jira.switch(search_lag_seconds=60)
        new = jira.add({"key": "PAY-500", "summary": "Just now"}).json()[0]
        jira.change("PAY-102", status="Done")

        assert found(jira, "key = PAY-500") == []
        assert found(jira, "key = PAY-500", reconcileIssues=[new["id"]]) == ["PAY-500"]
        assert found(jira, 'key = PAY-102 and status = "In Review"') == ["PAY-102"]
        assert jira.call("GET", "/issue/PAY-500").status_code == 200
        jira.switch(search_lag_seconds=0)
        assert found(jira, "key in (PAY-500, PAY-102) and status != Done") == ["PAY-500"]

    def test_matches_can_be_counted(self, jira: RunningJira) -> None:
        assert jira.call("POST", "/search/approximate-count", {"jql": "project = BULK"}).json() == {"count": 120}


class TestLanguage:
    @pytest.mark.parametrize(
        ("jql", "expected"),
        [
            ("key in (PAY-102, PAY-101) order by key", ["PAY-101", "PAY-102"]),
            ("issuekey = old-7", ["PAY-140"]),
            ("key in ('PAY-101', \"PAY-102\") ORDER BY key DESC", ["PAY-102", "PAY-101"]),
            ("project = Checkout and status = Done and assignee = alan", ["CHK-12"]),
            ("project in (CHK, OPS) order by project desc, key", ["OPS-7", "CHK-12", "CHK-13"]),
            ("project = PAY and not (statusCategory = Done) ", ["PAY-102"]),
            ("project = PAY and status != Done", ["PAY-102"]),
            ("project = CHK and type = Bug or key = OPS-7 order by key", ["CHK-13", "OPS-7"]),
            ("key >= PAY-150 and key <= PAY-150", ["PAY-150"]),
            ("summary ~ 'decline reason'", ["PAY-102"]),
            ("project = PAY and assignee is empty order by key", ["PAY-140", "PAY-150"]),
        ],
    )
    def test_finds(self, jira: RunningJira, jql: str, expected: list[str]) -> None:
        assert found(jira, jql) == expected

    @pytest.mark.parametrize(
        ("jql", "sentence"),
        [
            ("key in (1.0)", "The issue key '1.0' for field 'key' is invalid."),
            ("project =", "Expecting either a value, list or function but got end of query."),
            ("project PAY", "Expecting operator but got 'PAY'."),
            ("project = AND", "'AND' is a reserved JQL word. You must surround it in quotation marks"),
            ("project = #1", "The character '#' is a reserved JQL character."),
            ("key in (PAY-1", "Expecting ')' before the end of the query."),
            ("project = PAY status = Done", "Expecting either 'OR' or 'AND' but got 'status'."),
            ("project = 'PAY", "The quoted string has not been completed."),
            ("colour = red", "Field 'colour' does not exist or you do not have permission to view it."),
            ("project = SEC", "The value 'SEC' does not exist for the field 'project'."),
            ("status = Nearly", "The value 'Nearly' does not exist for the field 'status'."),
            ("key > OLD-7", "Operator '>' cannot be applied to moved issue key 'OLD-7'"),
            ("status > Done", "The operator '>' is not supported by the 'status' field."),
            ("key = PAY-101 order by a,b,c,d,e,f,g,h", "The maximum number of sort fields allowed is 7."),
        ],
    )
    def test_refuses(self, jira: RunningJira, jql: str, sentence: str) -> None:
        assert sentence in errors(jira, jql)[0]

    def test_a_stranger_hears_of_syntax_alone(self, jira: RunningJira) -> None:
        for jql, status in (
            ("colour = red", 200),
            ("project = BOGUS", 200),
            ("project = ", 400),
            ("order by key", 400),
        ):
            answer = jira.call("GET", "/search/jql", params={"jql": jql}, auth=None)
            assert answer.status_code == status


class TestDataCenter:
    def test_pages_by_number_and_counts(self, data_center: RunningJira) -> None:
        query = {"jql": "project = BULK order by key", "startAt": 118, "maxResults": 50, "fields": "summary"}
        page = data_center.call("GET", "/search", params=query).json()

        assert [issue["key"] for issue in page["issues"]] == ["BULK-119", "BULK-120"]
        assert (page["startAt"], page["maxResults"], page["total"]) == (118, 50, 120)
        assert list(page["issues"][0]["fields"]) == ["summary"]

    def test_one_bad_key_fails_the_whole_query_with_a_sentence_each(self, data_center: RunningJira) -> None:
        answer = data_center.call("GET", "/search", params={"jql": "key in (PAY-101, PAY-999, SEC-3)"})

        assert answer.status_code == 400
        assert answer.json() == {"errorMessages": [UNKNOWN.format("PAY-999"), UNKNOWN.format("SEC-3")], "errors": {}}

    @pytest.mark.parametrize("mode", ["false", "False", "warn", "none"])
    def test_lenient_validation_finds_the_good_ones(self, data_center: RunningJira, mode: str) -> None:
        params = {"jql": "key in (PAY-101, PAY-999)", "validateQuery": mode}
        answer = data_center.call("GET", "/search", params=params).json()

        assert [issue["key"] for issue in answer["issues"]] == ["PAY-101"]
        assert ("warningMessages" in answer) == (mode == "warn")

    def test_a_malformed_key_fails_however_lenient(self, data_center: RunningJira) -> None:
        answer = data_center.call("GET", "/search", params={"jql": "key in (1.0)", "validateQuery": "false"})

        assert answer.json()["errorMessages"] == ["The issue key '1.0' for field 'key' is invalid."]

    def test_takes_a_body_too(self, data_center: RunningJira) -> None:
        body = {"jql": "key in (PAY-101, PAY-999)", "validateQuery": False, "maxResults": 10, "fields": ["summary"]}

        assert data_center.call("POST", "/search", body).json()["total"] == 1
        assert data_center.call("POST", "/search", body | {"colour": 1}).status_code == 400

    def test_an_unbounded_query_is_welcome(self, data_center: RunningJira) -> None:
        assert (
            data_center.call("GET", "/search", params={"jql": "order by key", "maxResults": 0}).json()["total"] == 129
        )

    def test_takes_the_body_that_the_library_sends(self, data_center: RunningJira) -> None:
        library = data_center.client()
        found = library.search_issues("key in (PAY-101, PAY-999)", validate_query=False, use_post=True)

        assert [issue.key for issue in found] == ["PAY-101"]

    @pytest.mark.parametrize("extra", [{"properties": ["mark"]}, {"startAt": True}, {"fields": [None]}])
    def test_refuses_other_bodies(self, data_center: RunningJira, extra: dict[str, object]) -> None:
        assert data_center.call("POST", "/search", {"jql": "project = PAY", **extra}).status_code == 400


def test_of_many_issues_the_navigable_fields_are_the_ones_to_take_from(jira: RunningJira) -> None:
    asked = ["-description"]
    searched = jira.call("POST", "/search/jql", {"jql": "key = PAY-101", "fields": asked}).json()["issues"][0]
    fetched = jira.call("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["PAY-101"], "fields": asked}).json()["issues"][
        0
    ]
    one = jira.call("GET", "/issue/PAY-101?fields=-description").json()

    for issue in (searched, fetched):
        assert not {"comment", "description"} & set(issue["fields"])
        assert "summary" in issue["fields"]
    assert "comment" in one["fields"]


@pytest.mark.parametrize("path", ["/search/jql", "/issue/bulkfetch"])
def test_five_properties_come_along_and_no_more(jira: RunningJira, path: str) -> None:
    which = {"jql": "key = PAY-101"} if path == "/search/jql" else {"issueIdsOrKeys": ["PAY-101"]}

    assert jira.call("POST", path, which | {"properties": list("abcde")}).status_code == 200
    assert jira.call("POST", path, which | {"properties": list("abcdef")}).status_code == 400


@pytest.mark.parametrize("jql", ["updated > yesterday", "status > Done", "assignee = nobodysFunction()"])
def test_a_stranger_on_a_public_site_hears_of_syntax_alone_too(jira: RunningJira, jql: str) -> None:
    jira.switch(public_projects=["PAY"])
    answer = jira.call("GET", "/search/jql", params={"jql": f"project = PAY and {jql}"}, auth=None)

    assert (answer.status_code, answer.json()) == (200, {"issues": [], "isLast": True})
    assert jira.call("GET", "/search/jql", params={"jql": f"project = PAY and {jql}"}).status_code == 400


@pytest.mark.parametrize(("validate", "status"), [("true", 400), ("false", 200)])
def test_a_data_center_may_not_know_former_keys(data_center: RunningJira, validate: str, status: int) -> None:
    asked = {"jql": "key in (PAY-101, OLD-7)", "validateQuery": validate}
    assert len(data_center.call("GET", "/search", params=asked).json()["issues"]) == 2
    data_center.switch(dc_finds_moved_keys=False)
    answer = data_center.call("GET", "/search", params=asked)

    assert answer.status_code == status
    assert [issue["key"] for issue in answer.json().get("issues", [])] == ["PAY-101"] * (status == 200)
    assert data_center.call("GET", "/issue/OLD-7").json()["key"] == "PAY-140"
