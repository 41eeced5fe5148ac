"""Doors without an account, and signatures: behind their walls."""

from django.db import migrations

from msw_portal.kernel.walls import Trigger, Wall


class Migration(migrations.Migration):
    dependencies = [("departments", "0010_doors_and_signatures")]
    operations = [
        Wall("departments.InboxItem", "INBOX"),
        Wall("departments.Signature", "SHARED+COMP"),
        Trigger(
            "departments.Signature",
            "signature_kept",
            "BEFORE UPDATE OF text_hash, signer_kind, signer_name, user_id, at, subject_uid OR DELETE",
            "app.refuse_change()",
            condition="coalesce(current_setting('app.rekey', true), '') <> '1'",
        ),
    ]
