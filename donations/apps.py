from django.apps import AppConfig


class DonationsConfig(AppConfig):
    """Charity money: gifts, funds, the ledger, programmes, funding requests and payouts."""

    name = "donations"
    verbose_name = "善款与救助"

    def ready(self) -> None:
        from donations import receivers
        from donations.constraints import SENTENCES
        from msw_portal.kernel import errors

        errors.register_sentences(SENTENCES)
        receivers.connect()
