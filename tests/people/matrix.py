"""Who may do what, from which card, as ``matrix.txt`` says: a line a person, a column a deed, a word a card.

approve, withdraw, hold: the button. reject: the button and the form it opens. done: the card's "Succeeded". form: the
deploy form, asking for another version.
complete: the form below a tool's post, in linus's name. dismiss: "No" below a post that may be none.

Cards. Fresh: the change's own, as it stands. Stale: the change's own message, with the fingerprint of contents that are
superseded; a deploy form that was sent before. Foreign: the message and the block of another change's card, under this
change's number; a deploy form that says it was opened in a channel of another workspace. Below a tool's
post, stale: a question that is answered by now; foreign: a post of which nobody asked anything.

What stops a deploy, takes an approval back or tells how it went needs no fresh sight of the contents, so it counts from
a stale card; a verdict does not. ``ok``: it takes effect, once. Anything else names the sentence below that refuses it.
"""

from pathlib import Path

CARDS = ("fresh", "stale", "foreign")
DEEDS = ("approve", "reject", "hold", "withdraw", "done", "form", "complete", "dismiss")

TABLE = Path(__file__).with_suffix(".txt")

SENTENCES = {
    "guest": "Only full members of this workspace can decide: your Slack account is a guest.",
    "bot": "Only full members of this workspace can decide: your Slack account is a bot.",
    "left": "Only full members of this workspace can decide: your Slack account is deactivated.",
    "elsewhere": "Only full members of this workspace can decide: your Slack account is of another workspace.",
    "e-mail": "Your Slack or ServiceNow account changed since I last met you (the e-mail is another one); "
    "I told the change manager.",
    "inactive": "Your Slack or ServiceNow account changed since I last met you (the ServiceNow user is not active); "
    "I told the change manager.",
    "twins": "I can't tell which ServiceNow user you are (not exactly one active user has the e-mail "
    "twin@acme.example): ask your ServiceNow admin to mend the e-mail of your account.",
    "service": "I can't tell which ServiceNow user you are (not exactly one active user has the e-mail "
    "sam@acme.example): ask your ServiceNow admin to mend the e-mail of your account.",
    "own": "{} needs a second pair of eyes: you requested it.",
    "wrote": "{} needs a second pair of eyes: you wrote part of what it deploys.",
    "unproven": "{} cannot be approved here: nobody can tell who uma@home.example is, who wrote part of it; "
    "ask the change manager.",
    "unasked": "You are not among those whom ServiceNow asks to approve {} now; Payments Engineering can.",
    "nobody": "Only Linus Torres or somebody in Payments Engineering can do that to {}.",
    "nothing": "You have no approval on {} that could still be withdrawn; use Hold to stop it.",
    "stale": "{} has changed since that card was shown; look at the new card and decide again.",
    "over": "Nothing is missing of this announcement any more.",
    "foreign": "That card is another one than {}'s; press the button on its own.",
}


def cells() -> dict[tuple[str, str, str], str]:
    """(person, deed, card) → what must happen, as the table says."""
    head, below, *lines = [[part.split() for part in line.split("|")] for line in TABLE.read_text().splitlines()]
    assert head == [["person"], *([deed] for deed in DEEDS)]
    assert below == [[], *(list(CARDS) for _ in DEEDS)]
    found = {}
    for person, *words in lines:
        for deed, each in zip(DEEDS, words, strict=True):
            for card, word in zip(CARDS, each, strict=True):
                cell = " ".join(person), deed, card
                assert cell not in found, "a cell has one place"
                found[cell] = word
    return found
