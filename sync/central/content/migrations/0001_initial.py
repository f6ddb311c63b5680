"""What central published."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="ProfileRelease",
            fields=[
                ("version", models.PositiveIntegerField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("issued_at", models.DateTimeField()),
            ],
        ),
    ]
