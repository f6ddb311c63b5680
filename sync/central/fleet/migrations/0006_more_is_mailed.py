"""What stopped and what central refused are mailed too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """No row changes: the column takes any word of its length."""

    dependencies = [("fleet", "0005_backup_taken")]
    operations = [
        migrations.AlterField(
            model_name="alert",
            name="about",
            field=models.CharField(
                choices=[
                    ("unheard", "Unheard"),
                    ("paper", "Paper"),
                    ("printer", "Printer"),
                    ("disk", "Disk"),
                    ("clock", "Clock"),
                    ("digest", "Digest"),
                    ("service", "Service"),
                    ("parked", "Parked"),
                ],
                max_length=8,
            ),
        ),
    ]
