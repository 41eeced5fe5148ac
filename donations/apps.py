from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """Charity money: gifts, funds, the ledger, programmes, funding requests and payouts."""

    name = "donations"
    verbose_name = "善款与救助"

    def ready(self) -> None:
        from departments.services import idempotency, rule_shapes, rule_words
        from donations import receivers, webhook_receivers
        from donations.constraints import SENTENCES
        from donations.data_classes import CLASSES
        from donations.money_views import MONEY
        from donations.rule_shapes import SHAPES
        from donations.rule_words import CHARITIES, DUTIES, NAMES, VALUES
        from msw_portal.kernel import data_classes, errors

        errors.register_sentences(SENTENCES)
        data_classes.register("donations", CLASSES)
        rule_shapes.register(SHAPES)
        rule_words.register(applies=CHARITIES | DUTIES, names=NAMES, values=VALUES)
        idempotency.keep_long(MONEY)
        receivers.connect()
        webhook_receivers.connect()
