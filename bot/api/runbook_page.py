"""The runbook as a page: each alarm, what it means, and what to do."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from starlette.responses import HTMLResponse

from bot.api.link_pages import HEADERS, STYLE
from bot.change.runbook import Advice, Alert, Runbook

LEGIBLE = "pre{white-space:pre-wrap;background:#eee;padding:.5em}body{max-width:44em}"


def runbook_page(runbook: Runbook) -> HTMLResponse:
    return HTMLResponse("".join(_parts(runbook)), headers=HEADERS)


def _parts(runbook: Runbook) -> Iterator[str]:
    yield "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    yield f"<meta name=robots content=noindex><title>Runbook · Cabbie</title><style>{STYLE}{LEGIBLE}</style>"
    yield "<h1>Runbook</h1><p>Also without Cabbie: <code>cabbie runbook</code>, and config/runbook.yaml.</p>"
    yield "<h2>Alarms in Slack</h2>"
    yield from _entries({kind.capitalize(): advice for kind, advice in runbook.alarms.items()})
    yield "<h2>Alerts of Prometheus</h2>"
    yield from _entries(runbook.alerts)


def _entries(entries: Mapping[str, Advice | Alert]) -> Iterator[str]:
    for name, entry in entries.items():
        yield f"<h3 id='{_anchor(name)}'>{escape(name)}</h3>"
        if isinstance(entry, Alert):
            yield f"<pre>{escape(entry.expr)}</pre>"
        yield f"<p>{escape(entry.means)}</p><ol>{''.join(_steps(entry.do))}</ol>"


def _steps(steps: Iterable[str]) -> Iterator[str]:
    for step in steps:
        yield f"<li>{_code(step.replace('{change}', 'CHG…'))}</li>"


def _code(text: str) -> str:
    """Between backticks as it is typed.

    >>> _code("run `a < b`")
    'run <code>a &lt; b</code>'
    """
    pieces = escape(text, quote=False).split("`")
    return "".join(f"<code>{piece}</code>" if n % 2 else piece for n, piece in enumerate(pieces))


def _anchor(name: str) -> str:
    return name.lower().replace(" ", "-")
