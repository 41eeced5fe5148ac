"""What an OAuth2 application may do; apart, because that library's tables need our users first."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from msw_portal.kernel.walls import Wall


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0007_installation"),
        migrations.swappable_dependency(settings.OAUTH2_PROVIDER_APPLICATION_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiClient",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True)),
                ("scopes", models.JSONField(default=list)),
                ("duties", models.JSONField(default=list)),
                (
                    "approve_limit",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
                ),
                ("source_addresses", models.JSONField(blank=True, default=list)),
                ("contact", models.CharField(blank=True, max_length=120)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "application",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_client",
                        to=settings.OAUTH2_PROVIDER_APPLICATION_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.membership",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="departments.organization",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="api_client",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approve_limit__isnull", True),
                            ("approve_limit__gt", 0),
                            _connector="OR",
                        ),
                        name="api_client_limit_positive",
                    )
                ],
            },
        ),
        Wall("departments.ApiClient", "IDENTITY"),
    ]
