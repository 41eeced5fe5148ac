from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """Charity money: gifts, funds, the ledger, programmes, funding requests and payouts."""

    name = "donations"
    verbose_name = "善款与救助"

    def ready(self) -> None:
        from donations import receivers, webhook_receivers
        from donations.constraints import SENTENCES
        from donations.data_classes import CLASSES
        from msw_portal.kernel import data_classes, errors

        errors.register_sentences(SENTENCES)
        data_classes.register("donations", CLASSES)
        receivers.connect()
        webhook_receivers.connect()
