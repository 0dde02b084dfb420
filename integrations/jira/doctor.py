"""What the doctor asks Jira: who are we, and may we do what we have to, in each project."""

from collections.abc import Iterator, Sequence

from bot.ports import BadCredentials, Check, Failure, NotThere
from integrations.jira.connections import SYSTEM, Connections

RIGHTS = {"BROWSE_PROJECTS": "Browse Projects", "LINK_ISSUES": "Link Issues", "ADD_COMMENTS": "Add Comments"}
TOKEN_PAGE = "https://id.atlassian.com/manage-profile/security/api-tokens"


def findings(connections: Connections, projects: Sequence[str]) -> tuple[Check, ...]:
    """Never raises: a doctor says what is wrong."""
    site = _site(connections)
    account = _account(connections)
    if "wrong" in (site.verdict, account.verdict):
        return site, account
    return site, account, *_rights(connections, projects)


def _site(connections: Connections) -> Check:
    about = f"{SYSTEM} site"
    try:
        server = connections.get("serverInfo")
        kind = "Cloud" if server.get("deploymentType") == "Cloud" else "Data Center"
        return Check(about, "good", f"Jira {kind} {server.get('version', '')} at {server.get('baseUrl', '')}")
    except BadCredentials:
        return Check(about, "good", f"Jira answers at {connections.url}")  # and does not know us: the next question
    except Failure as failure:
        return Check(about, "wrong", failure.what, f"set JIRA_URL to the site's address; it is {connections.url}")


def _account(connections: Connections) -> Check:
    about = f"{SYSTEM} login"
    try:
        return Check(about, "good", f"we are {connections.get('myself').get('displayName', '')}")
    except BadCredentials as failure:
        fix = f"make a new token ({TOKEN_PAGE}; Data Center: your profile) and set JIRA_API_TOKEN or JIRA_TOKEN"
        return Check(about, "wrong", failure.what, fix)
    except Failure as failure:
        return Check(about, "wrong", failure.what, "see whether Jira is up")


def _rights(connections: Connections, projects: Sequence[str]) -> Iterator[Check]:
    for project in projects or ("",):
        about = f"{SYSTEM} project {project}" if project else f"{SYSTEM} rights"
        try:
            yield _rights_in(connections, project, about)
        except NotThere:
            found = "gone, or hidden from our account: its stories will read as missing"
            fix = f"give our account Browse Projects in {project}, or drop it from the policy"
            yield Check(about, "warning", found, fix if project else "see whether JIRA_URL is the site's address")
        except Failure as failure:
            yield Check(about, "wrong", failure.what, "see whether Jira is up")


def _rights_in(connections: Connections, project: str, about: str) -> Check:
    where = {"projectKey": project} if project else {}
    answer = connections.get("mypermissions", permissions=",".join(RIGHTS), **where)["permissions"]
    lacking = [name for right, name in RIGHTS.items() if not answer.get(right, {}).get("havePermission")]
    if lacking:
        fix = f"give our account {' and '.join(lacking)} in the project's permission scheme"
        return Check(about, "wrong", f"we lack {' and '.join(lacking)}", fix)
    return Check(about, "good", "we may read, link and comment")
