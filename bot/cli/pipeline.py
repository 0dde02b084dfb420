"""What pipelines run: tell of a deploy, and ask whether it may go."""

from typing import Annotated, Any

import requests
import typer

from bot.cli.said import no, out

API = Annotated[str, typer.Option("--api", envvar="CABBIE_URL", help="where Cabbie listens")]
TOKEN = Annotated[
    str, typer.Option("--token", envvar="CABBIE_API_TOKEN", help="one of CABBIE_API_TOKENS", show_default=False)
]


def announce(
    service: str,
    version: str,
    status: Annotated[str, typer.Option(help="requested, started, succeeded, failed or canceled")] = "requested",
    environment: str = "",
    kind: Annotated[str, typer.Option(help="deploy or rollback")] = "deploy",
    why: str = "",
    sha: str = "",
    url: Annotated[str, typer.Option(help="of the pipeline's run")] = "",
    requested_by: Annotated[str, typer.Option(help="an e-mail or a Slack id")] = "",
    id: Annotated[str, typer.Option(help="makes a repeated announcement the same one")] = "",
    api: API = "http://127.0.0.1:3000",
    token: TOKEN = "",
) -> None:
    """Tell Cabbie of a deploy, from a pipeline."""
    facts = {
        "service": service,
        "version": version,
        "status": status,
        "environment": environment,
        "kind": kind,
        "why": why,
        "sha": sha,
        "url": url,
        "requested_by": requested_by,
        "id": id,
    }
    answer = _ask("POST", f"{api}/api/v1/announcements", token, json=facts)
    out.print(answer["sentence"], markup=False)


def gate(
    service: str,
    version: Annotated[str, typer.Argument()] = "",
    sha: str = "",
    environment: str = "",
    wait: Annotated[int, typer.Option(help="seconds to wait for it to open")] = 0,
    api: API = "http://127.0.0.1:3000",
    token: TOKEN = "",
) -> None:
    """Whether a deploy may go now: exit 0 it may, 1 it may not (nor when Cabbie cannot be asked)."""
    left = wait
    while True:
        part = min(left, 50)
        query = {"service": service, "version": version, "sha": sha, "environment": environment, "wait": part}
        answer = _ask("GET", f"{api}/api/v1/gate", token, params=query)
        left -= part
        if answer["open"] or left <= 0:
            break
    if not answer["open"]:
        no(f"Shut: {answer['reason']}.")
    out.print(f"Open: {answer['reason']}.", markup=False)


def _ask(method: str, url: str, token: str, **words: Any) -> dict[str, str]:
    """Cabbie's API; the token goes there and nowhere else, and no ``.netrc`` takes its place."""

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    try:
        answer = requests.request(method, url, auth=sign, allow_redirects=False, timeout=65, **words)
        facts: dict[str, str] = answer.json()
    except requests.RequestException as error:
        no(f"Cabbie does not answer at {url}: {type(error).__name__}.")
    if not answer.ok or answer.is_redirect:
        no(facts.get("detail", f"HTTP {answer.status_code}"))
    return facts
