from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0029_known_diseases")]

    operations = [
        migrations.AddIndex(
            model_name="fundingrequest",
            index=models.Index(fields=["organization", "-id"], name="funding_request_own_newest"),
        )
    ]
