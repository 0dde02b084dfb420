"""What tools' webhooks say, brought to the desk."""

from collections.abc import Callable
from dataclasses import replace

from bot.api.webhooks import Delivery
from bot.change.announcement import Answer, Heard, Speaker, Told
from bot.change.model import Transport
from bot.desk import Desk
from bot.reading import Reader, named_by

TITLES = {
    "github": "GitHub's webhook",
    "gitlab": "GitLab's webhook",
    "argocd": "Argo CD's webhook",
    "jenkins": "Jenkins's webhook",
    "cdevents": "CDEvents",
}


def hear_deliveries(desk: Desk, reader: Callable[[], Reader]) -> Callable[[Delivery], Answer]:
    """That the tool said it is proven where it came in; whom it names is a claim all the same."""

    def hear(delivery: Delivery) -> Answer:
        reading = named_by(reader(), delivery.reading, job=delivery.job)
        if not reading.service and not reading.is_gitops:  # what a GitOps tool deploys from is not what it deploys
            reading = replace(reading, service=delivery.repository)
        told = Told(reading, source=TITLES[delivery.source])
        speaker = Speaker(Transport.WEBHOOK, name=told.source, app_id=delivery.source)
        return desk.hear(Heard(by=speaker, at=delivery.occurred_at, once=f"webhook:{delivery.once}", body=told))

    return hear
