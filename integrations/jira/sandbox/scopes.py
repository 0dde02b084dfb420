"""Which scopes a token needs for which address; the gateway asks before Jira does."""

READ, WRITE = "read:jira-work", "write:jira-work"
HOOKS = frozenset({READ, "manage:jira-webhook"})
ISSUE = "/rest/api/{version}/issue/{key}"

# address → (classic scopes, granular scopes), as in Atlassian's OpenAPI; of the granular ones those that name the
# thing itself, the long lists beside them (avatars, groups, roles) are not asked for here
EXCEPTIONS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "GET /rest/api/{version}/serverInfo": (frozenset(), frozenset()),
    "GET /rest/api/{version}/myself": (frozenset({"read:jira-user"}), frozenset({"read:user:jira"})),
    "GET /rest/api/{version}/user": (frozenset({"read:jira-user"}), frozenset({"read:user:jira"})),
    "GET /rest/api/{version}/user/search": (frozenset({"read:jira-user"}), frozenset({"read:user:jira"})),
    "POST /rest/api/{version}/issue/bulkfetch": (frozenset({READ}), frozenset({"read:issue:jira"})),
    "POST /rest/api/{version}/search/jql": (frozenset({READ}), frozenset({"read:issue-details:jira"})),
    "GET /rest/api/{version}/search/jql": (frozenset({READ}), frozenset({"read:issue-details:jira"})),
    "POST /rest/api/{version}/search/approximate-count": (
        frozenset({READ}),
        frozenset({"read:issue-details:jira"}),
    ),
    "GET /rest/api/{version}/search": (frozenset({READ}), frozenset({"read:issue-details:jira"})),
    "POST /rest/api/{version}/search": (frozenset({READ}), frozenset({"read:issue-details:jira"})),
    "POST /rest/api/{version}/comment/list": (frozenset({READ}), frozenset({"read:comment:jira"})),
    f"POST {ISSUE}/transitions": (
        frozenset({WRITE}),
        frozenset({"write:issue:jira", "write:issue.property:jira"}),
    ),
    f"POST {ISSUE}/remotelink": (
        frozenset({WRITE}),
        frozenset({"write:issue:jira", "write:issue.remote-link:jira", "read:issue.remote-link:jira"}),
    ),
    "GET /rest/servicedeskapi/request/{key}/comment": (
        frozenset({"read:servicedesk-request"}),
        frozenset({"read:request.comment:jira-service-management"}),
    ),
    "POST /rest/servicedeskapi/request/{key}/comment": (
        frozenset({"write:servicedesk-request"}),
        frozenset({"write:request.comment:jira-service-management"}),
    ),
    "GET /rest/api/{version}/webhook": (HOOKS, frozenset({"read:webhook:jira", "read:jql:jira"})),
    "POST /rest/api/{version}/webhook": (
        HOOKS,
        frozenset({"read:field:jira", "read:project:jira", "write:webhook:jira"}),
    ),
    "DELETE /rest/api/{version}/webhook": (HOOKS, frozenset({"delete:webhook:jira"})),
    "PUT /rest/api/{version}/webhook/refresh": (HOOKS, frozenset({"write:webhook:jira", "read:webhook:jira"})),
}
THINGS = (  # the first that fits names what an address is about
    ("/comment/{comment}/properties", "comment.property"),
    ("/properties", "issue.property"),
    ("/comment", "comment"),
    ("/remotelink", "issue.remote-link"),
    ("/transitions", "issue.transition"),
    ("/changelog", "issue.changelog"),
    ("/version", "project-version"),
    ("/project", "project"),
    ("/field", "field"),
    ("/mypermissions", "permission"),
    ("/issuetype", "issue-type"),
    ("/status", "status"),
    ("/resolution", "resolution"),
    ("/issue", "issue"),
)
VERBS = {"GET": "read", "DELETE": "delete"}


def needed(method: str, address: str) -> tuple[frozenset[str], frozenset[str]]:
    """Either set opens the address.

    >>> needed("GET", "/rest/api/{version}/issue/{key}/comment")
    (frozenset({'read:jira-work'}), frozenset({'read:comment:jira'}))
    """
    if special := EXCEPTIONS.get(f"{method} {address}"):
        return special
    verb = VERBS.get(method, "write")
    thing = next((name for part, name in THINGS if part in address), "issue")
    return frozenset({READ if verb == "read" else WRITE}), frozenset({f"{verb}:{thing}:jira"})


def opens(scopes: frozenset[str], method: str, address: str) -> bool:
    classic, granular = needed(method, address)
    return classic <= scopes or granular <= scopes
