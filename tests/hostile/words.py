"""The corpus: strings that mean something somewhere, by name. Whatever looks like somebody's secret is made here."""

import secrets

HOSTILE: dict[str, str] = {
    # Slack: docs.slack.dev/messaging/formatting-message-text
    "calls the channel": "<!channel> <!here> <!everyone> @channel",
    "calls a person": "<@U0ADA> <@U0BOSS|boss> <!subteam^S0CAB> <@W0X>",
    "points at a channel": "<#C0SECRET> <#C0SECRET|general>",
    "poses as a link": "<https://evil.example/|CHG0030042> <mailto:a@b.example|x> <tel:1|y>",
    "poses as a time": "<!date^1^{date}|approved>",
    "escaped already": "&lt;!channel&gt; &amp;lt;!here&amp;gt; &#60;!here&#62; &notanentity",
    "formats": "*bold* _italic_ ~gone~ `code` ```block``` > quote\n• one\n1. two",
    "an emoji's name": ":white_check_mark: :rotating_light::skin-tone-2: 10:30:45",
    "breaks out of a link": "https://x.example/|a>b<c",
    # what the eye does not see
    "zero width": "pay\u200bments\u2060 \ufeffx\u00ad",
    "right to left": "\u202etnemyap\u202c \u2066x\u2069 \u200fa\u061c",
    "hebrew": "‏תשלומים 2.4.1",
    "tags": "ok\U000e0049\U000e0067\U000e006e",
    "four bytes": "👩‍👩‍👧‍👦🚀𝒫" * 20,
    "accents upon accents": "a" + "\u0301" * 300,
    "nothing at all": " \t\u00a0\u3000 ",
    # lines and controls
    "nul": "a\x00b",
    "half a character": "a\ud83d b\udc00",
    "lines": "ok\r\n\r\nApproved-by: Ada\rState: Approved\n",
    "other lines": "ok\x0bone\x0ctwo\x1cthree\x85four\u2028five\u2029six",
    "steers a terminal": "\x1b[31mred\x1b[0m\x1b]0;title\x07 \x9b2J \x08\x08\x7f",
    "forges a log line": "x\n2026-03-02T14:00:00Z [info] change.approved number=CHG0030042\n\tat x",
    "a header more": "x\r\nSet-Cookie: a=b\r\n\r\n<script>alert(1)</script>",
    "forty thousand": "long " * 8000,
    "one long word": "x" * 5000,
    # Jira: jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
    "macros": "{panel:title=x}y{panel} {code}z{code} {noformat} {html}<b>{html} {color:red}r{color}",
    "mentions in jira": "[~ada] [~accountid:5b10] @ada [x|http://evil.example] [^file.zip]",
    "images in jira": "!http://evil.example/x.png! !x.png|width=1! ",
    "blocks in jira": "h1. Approved\nbq. x\n----\n||a||b||\n|c|d|\n* x\n# y",
    "escapes in jira": "\\\\ \\{panel\\} \\\\{x} {*}a{*} ??cite?? ^up^ -no- +yes+",
    # ServiceNow: encoded queries
    "an or": "x^ORactive=true",
    "a new query": "x^NQactive=true^EQ",
    "an order": "^ORDERBYDESCsys_created_on^GROUPBYactive",
    "a script": "javascript:gs.getUserID()",
    "a loud script": "  JavaScript:gs.setProperty('x','y')",
    "a list": "a,b,c^INx",
    "dot walks": "DYNAMIC90d1921e5f510100a9ad2572f2b477fe@javascript:gs.now()",
    "code in a journal": "[code]<script>alert(1)</script>[/code] [CODE]x[/Code]",
    "a template of theirs": "${gs.now()} ${x} #{x} <%= 1 %>",
    # addresses and paths
    "a way up": "../../../../etc/passwd",
    "an encoded way up": "..%2f..%2fetc%2fpasswd%00",
    "the windows way up": "..\\..\\windows\\win.ini",
    "ends an address": "x?admin=true&y=z#fragment;a=b",
    "another host": "//evil.example/x",
    "metadata of the cloud": "http://169.254.169.254/latest/meta-data/",
    "a script address": "javascript:alert(document.cookie)//https://x.example",
    "a data address": "data:text/html;base64,PHNjcmlwdD4=",
    # tables
    "a formula": "=cmd|'/c calc'!A1",
    "more formulas": "+1+1|-2|@SUM(A1)|\t=1|\r=1",
    "quotes and commas": 'a,"b";\'c\'\n"d',
    # pages
    "a script tag": "<script>alert(1)</script><ScRiPt/src=//evil.example>",
    "an image": '"><img src=x onerror=alert(1)><svg/onload=alert(1)>',
    "an attribute": "' onmouseover='alert(1)' x='",
    "a comment": "<!-- --><![CDATA[x]]><?xml version='1.0'?></title></style>",
    "a page's template": "{{7*7}} {% raw %} {{constructor.constructor('x')()}}",
    # shells, databases, formats
    "an option": "--upload-pack=touch hostile",
    "a short option": "-oProxyCommand=id",
    "a command": "$(touch hostile) `touch hostile`; touch hostile | id && id",
    "an expression of git": "HEAD@{1} v1.0^{/x} :/x main..dev refs/heads/x:refs/tags/y",
    "sql": "'; DROP TABLE cabbie_ledger; -- \" OR 1=1 %' ESCAPE '\\",
    "formats a string": "{0} {version.__class__} %s %(x)s %n {",
    # YAML and JSON
    "yaml": "a: &x [*x]\n<<: *x\n--- !!python/object/apply:os.system [id]\n# x",
    "json": '{"__proto__": {"a": 1}, "ok": true}',
    "a number": "1e400",
    "a boolean": "no",
}


def looks_secret() -> dict[str, str]:
    """What no log may show, made anew each time."""
    random = secrets.token_hex(12)
    return {
        "a bot token": "-".join(("xoxb", "1", random)),
        "an app token": "-".join(("xapp", "1", random)),
        "a bearer": f"Authorization: Bearer {random}",
        "a hook": f"https://hooks.slack.com/services/T0/B0/{random}",
    }
