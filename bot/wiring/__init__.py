"""The one room that knows everything: settings in, running parts out."""

from bot.ledger.database import connect
from bot.wiring.checks import checks_of_itself
from bot.wiring.parts import Parts, build
from bot.wiring.service import Service, WrongRole, migrate_all
from bot.wiring.systems import anchored_heads
from config.settings import Settings
from integrations.anchor import BadAnchor

DEFAULT_POLICY = Settings.model_fields["cabbie_policy"].default
DEFAULT_DATABASE = Settings.model_fields["database_url"].default

__all__ = [
    "DEFAULT_DATABASE",
    "DEFAULT_POLICY",
    "BadAnchor",
    "Parts",
    "Service",
    "WrongRole",
    "anchored_heads",
    "build",
    "checks_of_itself",
    "connect",
    "migrate_all",
]
