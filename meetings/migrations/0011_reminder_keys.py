import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0010_reminder_ledger")]

    operations = [
        migrations.AlterField("reminder", "due_on", models.DateField()),
        migrations.AlterField(
            "reminder",
            "organization",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="meetings.organization",
            ),
        ),
        migrations.AlterField("reminder", "source", models.CharField(max_length=40)),
        migrations.AlterField("reminder", "subject", models.BigIntegerField()),
        migrations.RemoveConstraint(
            model_name="reminder",
            name="reminder_announced_once",
        ),
        migrations.RemoveField(
            model_name="reminder",
            name="obligation",
        ),
        migrations.AlterField(
            model_name="reminder",
            name="stage",
            field=models.CharField(
                choices=[
                    ("due_soon", "Due soon"),
                    ("overdue", "Overdue"),
                    ("escalated", "Told to the organization above"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("channel", "in_app"), ("state", "sent")),
                fields=["source", "subject"],
                name="reminder_current",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                fields=("source", "subject", "due_on", "recipient", "stage", "falls_on", "channel"),
                name="reminder_announced_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True), name="reminder_source_present"
            ),
        ),
    ]
