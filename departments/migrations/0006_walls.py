"""Every table of this app and of the libraries gets its class."""

from django.db import migrations

from msw_portal.kernel.walls import Wall, WallTables


class Migration(migrations.Migration):
    dependencies = [
        ("departments", "0005_audit_chain"),
        ("account", "__latest__"),
        ("admin", "__latest__"),
        ("contenttypes", "__latest__"),
        ("django_celery_beat", "__latest__"),
        ("mfa", "__latest__"),
        ("oauth2_provider", "__latest__"),
        ("sessions", "__latest__"),
    ]
    operations = [
        Wall("departments.Region", "GLOBAL"),
        Wall("departments.Code", "GLOBAL"),
        Wall("departments.DatedRule", "GLOBAL"),
        Wall("departments.Organization", "REGISTER"),
        Wall("departments.OrganizationName", "REGISTER"),
        Wall("departments.OrganizationLink", "REGISTER"),
        Wall("departments.OrganizationCredential", "REGISTER"),
        Wall("departments.Department", "REGISTER"),
        Wall("departments.OrganizationSetting", "TENANT"),
        Wall("departments.User", "IDENTITY"),
        Wall("departments.RateWindow", "IDENTITY"),
        Wall("departments.Membership", "OWN", person="user_id"),
        Wall("departments.AccessGrant", "OWN", person="user_id"),
        Wall("departments.Questionnaire", "OPEN"),
        Wall("departments.Document", "SHARED+COMP"),
        Wall("departments.Message", "SHARED+COMP"),
        Wall("departments.Transition", "APPEND+SHARED"),
        Wall("departments.Task", "TENANT"),
        Wall("departments.Notification", "PERSONAL"),
        Wall("departments.Draft", "PERSONAL"),
        Wall("departments.NumberSequence", "TENANT"),
        Wall("departments.NumberVoid", "TENANT"),
        Wall("departments.AccessLink", "LINK"),
        Wall("departments.Outbox", "APPEND+QUEUE"),
        Wall("departments.Job", "QUEUE"),
        Wall("departments.IdempotencyKey", "PRINCIPAL"),
        Wall("departments.SearchPosting", "TENANT"),
        Wall("departments.AuditEntry", "APPEND+AUDIT"),
        Wall("departments.AuditLink", "TENANT", grant="SELECT"),
        WallTables(
            "IDENTITY",
            "account_emailaddress", "account_emailconfirmation", "auth_group", "auth_group_permissions",
            "auth_permission", "django_admin_log", "django_celery_beat_clockedschedule",
            "django_celery_beat_crontabschedule", "django_celery_beat_intervalschedule",
            "django_celery_beat_periodictask", "django_celery_beat_periodictasks",
            "django_celery_beat_solarschedule", "django_content_type", "django_session", "mfa_authenticator",
            "oauth2_provider_accesstoken", "oauth2_provider_application",
            "oauth2_provider_devicegrant", "oauth2_provider_grant",
            "oauth2_provider_idtoken", "oauth2_provider_refreshtoken",
        ),
        WallTables("IDENTITY", "django_migrations", grant="SELECT"),
        migrations.RunSQL("ALTER TABLE departments_ratewindow SET UNLOGGED", "ALTER TABLE departments_ratewindow SET LOGGED"),
    ]
