import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import branchlife.sealing
from branchlife.new_tables import in_one_step


class Migration(migrations.Migration):
    replaces = [
        ("reviews", "0001_initial"),
        ("reviews", "0002_rectification"),
        ("reviews", "0003_archive"),
        ("reviews", "0004_rectification_notices"),
        ("reviews", "0005_chains_and_amendments"),
        ("reviews", "0006_first_desks"),
        ("reviews", "0007_known_by_its_shape"),
        ("reviews", "0008_check"),
        ("reviews", "0009_inspections"),
        ("reviews", "0010_contacts"),
    ]

    initial = True

    dependencies = [
        ("meetings", "0001_squashed_0018_delegations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_on", models.DateField(verbose_name="from")),
                ("end_on", models.DateField(blank=True, null=True, verbose_name="to")),
                (
                    "cadre",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_points",
                        to="meetings.member",
                        verbose_name="leading cadre",
                    ),
                ),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contact_points",
                        to="meetings.organization",
                        verbose_name="branch",
                    ),
                ),
            ],
            options={
                "verbose_name": "contact point",
                "verbose_name_plural": "contact points",
                "ordering": ["organization__path", "-start_on", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True), ("end_on__gte", models.F("start_on")), _connector="OR"
                        ),
                        name="contact_point_ends_after_start",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True)),
                        fields=("cadre", "organization"),
                        name="contact_point_open_once",
                        violation_error_message="The branch is a contact point of this cadre already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("done", models.TextField(max_length=1000, verbose_name="what was done")),
                ("written_at", models.DateTimeField(verbose_name="written")),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="reviews.contactpoint",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "visit to a contact point",
                "verbose_name_plural": "visits to contact points",
                "ordering": ["-day", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("contact", "day"),
                        name="contact_visit_once_a_day",
                        violation_error_message="A visit of that day is written down already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("done", ""), _negated=True), name="contact_visit_says_something"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Concern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("problem", models.CharField(max_length=300, verbose_name="problem heard")),
                ("promise", models.CharField(blank=True, max_length=300, verbose_name="promised")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="to be done by")),
                ("solved_on", models.DateField(blank=True, null=True, verbose_name="solved on")),
                ("outcome", models.CharField(blank=True, max_length=300, verbose_name="how it was solved")),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="concerns",
                        to="reviews.contactvisit",
                    ),
                ),
            ],
            options={
                "verbose_name": "problem heard",
                "verbose_name_plural": "problems heard",
                "ordering": ["-visit__day", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_on__isnull", False), ("solved_on__isnull", True)),
                        fields=["due_on"],
                        name="concern_promised",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("problem", ""), _negated=True), name="concern_problem_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("due_on__isnull", True), ("promise", "")),
                            models.Q(models.Q(("promise", ""), _negated=True), ("due_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="concern_promise_has_day",
                        violation_error_message="A promise says until when.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("solved_on__isnull", True)),
                            models.Q(("solved_on__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="concern_solved_says_how",
                        violation_error_message="Say how it was solved, and when.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "comment",
                    models.TextField(blank=True, max_length=1000, verbose_name="judgement as a whole"),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "evaluator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="evaluation",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "evaluation",
                "verbose_name_plural": "evaluations",
            },
        ),
        migrations.CreateModel(
            name="EvaluationMark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(blank=True, max_length=30)),
                ("code", models.CharField(max_length=40)),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.CharField(max_length=100, verbose_name="step")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("met", "Done well"),
                            ("partly", "Partly"),
                            ("missing", "Not done"),
                            ("unseen", "Cannot be told"),
                        ],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                ("sentence", models.CharField(blank=True, max_length=300, verbose_name="what is wrong")),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="marks",
                        to="reviews.evaluation",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation", "kind", "code"), name="evaluation_mark_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["met", "partly", "missing", "unseen"])),
                        name="evaluation_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="evaluation_mark_title_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verdict__in", ["partly", "missing"]), _negated=True),
                            models.Q(("sentence", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="evaluation_fault_is_named",
                        violation_error_message="Say what is wrong with the step.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Inspection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=200, verbose_name="purpose")),
                (
                    "kind",
                    models.CharField(
                        choices=[("announced", "Announced"), ("unannounced", "Unannounced")],
                        max_length=12,
                        verbose_name="kind",
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="branches to draw")),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="to")),
                ("cap", models.PositiveSmallIntegerField(verbose_name="most visits of a branch in a year")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Frame published, not drawn yet"),
                            ("drawn", "Drawn"),
                            ("visiting", "Visits going on"),
                            ("closed", "Closed"),
                            ("called_off", "Called off"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("seed", branchlife.sealing.SealedField(editable=False, max_length=64, verbose_name="seed")),
                (
                    "commitment",
                    models.CharField(editable=False, max_length=64, verbose_name="SHA-256 of the seed"),
                ),
                (
                    "frame_digest",
                    models.CharField(editable=False, max_length=64, verbose_name="SHA-256 of the frame"),
                ),
                ("opened_at", models.DateTimeField(verbose_name="opened")),
                ("drawn_at", models.DateTimeField(editable=False, null=True, verbose_name="drawn")),
                (
                    "drawn_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="inspections",
                        to="meetings.organization",
                        verbose_name="inspected by",
                    ),
                ),
            ],
            options={
                "verbose_name": "inspection",
                "verbose_name_plural": "inspections",
                "ordering": ["-starts_on", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "drawn", "visiting", "closed", "called_off"])
                        ),
                        name="inspection_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["announced", "unannounced"])),
                        name="inspection_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose", ""), _negated=True), name="inspection_purpose_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="inspection_period_in_order",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__range", (1, 500))), name="inspection_number_sensible"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cap__range", (1, 12))), name="inspection_cap_sensible"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("drawn_at__isnull", True),
                                ("drawn_by__isnull", True),
                                ("state__in", ("open", "called_off")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("open", "called_off")), _negated=True),
                                ("drawn_at__isnull", False),
                                ("drawn_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="inspection_drawn_by_somebody",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "open")),
                        fields=("organization",),
                        name="inspection_one_undrawn",
                        violation_error_message="Another inspection has not been drawn yet; draw it or call it off.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FrameEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "recency",
                    models.CharField(
                        choices=[
                            ("never", "Never visited"),
                            ("over_year", "Over a year ago"),
                            ("over_half", "Over half a year ago"),
                            ("less", "Less than half a year ago"),
                        ],
                        max_length=10,
                        verbose_name="last visit",
                    ),
                ),
                ("last_visit_on", models.DateField(null=True, verbose_name="last visited")),
                ("grade", models.CharField(blank=True, max_length=20, verbose_name="grade")),
                ("visits_in_year", models.PositiveSmallIntegerField(verbose_name="visits in the year")),
                ("barred", models.BooleanField(default=False, verbose_name="not drawable")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.organization",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="frame",
                        to="reviews.inspection",
                    ),
                ),
            ],
            options={
                "verbose_name": "branch in the frame",
                "verbose_name_plural": "branches in the frame",
                "ordering": ["organization__path"],
                "constraints": [
                    models.UniqueConstraint(fields=("inspection", "organization"), name="frame_entry_once"),
                    models.CheckConstraint(
                        condition=models.Q(("recency__in", ["never", "over_year", "over_half", "less"])),
                        name="frame_recency_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("last_visit_on__isnull", True), ("recency", "never")),
                            models.Q(
                                models.Q(("recency", "never"), _negated=True),
                                ("last_visit_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="frame_never_visited_has_no_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("percent", models.PositiveSmallIntegerField(verbose_name="alike (%)")),
                (
                    "earlier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="copies",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="likenesses",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "earlier"), name="likeness_once_a_pair"),
                    models.CheckConstraint(
                        condition=models.Q(("meeting", models.F("earlier")), _negated=True),
                        name="likeness_of_two_records",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (1, 100))), name="likeness_is_a_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("month", "Month"),
                            ("quarter", "Quarter"),
                            ("half", "Half-year"),
                            ("year", "Year"),
                        ],
                        max_length=10,
                        verbose_name="period",
                    ),
                ),
                ("period_start", models.DateField(verbose_name="from")),
                ("period_end", models.DateField(verbose_name="to")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("submitted", "Waiting for review"),
                            ("returned", "Returned"),
                            ("approved", "Approved"),
                            ("amended", "Being amended"),
                            ("closed", "Closed"),
                        ],
                        default="draft",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("round", models.PositiveSmallIntegerField(default=0, verbose_name="round")),
                ("edition", models.PositiveSmallIntegerField(default=1, verbose_name="edition")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("submitted_at", models.DateTimeField(editable=False, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="meetings.organization",
                        verbose_name="branch",
                    ),
                ),
            ],
            options={
                "verbose_name": "plan",
                "verbose_name_plural": "plans",
                "ordering": ["-period_start", "organization__path"],
                "indexes": [models.Index(fields=["state", "submitted_at"], name="plan_waiting")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["draft", "submitted", "returned", "approved", "amended", "closed"])
                        ),
                        name="plan_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["month", "quarter", "half", "year"])),
                        name="plan_period_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_end__gte", models.F("period_start"))),
                        name="plan_period_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), ("submitted_at__isnull", False), _connector="OR"
                        ),
                        name="plan_submitted_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("edition__gte", 1)), name="plan_edition_counts_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "amended"), _negated=True),
                            ("edition__gte", 2),
                            _connector="OR",
                        ),
                        name="plan_amended_has_edition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "draft"), _negated=True), ("edition", 1), _connector="OR"
                        ),
                        name="plan_draft_is_first_edition",
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "period", "period_start"),
                        name="plan_once_per_period",
                        violation_error_message="The branch already has a plan for this period.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("reason", models.CharField(max_length=300, verbose_name="why it is an example")),
                ("lines", models.JSONField()),
                ("marked_at", models.DateTimeField(verbose_name="marked")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="withdrawn")),
                (
                    "marked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="good_cases",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.organization",
                        verbose_name="marked by",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="good_cases",
                        to="reviews.plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "good case",
                "verbose_name_plural": "good cases",
                "ordering": ["-marked_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("meeting__isnull", True), ("plan__isnull", False)),
                            models.Q(("meeting__isnull", False), ("plan__isnull", True)),
                            _connector="OR",
                        ),
                        name="good_case_has_one_source",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True), models.Q(("title", ""), _negated=True)
                        ),
                        name="good_case_says_why",
                        violation_error_message="Say why it is an example.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("plan",),
                        name="good_case_plan_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("meeting",),
                        name="good_case_meeting_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("day", models.DateField(verbose_name="day")),
                ("starts", models.TimeField(blank=True, null=True, verbose_name="begins")),
                ("theme", models.CharField(max_length=200, verbose_name="theme")),
                ("problem", models.CharField(blank=True, max_length=200, verbose_name="problem to solve")),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("theory", "Theory"),
                            ("purpose", "Purpose and service"),
                            ("party_spirit", "Party spirit"),
                            ("criticism", "Criticism and self-criticism"),
                            ("hot_questions", "Members' hot questions"),
                        ],
                        max_length=20,
                        verbose_name="content category",
                    ),
                ),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                ("participants", models.CharField(blank=True, max_length=200, verbose_name="participants")),
                ("lecturer", models.CharField(blank=True, max_length=60, verbose_name="lecturer")),
                (
                    "budget",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(9999999)],
                        verbose_name="budget (yuan)",
                    ),
                ),
                ("fixed", models.CharField(blank=True, max_length=5, verbose_name="fixed day")),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.partygroup",
                        verbose_name="Party group",
                    ),
                ),
                (
                    "meeting",
                    models.OneToOneField(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plan_item",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="reviews.plan"
                    ),
                ),
            ],
            options={
                "verbose_name": "plan item",
                "verbose_name_plural": "plan items",
                "ordering": ["day", "position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("theme", ""), _negated=True), name="plan_item_theme_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                ["theory", "purpose", "party_spirit", "criticism", "hot_questions", ""],
                            )
                        ),
                        name="plan_item_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "fixed__in",
                                [
                                    "d1",
                                    "d2",
                                    "d3",
                                    "d4",
                                    "d5",
                                    "d6",
                                    "d7",
                                    "d8",
                                    "d9",
                                    "d10",
                                    "d11",
                                    "d12",
                                    "d13",
                                    "d14",
                                    "d15",
                                    "d16",
                                    "d17",
                                    "d18",
                                    "d19",
                                    "d20",
                                    "d21",
                                    "d22",
                                    "d23",
                                    "d24",
                                    "d25",
                                    "d26",
                                    "d27",
                                    "d28",
                                    "d31",
                                    "w1-0",
                                    "w1-1",
                                    "w1-2",
                                    "w1-3",
                                    "w1-4",
                                    "w2-0",
                                    "w2-1",
                                    "w2-2",
                                    "w2-3",
                                    "w2-4",
                                    "w3-0",
                                    "w3-1",
                                    "w3-2",
                                    "w3-3",
                                    "w3-4",
                                    "w4-0",
                                    "w4-1",
                                    "w4-2",
                                    "w4-3",
                                    "w4-4",
                                    "w5-0",
                                    "w5-1",
                                    "w5-2",
                                    "w5-3",
                                    "w5-4",
                                    "",
                                ],
                            )
                        ),
                        name="plan_item_fixed_day_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("untrue", "Content untrue"),
                            ("unclear", "Procedure unclear"),
                            ("missing", "Elements missing"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("field", models.CharField(max_length=30, verbose_name="field")),
                ("sentence", models.CharField(max_length=300, verbose_name="what is wrong")),
                (
                    "item",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="findings",
                        to="reviews.planitem",
                    ),
                ),
            ],
            options={
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["untrue", "unclear", "missing"])),
                        name="finding_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sentence", ""), _negated=True), models.Q(("field", ""), _negated=True)
                        ),
                        name="finding_says_something",
                        violation_error_message="A finding names the field and says what is wrong.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanItemPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general", "General meeting"),
                            ("committee", "Committee meeting"),
                            ("group", "Group meeting"),
                            ("lecture", "Party lecture"),
                            ("theme_day", "Theme day"),
                            ("organizational_life", "Organizational-life meeting"),
                            ("appraisal", "Democratic appraisal"),
                            ("democratic_life", "Democratic-life meeting"),
                            ("secretary_report", "Secretary's report and review"),
                            ("staff", "Staff meeting"),
                        ],
                        max_length=30,
                        verbose_name="kind of meeting",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="reviews.planitem",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("item", "kind"), name="plan_item_part_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "general",
                                    "committee",
                                    "group",
                                    "lecture",
                                    "theme_day",
                                    "organizational_life",
                                    "appraisal",
                                    "democratic_life",
                                    "secretary_report",
                                    "staff",
                                ],
                            )
                        ),
                        name="plan_item_part_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rated",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rated",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="meetings.member"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "member"),
                        name="rated_once_a_member",
                        violation_error_message="You have rated this meeting already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RatingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "rating",
                    models.CharField(
                        choices=[
                            ("good", "Good"),
                            ("fair", "Fairly good"),
                            ("plain", "So-so"),
                            ("poor", "Poor"),
                        ],
                        max_length=10,
                        verbose_name="rating",
                    ),
                ),
                ("given", models.PositiveIntegerField(default=0)),
                ("shown", models.PositiveIntegerField(default=0)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rating_counts",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "rating"), name="rating_count_once"),
                    models.CheckConstraint(
                        condition=models.Q(("rating__in", ["good", "fair", "plain", "poor"])),
                        name="rating_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("shown__lte", models.F("given"))),
                        name="rating_shows_no_more_than_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rectification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("return", "Returned paper"),
                            ("evaluation", "Evaluation of a meeting"),
                            ("inspection", "Inspection"),
                            ("contact", "Contact point"),
                            ("meeting", "Meeting"),
                            ("resolution", "Resolution"),
                            ("life", "Organizational-life meeting"),
                            ("appraisal", "Democratic appraisal"),
                            ("report", "Secretary's report and review"),
                            ("hand", "Entered by hand"),
                        ],
                        max_length=12,
                        verbose_name="source",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("untrue", "Content untrue"),
                            ("unclear", "Procedure unclear"),
                            ("missing", "Elements missing"),
                            ("not_held", "Not held, or too seldom"),
                            ("late", "Held or recorded late"),
                            ("attendance", "Attendance and leave"),
                            ("formal", "For form's sake only"),
                            ("follow_up", "Agreed and not carried out"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="cause",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("general", "General meeting"),
                            ("committee", "Committee meeting"),
                            ("group", "Group meeting"),
                            ("lecture", "Party lecture"),
                            ("theme_day", "Theme day"),
                            ("organizational_life", "Organizational-life meeting"),
                            ("appraisal", "Democratic appraisal"),
                            ("democratic_life", "Democratic-life meeting"),
                            ("secretary_report", "Secretary's report and review"),
                            ("staff", "Staff meeting"),
                        ],
                        max_length=30,
                        verbose_name="kind of meeting",
                    ),
                ),
                ("problem", models.CharField(max_length=300, verbose_name="problem")),
                ("measure", models.TextField(blank=True, max_length=2000, verbose_name="measure")),
                ("due_on", models.DateField(verbose_name="to be done by")),
                (
                    "openness",
                    models.CharField(
                        choices=[
                            ("kept", "Those who answer for it"),
                            ("branch", "All members of the branch"),
                        ],
                        default="kept",
                        max_length=10,
                        verbose_name="may be read by",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("claimed", "Reported as done"),
                            ("reopened", "Reopened"),
                            ("closed", "Verified and closed"),
                            ("revoked", "Revoked"),
                        ],
                        default="open",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("round", models.PositiveSmallIntegerField(default=0, verbose_name="round")),
                ("from_above", models.BooleanField(default=False, verbose_name="asked for from above")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                (
                    "claimed_at",
                    models.DateTimeField(editable=False, null=True, verbose_name="reported as done"),
                ),
                ("evidence", models.TextField(blank=True, max_length=2000, verbose_name="evidence")),
                ("verified_at", models.DateTimeField(editable=False, null=True, verbose_name="verified")),
                (
                    "claimed_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "finding",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification",
                        to="reviews.finding",
                    ),
                ),
                (
                    "mark",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="rectification",
                        to="reviews.evaluationmark",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectifications",
                        to="meetings.meeting",
                        verbose_name="meeting",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectifications",
                        to="meetings.organization",
                        verbose_name="branch",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectifications",
                        to="meetings.member",
                        verbose_name="responsible",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resolution",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification",
                        to="meetings.resolution",
                    ),
                ),
                (
                    "verified_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "rectification item",
                "verbose_name_plural": "rectification items",
                "ordering": ["due_on", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("open", "reopened"))),
                        fields=["due_on"],
                        name="rectification_to_mend",
                    ),
                    models.Index(fields=["organization", "state"], name="rectification_branch"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["open", "claimed", "reopened", "closed", "revoked"])
                        ),
                        name="rectification_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                [
                                    "return",
                                    "evaluation",
                                    "inspection",
                                    "contact",
                                    "meeting",
                                    "resolution",
                                    "life",
                                    "appraisal",
                                    "report",
                                    "hand",
                                ],
                            )
                        ),
                        name="rectification_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cause__in",
                                [
                                    "untrue",
                                    "unclear",
                                    "missing",
                                    "not_held",
                                    "late",
                                    "attendance",
                                    "formal",
                                    "follow_up",
                                    "other",
                                ],
                            )
                        ),
                        name="rectification_cause_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "general",
                                    "committee",
                                    "group",
                                    "lecture",
                                    "theme_day",
                                    "organizational_life",
                                    "appraisal",
                                    "democratic_life",
                                    "secretary_report",
                                    "staff",
                                    "",
                                ],
                            )
                        ),
                        name="rectification_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("openness__in", ["kept", "branch"])),
                        name="rectification_openness_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("problem", ""), _negated=True),
                        name="rectification_problem_present",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                models.Q(("source", "return"), _negated=True),
                                ("finding__isnull", False),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("source", "resolution"), _negated=True),
                                ("resolution__isnull", False),
                                _connector="OR",
                            ),
                            models.Q(
                                models.Q(("source__in", ["meeting", "evaluation"]), _negated=True),
                                ("meeting__isnull", False),
                                _connector="OR",
                            ),
                        ),
                        name="rectification_source_has_origin",
                        violation_error_message="The item names what it came from.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("claimed_at__isnull", True), ("claimed_by__isnull", True)),
                            models.Q(
                                ("claimed_at__isnull", False),
                                ("claimed_by__isnull", False),
                                models.Q(("evidence", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="rectification_claim_complete",
                        violation_error_message="Whoever says that it is done says what shows it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["claimed", "closed"]), _negated=True),
                            ("claimed_by__isnull", False),
                            _connector="OR",
                        ),
                        name="rectification_claimed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "closed"),
                                ("verified_at__isnull", False),
                                ("verified_by__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state", "closed"), _negated=True),
                                ("verified_at__isnull", True),
                                ("verified_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="rectification_closed_when_verified",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("verified_by__isnull", True),
                            models.Q(("verified_by", models.F("claimed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="rectification_verified_by_another",
                        violation_error_message="Somebody else verifies that it is done.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RectificationNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=500, verbose_name="how it stands")),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notes",
                        to="reviews.rectification",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification_notes",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "progress note",
                "verbose_name_plural": "progress notes",
                "ordering": ["at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True),
                        name="rectification_note_says_something",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("meeting__isnull", False)),
                        fields=("item", "meeting"),
                        name="rectification_note_once_a_meeting",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RectificationNotice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("number", models.PositiveIntegerField(verbose_name="number")),
                ("occasion", models.CharField(max_length=200, verbose_name="on what occasion it was found")),
                ("issued_on", models.DateField(verbose_name="issued on")),
                ("reply_by", models.DateField(verbose_name="report back by")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issuer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification_notices_issued",
                        to="meetings.organization",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rectification_notices",
                        to="meetings.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "rectification notice",
                "verbose_name_plural": "rectification notices",
                "ordering": ["-year", "-number", "-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("issuer", "year", "number"), name="notice_number_once_a_year"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("occasion", ""), _negated=True), name="notice_says_the_occasion"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reply_by__gte", models.F("issued_on"))),
                        name="notice_reply_after_issue",
                        violation_error_message="The answer cannot be due before the notice is issued.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("issuer", models.F("organization")), _negated=True),
                        name="notice_from_above",
                        violation_error_message="A notice comes from an organization above the branch.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="rectification",
            name="notice",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="reviews.rectificationnotice",
            ),
        ),
        migrations.CreateModel(
            name="ReviewChain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(default=1, verbose_name="version")),
                ("basis_source", models.CharField(blank=True, max_length=100, verbose_name="regulation")),
                ("basis_article", models.CharField(blank=True, max_length=40, verbose_name="article")),
                (
                    "confidence",
                    models.CharField(
                        choices=[
                            ("article", "Article read"),
                            ("digest", "National rule, article not checked"),
                            ("local", "Local practice"),
                        ],
                        max_length=10,
                        verbose_name="how sure",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="explanation")),
                ("valid_from", models.DateField(verbose_name="in force from")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="in force to")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="order")),
                (
                    "code",
                    models.CharField(
                        choices=[("plan", "Plan"), ("record", "Record of a meeting")],
                        max_length=60,
                        verbose_name="paper",
                    ),
                ),
                (
                    "route",
                    models.CharField(
                        choices=[
                            ("direct", "Straight to the Party committee"),
                            ("stepwise", "First the general branch, then the Party committee"),
                            ("general", "The general branch alone"),
                        ],
                        max_length=10,
                        verbose_name="goes over",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="meetings.organization",
                        verbose_name="set by",
                    ),
                ),
            ],
            options={
                "verbose_name": "chain of review",
                "verbose_name_plural": "chains of review",
                "ordering": ["position", "code", "version"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="reviewchain_valid_to_after_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["article", "digest", "local"])),
                        name="reviewchain_confidence_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "version"),
                        name="reviewchain_national_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "version"),
                        name="reviewchain_local_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True), ("valid_to__isnull", True)),
                        fields=("code",),
                        name="reviewchain_national_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False), ("valid_to__isnull", True)),
                        fields=("owner", "code"),
                        name="reviewchain_local_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "valid_from"),
                        name="reviewchain_national_start_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "valid_from"),
                        name="reviewchain_local_start_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("code__in", ["plan", "record"])), name="reviewchain_code_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("route__in", ["direct", "stepwise", "general"])),
                        name="reviewchain_route_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SitInNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("leader", models.CharField(max_length=60, verbose_name="who sat in")),
                ("text", models.TextField(max_length=1000, verbose_name="what was seen and advised")),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sit_in_notes",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "sit-in note",
                "verbose_name_plural": "sit-in notes",
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "author"), name="sit_in_once_an_author"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("text", ""), _negated=True), models.Q(("leader", ""), _negated=True)
                        ),
                        name="sit_in_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "task",
                    models.CharField(
                        choices=[("write", "To write or correct"), ("review", "To review")], max_length=10
                    ),
                ),
                ("step", models.PositiveSmallIntegerField(default=0)),
                ("ahead", models.JSONField(default=list)),
                ("since", models.DateTimeField(verbose_name="since")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                ("due_on", models.DateField(null=True, verbose_name="to be done by")),
                (
                    "branch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.organization",
                    ),
                ),
                (
                    "handed_in_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "last",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.organization",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stays",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stays",
                        to="meetings.organization",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="stays",
                        to="reviews.plan",
                    ),
                ),
            ],
            options={
                "verbose_name": "stay of a paper",
                "verbose_name_plural": "stays of papers",
                "ordering": ["since", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("until__isnull", True)), fields=["due_on"], name="stay_open_due"
                    ),
                    models.Index(fields=["organization", "since"], name="stay_desk"),
                    models.Index(fields=["branch", "since"], name="stay_branch"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("meeting__isnull", True), ("plan__isnull", False)),
                            models.Q(("meeting__isnull", False), ("plan__isnull", True)),
                            _connector="OR",
                        ),
                        name="stay_has_one_paper",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__isnull", True), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="stay_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("last__isnull", False), ("step__gte", 1), ("task", "review")),
                            models.Q(("last__isnull", True), ("step", 0), ("task", "write")),
                            _connector="OR",
                        ),
                        name="stay_review_has_end_of_chain",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("plan",),
                        name="stay_plan_on_one_desk",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("until__isnull", True)),
                        fields=("meeting",),
                        name="stay_meeting_on_one_desk",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TextBand",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tree", models.CharField(max_length=4)),
                ("band", models.PositiveSmallIntegerField()),
                ("value", models.BigIntegerField()),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="meetings.meeting"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["tree", "value"], name="text_band_look_up")],
                "constraints": [models.UniqueConstraint(fields=("meeting", "band"), name="text_band_once")],
            },
        ),
        migrations.CreateModel(
            name="Transition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("create", "Created"),
                            ("submit", "Submit"),
                            ("withdraw", "Withdraw"),
                            ("approve", "Approve"),
                            ("return", "Return: redo the paper"),
                            ("hold_again", "Return: hold again"),
                            ("record", "Write the record"),
                            ("accept", "Accept"),
                            ("cancel", "Cancel the meeting"),
                            ("archive", "Archive"),
                            ("claim", "Report as done"),
                            ("verify", "Verify and close"),
                            ("reopen", "Reopen"),
                            ("revoke", "Revoke"),
                            ("forward", "Agree and pass on"),
                            ("amend", "Amend"),
                            ("take_back", "Withdraw the amendment"),
                            ("discard", "Drop the amendment"),
                            ("close", "Close the plan"),
                            ("drop", "Left out of the amended plan"),
                            ("draw", "Draw the branches"),
                            ("call_off", "Call off"),
                            ("start", "Begin the visits"),
                            ("conclude", "Close the inspection"),
                            ("begin", "Begin the visit"),
                            ("report", "Hand over what was found"),
                            ("clear", "Nothing found, close the visit"),
                            ("recheck", "Re-check: not all is put right"),
                            ("confirm", "Re-check: all is put right"),
                        ],
                        max_length=12,
                        verbose_name="action",
                    ),
                ),
                ("from_state", models.CharField(max_length=12)),
                ("to_state", models.CharField(max_length=12)),
                ("round", models.PositiveSmallIntegerField(default=0)),
                ("at", models.DateTimeField(verbose_name="time")),
                ("comment", models.TextField(blank=True, verbose_name="opinion")),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "desk",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="meetings.organization",
                        verbose_name="decided on the desk of",
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transitions",
                        to="reviews.inspection",
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transitions",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="on behalf of",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transitions",
                        to="reviews.plan",
                    ),
                ),
                (
                    "rectification",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="transitions",
                        to="reviews.rectification",
                    ),
                ),
            ],
            options={
                "verbose_name": "transition",
                "verbose_name_plural": "transitions",
                "ordering": ["at", "id"],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField()),
                (
                    "transition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snapshot",
                        to="reviews.transition",
                    ),
                ),
            ],
            options={
                "verbose_name": "snapshot",
                "verbose_name_plural": "snapshots",
            },
        ),
        migrations.AddField(
            model_name="finding",
            name="transition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="findings", to="reviews.transition"
            ),
        ),
        migrations.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("announced", models.BooleanField(verbose_name="announced")),
                ("day", models.DateField(blank=True, null=True, verbose_name="day")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "To come"),
                            ("checking", "On the spot"),
                            ("mending", "Being put right, re-check to come"),
                            ("closed", "Closed"),
                            ("called_off", "Called off"),
                        ],
                        default="planned",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "summary",
                    models.CharField(blank=True, max_length=500, verbose_name="impression as a whole"),
                ),
                ("checked_at", models.DateTimeField(editable=False, null=True, verbose_name="visited")),
                ("recheck_on", models.DateField(blank=True, null=True, verbose_name="re-check by")),
                (
                    "checked_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inspection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="reviews.inspection",
                    ),
                ),
                (
                    "inspectors",
                    models.ManyToManyField(
                        related_name="visits_to_make", to=settings.AUTH_USER_MODEL, verbose_name="inspectors"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visits",
                        to="meetings.organization",
                        verbose_name="branch",
                    ),
                ),
            ],
            options={
                "verbose_name": "visit",
                "verbose_name_plural": "visits",
                "ordering": ["organization__path", "id"],
                "indexes": [
                    models.Index(fields=["organization", "state"], name="visit_branch"),
                    models.Index(
                        condition=models.Q(("state", "mending")),
                        fields=["recheck_on"],
                        name="visit_to_recheck",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("inspection", "organization"), name="visit_once_an_inspection"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["planned", "checking", "mending", "closed", "called_off"])
                        ),
                        name="visit_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("checked_at__isnull", False),
                                ("checked_by__isnull", False),
                                ("state__in", ("mending", "closed")),
                            ),
                            models.Q(
                                models.Q(("state__in", ("mending", "closed")), _negated=True),
                                ("checked_at__isnull", True),
                                ("checked_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="visit_checked_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "mending"), _negated=True),
                            ("recheck_on__isnull", False),
                            _connector="OR",
                        ),
                        name="visit_found_has_recheck",
                        violation_error_message="Where something was found, somebody comes back to see.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="transition",
            name="visit",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="transitions",
                to="reviews.visit",
            ),
        ),
        migrations.CreateModel(
            name="VisitAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "section",
                    models.CharField(
                        choices=[
                            ("owed", "What is owed"),
                            ("elements", "Elements of the records"),
                            ("procedure", "Procedure"),
                            ("mended", "What was to be put right"),
                        ],
                        max_length=12,
                        verbose_name="section",
                    ),
                ),
                ("code", models.CharField(max_length=60, verbose_name="question")),
                ("position", models.PositiveSmallIntegerField()),
                ("facts", models.JSONField(default=dict)),
                (
                    "answer",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("na", "Does not apply")],
                        max_length=4,
                        verbose_name="answer",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="what is wrong")),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("untrue", "Content untrue"),
                            ("unclear", "Procedure unclear"),
                            ("missing", "Elements missing"),
                            ("not_held", "Not held, or too seldom"),
                            ("late", "Held or recorded late"),
                            ("attendance", "Attendance and leave"),
                            ("formal", "For form's sake only"),
                            ("follow_up", "Agreed and not carried out"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="cause",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="visit_answer",
                        to="reviews.rectification",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="reviews.visit",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer of a visit",
                "verbose_name_plural": "answers of a visit",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("visit", "section", "code"), name="visit_question_once"),
                    models.CheckConstraint(
                        condition=models.Q(("section__in", ["owed", "elements", "procedure", "mended"])),
                        name="visit_section_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["yes", "no", "na", ""])), name="visit_answer_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "cause__in",
                                [
                                    "untrue",
                                    "unclear",
                                    "missing",
                                    "not_held",
                                    "late",
                                    "attendance",
                                    "formal",
                                    "follow_up",
                                    "other",
                                    "",
                                ],
                            )
                        ),
                        name="visit_cause_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", "no"), _negated=True),
                            models.Q(
                                models.Q(("note", ""), _negated=True), models.Q(("cause", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="visit_no_is_explained",
                        violation_error_message="Say what is wrong.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("item__isnull", True), ("answer", "no"), _connector="OR"),
                        name="visit_item_of_a_no",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("inspection__isnull", True),
                        ("meeting__isnull", True),
                        ("plan__isnull", False),
                        ("rectification__isnull", True),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("inspection__isnull", True),
                        ("meeting__isnull", False),
                        ("plan__isnull", True),
                        ("rectification__isnull", True),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("inspection__isnull", True),
                        ("meeting__isnull", True),
                        ("plan__isnull", True),
                        ("rectification__isnull", False),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("inspection__isnull", False),
                        ("meeting__isnull", True),
                        ("plan__isnull", True),
                        ("rectification__isnull", True),
                        ("visit__isnull", True),
                    ),
                    models.Q(
                        ("inspection__isnull", True),
                        ("meeting__isnull", True),
                        ("plan__isnull", True),
                        ("rectification__isnull", True),
                        ("visit__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="transition_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("plan__isnull", True),
                    models.Q(("action", "create"), ("from_state", "")),
                    models.Q(("action", "submit"), ("from_state", "draft"), ("to_state", "submitted")),
                    models.Q(("action", "withdraw"), ("from_state", "submitted"), ("to_state", "draft")),
                    models.Q(("action", "forward"), ("from_state", "submitted"), ("to_state", "submitted")),
                    models.Q(("action", "approve"), ("from_state", "submitted"), ("to_state", "approved")),
                    models.Q(("action", "return"), ("from_state", "submitted"), ("to_state", "returned")),
                    models.Q(("action", "submit"), ("from_state", "returned"), ("to_state", "submitted")),
                    models.Q(("action", "amend"), ("from_state", "approved"), ("to_state", "amended")),
                    models.Q(("action", "submit"), ("from_state", "amended"), ("to_state", "submitted")),
                    models.Q(("action", "take_back"), ("from_state", "submitted"), ("to_state", "amended")),
                    models.Q(("action", "discard"), ("from_state", "amended"), ("to_state", "approved")),
                    models.Q(("action", "discard"), ("from_state", "returned"), ("to_state", "approved")),
                    models.Q(("action", "close"), ("from_state", "approved"), ("to_state", "closed")),
                    _connector="OR",
                ),
                name="transition_plan_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("meeting__isnull", True),
                    models.Q(("action", "create"), ("from_state", "")),
                    models.Q(("action", "record"), ("from_state", "scheduled"), ("to_state", "held")),
                    models.Q(("action", "cancel"), ("from_state", "scheduled"), ("to_state", "cancelled")),
                    models.Q(("action", "drop"), ("from_state", "scheduled"), ("to_state", "cancelled")),
                    models.Q(("action", "submit"), ("from_state", "held"), ("to_state", "submitted")),
                    models.Q(("action", "withdraw"), ("from_state", "submitted"), ("to_state", "held")),
                    models.Q(("action", "forward"), ("from_state", "submitted"), ("to_state", "submitted")),
                    models.Q(("action", "accept"), ("from_state", "submitted"), ("to_state", "accepted")),
                    models.Q(("action", "return"), ("from_state", "submitted"), ("to_state", "returned")),
                    models.Q(
                        ("action", "hold_again"), ("from_state", "submitted"), ("to_state", "hold_again")
                    ),
                    models.Q(("action", "archive"), ("from_state", "accepted"), ("to_state", "archived")),
                    models.Q(("action", "submit"), ("from_state", "returned"), ("to_state", "submitted")),
                    models.Q(("action", "record"), ("from_state", "hold_again"), ("to_state", "held")),
                    _connector="OR",
                ),
                name="transition_record_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rectification__isnull", True),
                    models.Q(("action", "create"), ("from_state", "")),
                    models.Q(("action", "claim"), ("from_state", "open"), ("to_state", "claimed")),
                    models.Q(("action", "revoke"), ("from_state", "open"), ("to_state", "revoked")),
                    models.Q(("action", "verify"), ("from_state", "claimed"), ("to_state", "closed")),
                    models.Q(("action", "reopen"), ("from_state", "claimed"), ("to_state", "reopened")),
                    models.Q(("action", "claim"), ("from_state", "reopened"), ("to_state", "claimed")),
                    models.Q(("action", "revoke"), ("from_state", "reopened"), ("to_state", "revoked")),
                    models.Q(("action", "reopen"), ("from_state", "closed"), ("to_state", "reopened")),
                    _connector="OR",
                ),
                name="transition_rectification_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("inspection__isnull", True),
                    models.Q(("action", "create"), ("from_state", "")),
                    models.Q(("action", "draw"), ("from_state", "open"), ("to_state", "drawn")),
                    models.Q(("action", "call_off"), ("from_state", "open"), ("to_state", "called_off")),
                    models.Q(("action", "start"), ("from_state", "drawn"), ("to_state", "visiting")),
                    models.Q(("action", "conclude"), ("from_state", "drawn"), ("to_state", "closed")),
                    models.Q(("action", "conclude"), ("from_state", "visiting"), ("to_state", "closed")),
                    _connector="OR",
                ),
                name="transition_inspection_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="transition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("visit__isnull", True),
                    models.Q(("action", "create"), ("from_state", "")),
                    models.Q(("action", "begin"), ("from_state", "planned"), ("to_state", "checking")),
                    models.Q(("action", "call_off"), ("from_state", "planned"), ("to_state", "called_off")),
                    models.Q(("action", "report"), ("from_state", "checking"), ("to_state", "mending")),
                    models.Q(("action", "clear"), ("from_state", "checking"), ("to_state", "closed")),
                    models.Q(("action", "recheck"), ("from_state", "mending"), ("to_state", "mending")),
                    models.Q(("action", "confirm"), ("from_state", "mending"), ("to_state", "closed")),
                    _connector="OR",
                ),
                name="transition_visit_step_known",
            ),
        ),
    ]
    operations = in_one_step(operations)
