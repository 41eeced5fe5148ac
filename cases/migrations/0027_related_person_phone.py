"""A relative's telephone is found by an index, as the person's own is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_level5_by_code")]

    operations = [
        migrations.AddIndex(
            model_name="relatedperson",
            index=models.Index(fields=["organization", "phone_bidx"], name="related_person_phone"),
        ),
        migrations.AddIndex(
            model_name="relatedperson",
            index=models.Index(
                fields=["organization", "phone_bidx2"], name="related_person_phone2"
            ),
        ),
    ]
