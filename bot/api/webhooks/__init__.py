"""Webhooks: what other tools tell us over HTTP. Proven first, then understood, then handed to whoever hears it."""

from bot.api.webhooks.delivery import Delivery
from bot.api.webhooks.routes import routes

__all__ = ["Delivery", "routes"]
