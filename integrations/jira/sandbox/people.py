"""Who is known on the site: by accountId on Cloud, where e-mails are hidden, by name on Data Center."""

from starlette.responses import Response

from integrations.jira.sandbox.call import Call
from integrations.jira.sandbox.door import API, Behaviour
from integrations.jira.sandbox.errors import answer, refused
from integrations.jira.sandbox.shapes import user

PAGE = 50
ASK = {
    True: "The query parameters 'accountId' and 'query' are missing. Specify at least one of them.",
    False: "The username query parameter was not provided",
}


def search(call: Call) -> Response:
    """By part of a name or of an e-mail: hidden e-mails are found by too, but not shown."""
    call.need_login()
    words = call.query("query" if call.site.is_cloud else "username")
    account_id = call.query("accountId") if call.site.is_cloud else None
    if not (words or account_id):
        raise refused(400, ASK[call.site.is_cloud])
    start, size = max(0, call.whole("startAt", 0)), max(0, call.whole("maxResults", PAGE))
    found = [
        human
        for human in call.site.everybody()
        if human.account_id == account_id
        or (words and words.lower() in f"{human.name} {human.email} {human.key}".lower() and not human.deleted)
    ]
    return answer(200, [user(call, human) for human in found[start : start + size]])


def one(call: Call) -> Response:
    call.need_login()
    name = "accountId" if call.site.is_cloud else "username"
    wanted = call.query(name)
    for human in call.site.everybody():
        if wanted == (human.account_id if call.site.is_cloud else human.key):
            return answer(200, user(call, human))
    raise refused(404, f"Specified user does not exist or you do not have required permissions: {wanted}")


BEHAVIOURS = (Behaviour("GET", API + "/user/search", search), Behaviour("GET", API + "/user", one))
