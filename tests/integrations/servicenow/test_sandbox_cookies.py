"""A session belongs to whoever opened it: cookies must not be shared between users."""

import requests

from tests.integrations.servicenow.conftest import Servicenow

CHANGES = "/api/now/table/change_request"


def write(snow: Servicenow, session: requests.Session, sys_id: str, by: str, text: str) -> requests.Response:
    body = {"justification": text}
    return session.patch(f"{snow.url}{CHANGES}/{sys_id}", json=body, headers=snow.headers(by), timeout=5)


def test_a_shared_cookie_makes_the_second_user_the_first(snow: Servicenow):
    sys_id = snow.new_change()

    with requests.Session() as shared:
        first = write(snow, shared, sys_id, "ada", "one")
        second = write(snow, shared, sys_id, "tom", "two")

    assert first.cookies["JSESSIONID"]
    assert first.json()["result"]["sys_updated_by"] == "ada"
    assert second.json()["result"]["sys_updated_by"] == "ada"


def test_without_cookies_everybody_is_who_they_are(snow: Servicenow):
    sys_id = snow.new_change()

    names = []
    for by in ("ada", "tom"):
        with requests.Session() as own:
            names.append(write(snow, own, sys_id, by, by).json()["result"]["sys_updated_by"])

    assert names == ["ada", "tom"]


def test_a_cookie_proves_nobody_by_itself(snow: Servicenow):
    with requests.Session() as session:
        session.get(f"{snow.url}{CHANGES}", headers=snow.headers("ada"), timeout=5)

        bare = session.get(f"{snow.url}{CHANGES}", timeout=5)

    assert bare.status_code == 401


def test_an_instance_may_go_by_the_header_alone(snow: Servicenow):
    snow.switch(session_cookies=False)
    sys_id = snow.new_change()

    with requests.Session() as shared:
        first = write(snow, shared, sys_id, "ada", "one")
        second = write(snow, shared, sys_id, "tom", "two")

    assert not first.cookies
    assert second.json()["result"]["sys_updated_by"] == "tom"
