"""An issue that is full: 2000 links, 5000 comments, and not one more."""

import requests

from integrations.jira.sandbox import comments, remote_links
from integrations.jira.sandbox.door import routes
from integrations.jira.sandbox.seeds import store_of
from integrations.jira.sandbox.site import Site
from integrations.standin.secrets import invent
from integrations.standin.wire import Standin
from integrations.standin.world import load_world
from tests.integrations.jira.conftest import Socket

ISSUE = "/rest/api/2/issue/PAY-101"
TARGET = {"url": "https://acme.example", "title": "CHG1"}


def test_the_one_too_many_is_413_but_an_update_still_fits(jira_socket: tuple[Socket, str]) -> None:
    site = Site(store_of(load_world()), invent())
    issue = site.store.issues[10001]
    for number in range(2000):
        site.store.link_from(issue, {"global_id": str(number), "application": {}, "relationship": None, "object": {}})
    for _ in range(5000):
        site.store.comment_on(issue, site.account, "x")
    socket, url = jira_socket
    served = routes(site, [*remote_links.BEHAVIOURS, *comments.BEHAVIOURS])
    socket.standin = Standin("jira", routes=served, coverage={}, state=dict)

    def post(path: str, body: object) -> int:
        auth = (site.secrets.jira_email, site.secrets.jira_api_token)
        return requests.post(f"{url}{ISSUE}{path}", json=body, auth=auth, timeout=10).status_code

    assert post("/remotelink", {"globalId": "new", "object": TARGET}) == 413
    assert post("/remotelink", {"globalId": "7", "object": TARGET}) == 200
    assert post("/comment", {"body": "x"}) == 413
