"""Cases that came before numbers were kept get theirs, from their own bytes."""

import json

from django.db import migrations

AT_ONCE = 500


def fill_numbers(apps, schema_editor):  # noqa: ARG001 as Django calls it
    record_model = apps.get_model("intake", "Record")
    numbered = []
    for record in record_model.objects.filter(number=None).iterator(AT_ONCE):
        reference = json.loads(bytes(record.raw)).get("reference")
        if reference is None:
            continue
        record.number = int(reference.split("-")[1])
        numbered.append(record)
        if len(numbered) == AT_ONCE:
            record_model.objects.bulk_update(numbered, ["number"])
            numbered.clear()
    record_model.objects.bulk_update(numbered, ["number"])


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_nothing_lost")]

    operations = [migrations.RunPython(fill_numbers, migrations.RunPython.noop)]
