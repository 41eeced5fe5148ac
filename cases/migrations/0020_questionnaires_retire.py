"""A published questionnaire stays as it was, but its time may end."""

from django.db import migrations

DROP = "DROP TRIGGER questionnaire_frozen ON departments_questionnaire;"
MAKE = (
    "CREATE TRIGGER questionnaire_frozen BEFORE UPDATE OR DELETE ON departments_questionnaire "
    "FOR EACH ROW EXECUTE FUNCTION "
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_calculations"), ("departments", "0019_training_apart")]
    operations = [
        migrations.RunSQL(
            f"{DROP} {MAKE} app.freeze_content('published_at', 'valid')",
            f"{DROP} {MAKE} app.freeze_when('published_at')",
        )
    ]
