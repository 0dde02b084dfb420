"""The pages of linking: few words, no script, nothing from elsewhere."""

from html import escape

from starlette.responses import HTMLResponse

from bot.accounts import START
from bot.change.linking import Owner
from bot.ports import Member

STYLE = (
    "body{font:18px/1.5 sans-serif;margin:4em auto;max-width:32em;padding:0 1em}button{font:inherit;padding:.4em 1em}"
)
HEADERS = {
    # The address of the first page holds a ticket: it is neither kept nor told to the next page.
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    # No form-action: browsers hold it against every redirect of the form's answer, and behind ServiceNow's sign-in may
    # stand anybody's identity provider.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def confirm_page(member: Member, ticket: str) -> HTMLResponse:
    """Whose link it is has to be read before it is used: somebody may have passed theirs on."""
    who = f"<b>{escape(member.name)}</b> ({escape(member.email or member.slack_id)})"
    return _page(
        "Link your ServiceNow account",
        f"<p>You are about to let Cabbie write what {who} decides in Slack into ServiceNow, with the account that you "
        "sign in with next.</p><p>Only go on if that is you in Slack, and you came here from Cabbie's Home tab. Did "
        "somebody send you this link? Close this page.</p>"
        f"<form method=post action='{START}'><input type=hidden name=ticket value='{escape(ticket)}'>"
        "<button>Sign in to ServiceNow</button></form>",
    )


def done_page(owner: Owner) -> HTMLResponse:
    account = f"<b>{escape(owner.name or owner.user_name)}</b> ({escape(owner.user_name)})"
    return _page("Linked", f"<p>Your ServiceNow account is linked: {account}. You may close this page.</p>")


def refusal_page(sentence: str, status: int) -> HTMLResponse:
    return _page("Not linked", f"<p>{escape(sentence)}</p>", status)


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    head = (
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<meta name=robots content=noindex><title>{escape(title)} · Cabbie</title><style>{STYLE}</style>"
    )
    return HTMLResponse(f"{head}<h1>{escape(title)}</h1>{body}", status, HEADERS)
