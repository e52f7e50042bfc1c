"""ID and telephone numbers are sealed in the database."""

from django.db import migrations, models

import branchlife.sealing

SEALED = ("id_number", "phone")
BATCH = 500


def seal_all(apps, schema_editor):
    member = apps.get_model("meetings", "Member")
    for name in SEALED:
        rows, after = member.objects.exclude(**{name: ""}), 0
        while batch := list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", name)[:BATCH]):
            for pk, text in batch:
                after = pk
                rows.filter(pk=pk).update(**{name: branchlife.sealing.seal(text, f"meetings.member.{name}")})


class Migration(migrations.Migration):
    dependencies = [("meetings", "0006_steps_and_spending")]

    operations = [
        migrations.RemoveConstraint("member", "member_id_number_unique"),
        *(migrations.AlterField("member", name, models.TextField(blank=True)) for name in SEALED),
        migrations.RunPython(seal_all, elidable=False),
        migrations.AlterField(
            "member",
            "id_number",
            branchlife.sealing.SealedField(blank=True, max_length=18, verbose_name="ID number"),
        ),
        migrations.AlterField(
            "member",
            "phone",
            branchlife.sealing.SealedField(blank=True, max_length=30, verbose_name="phone"),
        ),
        migrations.AddConstraint(
            "member",
            models.UniqueConstraint(
                branchlife.sealing.Mark("id_number"),
                name="member_id_number_unique",
                condition=models.Q(("id_number", ""), _negated=True),
                violation_error_message="There is already a member with this ID number.",
            ),
        ),
    ]
