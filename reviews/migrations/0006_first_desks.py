"""Papers that were there before their desks were written down get them, told from their steps."""

from collections import defaultdict

from django.db import migrations

from reviews.services.past_stays import Taken, stays_of

STEP = 4


def find_desks(apps, schema_editor):
    Transition = apps.get_model("reviews", "Transition")
    Stay = apps.get_model("reviews", "Stay")
    organizations = {each.path: each for each in apps.get_model("meetings", "Organization").objects.all()}
    for kind in ("plan", "meeting"):
        steps = defaultdict(list)
        rows = Transition.objects.filter(**{f"{kind}__isnull": False}).order_by("at", "pk")
        for row in rows.iterator():
            steps[getattr(row, f"{kind}_id")].append(Taken(row.to_state, row.at, row.actor_id))
        model = apps.get_model(*{"plan": ("reviews", "Plan"), "meeting": ("meetings", "Meeting")}[kind])
        papers = model.objects.filter(pk__in=steps).select_related("organization")
        Stay.objects.bulk_create(
            (
                Stay(**{f"{kind}_id": paper.pk}, **columns)
                for paper in papers.iterator()
                for columns in stays_of(
                    steps[paper.pk],
                    branch_id=paper.organization_id,
                    desk_id=nearest_committee(paper.organization, organizations).pk,
                )
            ),
            batch_size=500,
        )


def nearest_committee(branch, organizations):
    above = [organizations[branch.path[:end]] for end in range(len(branch.path), 0, -STEP)]
    return next((each for each in above if each.kind == "committee"), above[-1])


def nothing(apps, schema_editor):
    """Going back, the table itself goes."""


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_chains_and_amendments"), ("meetings", "0018_delegations")]
    operations = [migrations.RunPython(find_desks, nothing, elidable=True)]
