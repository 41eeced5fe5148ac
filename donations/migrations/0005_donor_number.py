"""A donor's number is kept, sealed: an index that cannot be made anew would hold on to its key."""

from django.db import migrations

import msw_portal.kernel.crypto
from msw_portal.kernel.walls import Trigger


class Migration(migrations.Migration):
    dependencies = [
        ("donations", "0004_request_guards"),
        ("departments", "0017_rekeying"),
    ]

    operations = [
        migrations.AddField(
            model_name="donor",
            name="id_no",
            field=msw_portal.kernel.crypto.SealedText(
                blank=True, null=True, pad=True, verbose_name="身份证号码"
            ),
        ),
        migrations.AddField(
            model_name="donor",
            name="id_no_bidx2",
            field=msw_portal.kernel.crypto.BlindIndex(),
        ),
        # A new key for the payee's account is not another account.
        migrations.RunSQL(
            "DROP TRIGGER within_sides ON donations_disbursement",
            "CREATE TRIGGER within_sides BEFORE INSERT OR UPDATE ON donations_disbursement "
            "FOR EACH ROW EXECUTE FUNCTION app.disbursement_sides()",
        ),
        Trigger(
            "donations.Disbursement",
            "within_sides",
            "BEFORE INSERT OR UPDATE",
            "app.disbursement_sides()",
            condition="NOT app.rekeying()",
        ),
    ]
