"""When the whole site answers otherwise: it was renamed, suspended, or is asked with far too long an address."""

from starlette.requests import Request

from integrations.jira.sandbox.errors import HTML, Refused
from integrations.jira.sandbox.site import Site

UNAVAILABLE = (
    "<!doctype html><html><head><title>Page unavailable</title></head><body><h1>Your Atlassian Cloud site is currently"
    " unavailable.</h1><p>Ask your administrator, or look at our status page.</p></body></html>"
)
TOO_LONG = "<html><head><title>414 Request-URI Too Large</title></head><body><h1>414</h1></body></html>"


def check_site(site: Site, request: Request) -> None:
    """Raises: Refused, with what stands in front of Jira: a redirect, or a page for people.

    The gateway goes by the site's id, which no new name changes.
    """
    switches = site.switches
    elsewhere = str(switches["renamed_to"]).rstrip("/")
    is_site = "cloud_id" not in request.path_params and not request.url.path.startswith("/oauth/")
    if is_site and elsewhere and elsewhere != f"{request.url.scheme}://{request.url.netloc}":
        # most clients ask the new address with GET, whatever they were about to do (github-for-jira, axios.ts)
        raise Refused(302, None, headers={"Location": elsewhere + _path(request)})
    if status := int(switches["unavailable_status"]):
        raise Refused(status, UNAVAILABLE, media=HTML)
    if len(_path(request)) > int(switches["longest_address"]):
        raise Refused(414, TOO_LONG, media=HTML)


def _path(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")
