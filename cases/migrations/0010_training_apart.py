"""A consent, a copy and a referral stay on their ground: practice never names the real world, nor the other way."""

from django.db import migrations

from msw_portal.kernel.walls import Trigger


def _apart(model: str, column: str) -> Trigger:
    return Trigger(
        model, "same_ground", f"BEFORE INSERT OR UPDATE OF {column}", f"app.same_ground('{column}')"
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_outgoing_referrals"), ("departments", "0019_training_apart")]
    operations = [
        _apart("cases.Consent", "recipient_id"),
        _apart("cases.Disclosure", "recipient_id"),
        _apart("cases.Referral", "counterparty_id"),
    ]
