import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

CHAINED = ("chain", "number", "previous", "actor_label", "address", "key_id", "digest")


def chain_events(apps, schema_editor):
    """Events written before there were chains are put into them in the order they were written: from here on
    nobody can change them. Chains were named by the place in the tree; now by the organization's id."""
    from branchlife.chain import plain_address, seal, writing_key
    from branchlife.models.audit import SEALED, event_seal

    event_model = apps.get_model("branchlife", "AuditEvent")
    organizations = apps.get_model("meetings", "Organization")
    names = {path: f"organization:{pk}" for path, pk in organizations.objects.values_list("path", "pk")}
    users = {
        user.pk: f"{user.name} ({user.username})"
        for user in apps.get_model("branchlife", "User").objects.all()
    }
    heads = {}
    for event in event_model.objects.order_by("pk").iterator():
        event.chain = names.get(event.chain, event.chain)
        event.number, event.previous = heads.get(event.chain, (0, ""))
        event.number += 1
        event.actor_label = users.get(event.actor_id, "")
        event.address = plain_address(event.address)
        event.key_id = writing_key()
        event.digest = event_seal({name: getattr(event, name) for name in (*SEALED, "key_id")})
        event.save(update_fields=CHAINED)  # leaves the actor alone: PostgreSQL must not check it again
        heads[event.chain] = event.number, event.digest
    head_model = apps.get_model("branchlife", "AuditHead")
    for chain, (number, digest) in heads.items():
        key = writing_key()
        facts = {"chain": chain, "number": number, "digest": digest}
        head_model.objects.create(**facts, key_id=key, seal=seal("head", facts, key))


class Migration(migrations.Migration):
    dependencies = [
        ("branchlife", "0002_sign_in"),
        ("meetings", "0001_squashed_0018_delegations"),  # the organizations whose chains the events join
    ]

    operations = [
        migrations.CreateModel(
            name="AuditAnchor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveBigIntegerField(unique=True)),
                ("at", models.DateTimeField(verbose_name="time")),
                ("heads", models.JSONField(default=dict)),
                ("chains", models.PositiveIntegerField()),
                ("events", models.PositiveBigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("key_id", models.CharField(max_length=40)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "audit anchor",
                "verbose_name_plural": "audit anchors",
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("chain", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("number", models.PositiveBigIntegerField(default=0)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("key_id", models.CharField(blank=True, max_length=40)),
                ("seal", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number", 0), ("seal", "")),
                            models.Q(("number__gt", 0), models.Q(("seal", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="audit_head_sealed",
                    )
                ],
            },
        ),
        migrations.AddField(
            "auditevent",
            "actor_label",
            models.CharField(blank=True, max_length=220, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            "auditevent", "digest", models.CharField(max_length=64, default=""), preserve_default=False
        ),
        migrations.AddField(
            "auditevent", "key_id", models.CharField(max_length=40, default=""), preserve_default=False
        ),
        migrations.AddField("auditevent", "number", models.PositiveBigIntegerField(null=True)),
        migrations.AddField(
            "auditevent",
            "previous",
            models.CharField(blank=True, max_length=64, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(chain_events, migrations.RunPython.noop),
        migrations.AlterField("auditevent", "number", models.PositiveBigIntegerField()),
        migrations.AlterField(
            "auditevent",
            "actor",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="actor",
            ),
        ),
        migrations.AlterField("auditevent", "at", models.DateTimeField(db_index=True, verbose_name="time")),
        migrations.AddIndex("auditevent", models.Index(fields=["actor", "id"], name="audit_actor")),
        migrations.AddIndex("auditevent", models.Index(fields=["action", "id"], name="audit_action")),
        migrations.AddConstraint(
            "auditevent",
            models.UniqueConstraint(fields=("chain", "number"), name="audit_number_once_a_chain"),
        ),
    ]
