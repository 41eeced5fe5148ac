"""A second secret of a program for its overlap; its refused tokens among the sign-ins of its house; a column nobody wrote goes."""

from importlib import import_module

from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Definer

before = import_module("departments.migrations.0014_operations")
SIGN_INS = before.SIGN_INS.replace(
    "coalesce(e.subject_id, e.actor_id)",
    "case when e.subject_kind = 'apiclient' then e.actor_id else coalesce(e.subject_id, e.actor_id) end",
).replace(
    """and split_part(e.action, '.', 1) in ('sign_in', 'second_factor', 'password')
     and (e.subject_kind = 'user' or e.subject_kind = '')
""",
    """and (e.action = 'client.token_refuse' and e.subject_kind = 'apiclient'
          or split_part(e.action, '.', 1) in ('sign_in', 'second_factor', 'password')
             and e.subject_kind in ('user', ''))
""",
)


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0049_objections_kept_apart"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.RemoveField(
            model_name="message",
            name="read_marks",
        ),
        migrations.AddField(
            model_name="apiclient",
            name="old_secret",
            field=models.CharField(blank=True, max_length=255),
        ),
        migrations.AddField(
            model_name="apiclient",
            name="old_secret_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="apiclient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("old_secret", ""), ("old_secret_until__isnull", False), _connector="OR"
                ),
                name="api_client_old_secret_ends",
            ),
        ),
        Definer(
            "house_sign_ins(p_since timestamptz, p_limit integer)",
            before.SIGN_INS_ROW,
            SIGN_INS,
            language="sql",
            volatility="STABLE",
        ),
    ]
