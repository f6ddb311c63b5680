"""A backup of a dead box was taken in: one more deed that is logged."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Names it; no row changes."""

    dependencies = [("fleet", "0004_what_beats_tell")]

    operations = [
        migrations.AlterField(
            model_name="deed",
            name="what",
            field=models.CharField(
                choices=[
                    ("join_file", "Join File"),
                    ("revoked", "Revoked"),
                    ("backup_taken", "Backup Taken"),
                ],
                max_length=16,
            ),
        ),
    ]
