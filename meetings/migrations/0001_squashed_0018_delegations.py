import datetime

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import branchlife.sealing
from branchlife.new_tables import in_one_step


class Migration(migrations.Migration):
    replaces = [
        ("meetings", "0001_initial"),
        ("meetings", "0002_letters"),
        ("meetings", "0003_rulebook"),
        ("meetings", "0004_transfers"),
        ("meetings", "0005_votes"),
        ("meetings", "0006_steps_and_spending"),
        ("meetings", "0007_sealed_numbers"),
        ("meetings", "0008_rectification"),
        ("meetings", "0009_check_in"),
        ("meetings", "0010_reminder_ledger"),
        ("meetings", "0011_reminder_keys"),
        ("meetings", "0012_attachments"),
        ("meetings", "0013_officers"),
        ("meetings", "0014_ledger_years"),
        ("meetings", "0015_help_signs"),
        ("meetings", "0016_archive"),
        ("meetings", "0017_letters_once_a_day"),
        ("meetings", "0018_delegations"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="MovedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(unique=True, verbose_name="day")),
                ("is_working", models.BooleanField(verbose_name="working day")),
                ("name", models.CharField(blank=True, max_length=40, verbose_name="occasion")),
            ],
            options={
                "verbose_name": "moved day",
                "verbose_name_plural": "moved days",
                "ordering": ["day"],
            },
        ),
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(unique=True, verbose_name="year")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="announced in")),
                ("is_complete", models.BooleanField(default=False, verbose_name="all days are entered")),
            ],
            options={
                "verbose_name": "calendar year",
                "verbose_name_plural": "calendar years",
                "ordering": ["year"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (1950, 2200))),
                        name="calendar_year_sensible",
                        violation_error_message="The year lies between 1950 and 2200.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("in_app", "In the app"),
                            ("email", "E-mail"),
                            ("wecom", "WeCom group robot"),
                            ("dingtalk", "DingTalk group robot"),
                        ],
                        default="email",
                        max_length=20,
                    ),
                ),
                ("day", models.DateField()),
                ("message_id", models.CharField(max_length=120, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting to be sent"),
                            ("claimed", "Being sent"),
                            ("finalizing", "Handed over, answer unknown"),
                            ("sent", "Sent"),
                            ("resolved", "No longer needed"),
                            ("superseded", "Replaced by a later stage"),
                            ("dead", "Given up"),
                            ("held", "Answer unknown, held"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("next_attempt_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("token", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "evidence",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("answer", "The server's answer"),
                            ("relay_log", "The mail server's log"),
                            ("journal", "Our own journal"),
                            ("person", "An administrator's word"),
                        ],
                        max_length=12,
                    ),
                ),
                ("unsure", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("is_put_aside", models.BooleanField(default=False)),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "claimed", "finalizing"])),
                        fields=["next_attempt_at"],
                        name="letter_unfinished",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["pending", "claimed", "finalizing", "sent", "resolved", "dead", "held"],
                            )
                        ),
                        name="letter_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            models.Q(("sent_at__isnull", False), models.Q(("evidence", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="letter_sent_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("evidence__in", ["answer", "relay_log", "journal", "person", ""])
                        ),
                        name="letter_evidence_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["claimed", "finalizing"]), _negated=True),
                            ("lease_until__isnull", False),
                            _connector="OR",
                        ),
                        name="letter_claim_has_lease",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("recipient__isnull", False)),
                        fields=("recipient", "day", "channel"),
                        name="letter_once_a_day_to_a_person",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Meeting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
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
                ("day", models.DateField(verbose_name="day")),
                ("starts", models.TimeField(blank=True, null=True, verbose_name="begins")),
                ("ends", models.TimeField(blank=True, null=True, verbose_name="ends")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                ("content", models.TextField(blank=True, verbose_name="what was said and done")),
                ("decisions", models.TextField(blank=True, verbose_name="decisions")),
                (
                    "spent",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(9999999)],
                        verbose_name="spent (yuan)",
                    ),
                ),
                ("guests", models.TextField(blank=True, verbose_name="guests without a vote")),
                (
                    "self_check_in",
                    models.BooleanField(default=False, verbose_name="check-in by scanning a code"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("held", "Held, record open"),
                            ("submitted", "Record submitted"),
                            ("returned", "Returned: redo the paper"),
                            ("hold_again", "Returned: hold again"),
                            ("accepted", "Accepted"),
                            ("archived", "Archived"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="scheduled",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("web", "Entered here"),
                            ("import", "Imported"),
                            ("self", "Checked in by scanning"),
                        ],
                        default="web",
                        max_length=10,
                    ),
                ),
                ("recorded_at", models.DateTimeField(editable=False, null=True, verbose_name="recorded at")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "recorded_by",
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
                "verbose_name": "meeting",
                "verbose_name_plural": "meetings",
                "ordering": ["-day", "-id"],
                "indexes": [models.Index(fields=["state", "day"], name="meeting_state_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "scheduled",
                                    "held",
                                    "submitted",
                                    "returned",
                                    "hold_again",
                                    "accepted",
                                    "archived",
                                    "cancelled",
                                ],
                            )
                        ),
                        name="meeting_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("theme", ""), _negated=True), name="meeting_theme_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                ["theory", "purpose", "party_spirit", "criticism", "hot_questions", ""],
                            )
                        ),
                        name="meeting_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts__isnull", True),
                            ("ends__isnull", True),
                            ("ends__gt", models.F("starts")),
                            _connector="OR",
                        ),
                        name="meeting_ends_after_start",
                        violation_error_message="The meeting ends before it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["scheduled", "cancelled"]),
                            ("recorded_at__isnull", False),
                            _connector="OR",
                        ),
                        name="meeting_record_time_known_when_held",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Archive",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
                ("archived_at", models.DateTimeField(verbose_name="archived at")),
                (
                    "archived_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="archive",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "archived record",
                "verbose_name_plural": "archived records",
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                (
                    "name_key",
                    models.CharField(
                        db_index=True, editable=False, max_length=200, verbose_name="sorting key"
                    ),
                ),
                (
                    "gender",
                    models.CharField(
                        blank=True,
                        choices=[("male", "Male"), ("female", "Female")],
                        max_length=6,
                        verbose_name="gender",
                    ),
                ),
                ("ethnicity", models.CharField(blank=True, max_length=20, verbose_name="ethnicity")),
                ("born_on", models.DateField(blank=True, null=True, verbose_name="born on")),
                (
                    "id_number",
                    branchlife.sealing.SealedField(blank=True, max_length=18, verbose_name="ID number"),
                ),
                ("phone", branchlife.sealing.SealedField(blank=True, max_length=30, verbose_name="phone")),
                ("joined_on", models.DateField(verbose_name="joined the Party on")),
                ("full_member_on", models.DateField(blank=True, null=True, verbose_name="full member since")),
                ("is_leading_cadre", models.BooleanField(default=False, verbose_name="leading cadre")),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="member",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "member",
                "verbose_name_plural": "members",
                "ordering": ["name_key", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="member_name_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("full_member_on__isnull", True),
                            ("full_member_on__gte", models.F("joined_on")),
                            _connector="OR",
                        ),
                        name="member_full_after_joining",
                        violation_error_message="Full membership cannot begin before joining.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("born_on__isnull", True), ("born_on__lt", models.F("joined_on")), _connector="OR"
                        ),
                        name="member_born_before_joining",
                        violation_error_message="Nobody joins before being born.",
                    ),
                    models.UniqueConstraint(
                        branchlife.sealing.Mark("id_number"),
                        condition=models.Q(("id_number", ""), _negated=True),
                        name="member_id_number_unique",
                        violation_error_message="There is already a member with this ID number.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="meeting",
            name="chair",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="chaired",
                to="meetings.member",
                verbose_name="chair",
            ),
        ),
        migrations.AddField(
            model_name="meeting",
            name="recorder",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="recorded",
                to="meetings.member",
                verbose_name="recorder",
            ),
        ),
        migrations.CreateModel(
            name="Leave",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("reason", models.CharField(max_length=100, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "Leave asked"),
                            ("granted", "Leave granted"),
                            ("refused", "Leave refused"),
                            ("withdrawn", "Leave withdrawn"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="answer")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="leaves",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaves",
                        to="meetings.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "leave",
                "verbose_name_plural": "leave",
                "ordering": ["-asked_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["asked", "granted", "refused", "withdrawn"])),
                        name="leave_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True),
                        name="leave_reason_present",
                        violation_error_message="A leave of absence names its reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["granted", "refused"]), _negated=True),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="leave_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("answer", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="leave_refused_with_a_sentence",
                        violation_error_message="Whoever refuses a leave says why.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("asked", "granted"))),
                        fields=("meeting", "member", "day"),
                        name="leave_once_a_meeting",
                        violation_error_message="You have asked leave for this meeting already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "presence",
                    models.CharField(
                        choices=[
                            ("present", "Present"),
                            ("late", "Late"),
                            ("excused", "Excused"),
                            ("absent", "Absent"),
                        ],
                        max_length=10,
                        verbose_name="presence",
                    ),
                ),
                ("checked_in_at", models.DateTimeField(verbose_name="checked in at")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_ins",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="check_ins",
                        to="meetings.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "check-in",
                "verbose_name_plural": "check-ins",
                "ordering": ["checked_in_at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "member", "day"), name="check_in_once_a_meeting"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("presence__in", ("present", "late"))), name="check_in_says_here"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("path", models.CharField(max_length=255, unique=True)),
                ("depth", models.PositiveIntegerField()),
                ("numchild", models.PositiveIntegerField(default=0)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("code", models.CharField(blank=True, db_index=True, max_length=40, verbose_name="code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("committee", "Party committee"),
                            ("general_branch", "General Party branch"),
                            ("branch", "Party branch"),
                            ("joint_branch", "Joint Party branch"),
                            ("temporary_branch", "Temporary Party branch"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("founded_on", models.DateField(verbose_name="founded on")),
                ("dissolved_on", models.DateField(blank=True, null=True, verbose_name="dissolved on")),
                ("term_start_on", models.DateField(blank=True, null=True, verbose_name="current term since")),
                (
                    "term_years",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="years of a term"),
                ),
                (
                    "has_leading_body",
                    models.BooleanField(
                        default=False, verbose_name="has a leading body that holds democratic-life meetings"
                    ),
                ),
                (
                    "parent_path",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Substr(
                            "path",
                            1,
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.functions.text.Length("path"), "-", models.Value(4)
                            ),
                        ),
                        output_field=models.CharField(max_length=255),
                    ),
                ),
            ],
            options={
                "verbose_name": "organization",
                "verbose_name_plural": "organizations",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["committee", "general_branch", "branch", "joint_branch", "temporary_branch"],
                            )
                        ),
                        name="organization_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="organization_name_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dissolved_on__isnull", True),
                            ("dissolved_on__gt", models.F("founded_on")),
                            _connector="OR",
                        ),
                        name="organization_dissolved_after_founded",
                        violation_error_message="An organization cannot be dissolved before it was founded.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("term_years__isnull", True), ("term_years__range", (1, 10)), _connector="OR"
                        ),
                        name="organization_term_years_sensible",
                    ),
                    models.UniqueConstraint(
                        fields=("parent_path", "name"),
                        name="organization_name_unique_among_siblings",
                        violation_error_message="There is already an organization of this name here.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="meeting",
            name="organization",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meetings",
                to="meetings.organization",
                verbose_name="branch",
            ),
        ),
        migrations.CreateModel(
            name="LedgerYear",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField(verbose_name="year")),
                ("through", models.DateField(verbose_name="written through")),
                ("is_frozen", models.BooleanField(default=False, verbose_name="stays as written")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="ledger_years",
                        to="meetings.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "year of the ledger",
                "verbose_name_plural": "years of the ledger",
                "ordering": ["organization_id", "year"],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "year"), name="ledger_year_once"),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (1950, 2200))), name="ledger_year_sensible"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HelpSign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("since", models.DateField(verbose_name="since the month of")),
                ("months", models.PositiveSmallIntegerField(verbose_name="months")),
                ("told_at", models.DateTimeField(verbose_name="told at")),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="meetings.member"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="meetings.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "sign that help is needed",
                "verbose_name_plural": "signs that help is needed",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "member", "since", "months"), name="help_sign_once_a_stage"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("months__in", (3, 4, 5))), name="help_sign_months_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deadline",
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
                        choices=[
                            ("year_plan", "Plan of the year"),
                            ("quarter_plan", "Plan of a quarter"),
                            ("plan_review", "Review of a plan"),
                            ("record", "Record of a meeting"),
                            ("record_review", "Review of a record"),
                            ("democratic_life_plan", "Plan of the democratic-life meeting"),
                            ("democratic_life_report", "Report of the democratic-life meeting"),
                            ("handbook", "Handbook of the year handed in"),
                            ("rectification", "Rectification of what was found"),
                            ("rectification_check", "Verification of a rectification"),
                        ],
                        max_length=60,
                        verbose_name="what is limited",
                    ),
                ),
                (
                    "amount",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="number",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("days", "Days"),
                            ("working_days", "Working days"),
                            ("day_of_month", "Day of a month"),
                        ],
                        max_length=12,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "month",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(24),
                        ],
                        verbose_name="month of the period",
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
                "verbose_name": "time limit",
                "verbose_name_plural": "time limits",
                "ordering": ["position", "code", "version"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="deadline_valid_to_after_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["article", "digest", "local"])),
                        name="deadline_confidence_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "version"),
                        name="deadline_national_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "version"),
                        name="deadline_local_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True), ("valid_to__isnull", True)),
                        fields=("code",),
                        name="deadline_national_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False), ("valid_to__isnull", True)),
                        fields=("owner", "code"),
                        name="deadline_local_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "valid_from"),
                        name="deadline_national_start_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "valid_from"),
                        name="deadline_local_start_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "code__in",
                                [
                                    "year_plan",
                                    "quarter_plan",
                                    "plan_review",
                                    "record",
                                    "record_review",
                                    "democratic_life_plan",
                                    "democratic_life_report",
                                    "handbook",
                                    "rectification",
                                    "rectification_check",
                                ],
                            )
                        ),
                        name="deadline_code_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["days", "working_days", "day_of_month"])),
                        name="deadline_unit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__range", (1, 366))),
                        name="deadline_amount_sensible",
                        violation_error_message="A time limit has between 1 and 366 days.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("month__isnull", False),
                                ("unit", "day_of_month"),
                                ("amount__lte", 31),
                                ("month__range", (1, 24)),
                            ),
                            models.Q(
                                models.Q(("unit", "day_of_month"), _negated=True), ("month__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="deadline_day_has_month",
                        violation_error_message="A day of a month needs the month (1 is the period's first) and a day up to 31; other units have no month.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("unit", "day_of_month"), _negated=True),
                            ("code__in", ("year_plan", "quarter_plan", "handbook")),
                            _connector="OR",
                        ),
                        name="deadline_day_of_a_period",
                        violation_error_message="This limit is counted from the day something happened: give days or working days.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="day")),
                (
                    "presence",
                    models.CharField(
                        choices=[
                            ("present", "Present"),
                            ("late", "Late"),
                            ("excused", "Excused"),
                            ("absent", "Absent"),
                        ],
                        default="present",
                        max_length=10,
                        verbose_name="presence",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="reason")),
                ("hard_bound", models.BooleanField(verbose_name="hard duty to attend")),
                ("has_vote", models.BooleanField(verbose_name="has a vote")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("web", "Entered here"),
                            ("import", "Imported"),
                            ("self", "Checked in by scanning"),
                        ],
                        default="web",
                        max_length=10,
                    ),
                ),
                ("caught_up_on", models.DateField(blank=True, null=True, verbose_name="caught up on")),
                (
                    "catch_up_note",
                    models.CharField(blank=True, max_length=200, verbose_name="how it was caught up"),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendances",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="meetings.member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="meetings.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "attendance",
                "verbose_name_plural": "attendances",
                "indexes": [
                    models.Index(fields=["organization", "day"], name="attendance_branch_day"),
                    models.Index(fields=["member", "-day"], name="attendance_member_day"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "member"), name="attendance_once_per_meeting"),
                    models.CheckConstraint(
                        condition=models.Q(("presence__in", ["present", "late", "excused", "absent"])),
                        name="attendance_presence_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["web", "import", "self"])),
                        name="attendance_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("source", "self"), _negated=True),
                            ("presence__in", ("present", "late")),
                            _connector="OR",
                        ),
                        name="attendance_self_says_here",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("presence", "excused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="attendance_excuse_has_reason",
                        violation_error_message="A leave of absence names its reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("caught_up_on__isnull", True),
                            models.Q(("presence__in", ("present", "late")), _negated=True),
                            _connector="OR",
                        ),
                        name="attendance_caught_up_when_away",
                        violation_error_message="Whoever was there has nothing to catch up on.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("caught_up_on__isnull", True),
                            ("caught_up_on__gte", models.F("day")),
                            _connector="OR",
                        ),
                        name="attendance_caught_up_afterwards",
                        violation_error_message="It is caught up on after the meeting.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("catch_up_note", ""), ("caught_up_on__isnull", False), _connector="OR"
                        ),
                        name="attendance_catch_up_note_has_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PartyGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("founded_on", models.DateField(verbose_name="founded on")),
                ("dissolved_on", models.DateField(blank=True, null=True, verbose_name="dissolved on")),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
                        to="meetings.organization",
                        verbose_name="branch",
                    ),
                ),
            ],
            options={
                "verbose_name": "Party group",
                "verbose_name_plural": "Party groups",
                "ordering": ["organization_id", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organization", "name"), name="group_name_unique_in_branch"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="group_name_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("dissolved_on__isnull", True),
                            ("dissolved_on__gt", models.F("founded_on")),
                            _connector="OR",
                        ),
                        name="group_dissolved_after_founded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                    "ended_because",
                    models.CharField(blank=True, max_length=200, verbose_name="reason for the end"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to="meetings.member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="meetings.organization",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="meetings.partygroup",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "ordering": ["member_id", "start_on"],
                "indexes": [
                    models.Index(fields=["organization", "start_on", "end_on"], name="membership_branch_days")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True), ("end_on__gte", models.F("start_on")), _connector="OR"
                        ),
                        name="membership_ends_after_start",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True)),
                        fields=("member",),
                        name="membership_one_open_per_member",
                    ),
                    models.UniqueConstraint(
                        fields=("member", "start_on"), name="membership_one_start_per_day"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="meeting",
            name="group",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="meetings",
                to="meetings.partygroup",
                verbose_name="Party group",
            ),
        ),
        migrations.CreateModel(
            name="Appointment",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("group_leader", "Group leader"),
                            ("secretary", "Branch secretary"),
                            ("reviewer", "Reviewer"),
                            ("administrator", "Administrator"),
                            ("system_officer", "System officer"),
                            ("security_officer", "Security officer"),
                            ("audit_officer", "Audit officer"),
                        ],
                        max_length=20,
                        verbose_name="role",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="appointments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="meetings.organization",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="meetings.partygroup",
                    ),
                ),
            ],
            options={
                "verbose_name": "appointment",
                "verbose_name_plural": "appointments",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True), ("end_on__gte", models.F("start_on")), _connector="OR"
                        ),
                        name="appointment_ends_after_start",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "group_leader",
                                    "secretary",
                                    "reviewer",
                                    "administrator",
                                    "system_officer",
                                    "security_officer",
                                    "audit_officer",
                                ],
                            )
                        ),
                        name="appointment_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("group__isnull", False), ("role", "group_leader")),
                            models.Q(
                                models.Q(("role", "group_leader"), _negated=True), ("group__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="appointment_group_leaders_only_have_group",
                        violation_error_message="A group leader leads one group; other roles have no group.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True), ("group__isnull", True)),
                        fields=("user", "organization", "role"),
                        name="appointment_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True), ("group__isnull", False)),
                        fields=("user", "group"),
                        name="appointment_group_open_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Post",
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
                    "title",
                    models.CharField(
                        choices=[
                            ("secretary", "Secretary"),
                            ("deputy", "Deputy secretary"),
                            ("organization", "Committee member for organization"),
                            ("publicity", "Committee member for publicity"),
                            ("discipline", "Committee member for discipline"),
                            ("member", "Committee member"),
                            ("youth", "Committee member for youth"),
                            ("united_front", "Committee member for united front"),
                        ],
                        max_length=20,
                        verbose_name="post",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="posts",
                        to="meetings.member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to="meetings.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "post",
                "verbose_name_plural": "posts",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True), ("end_on__gte", models.F("start_on")), _connector="OR"
                        ),
                        name="post_ends_after_start",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "title__in",
                                [
                                    "secretary",
                                    "deputy",
                                    "organization",
                                    "publicity",
                                    "discipline",
                                    "member",
                                    "youth",
                                    "united_front",
                                ],
                            )
                        ),
                        name="post_title_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True), ("title", "secretary")),
                        fields=("organization",),
                        name="post_one_secretary_at_a_time",
                        violation_error_message="The branch already has a secretary.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True)),
                        fields=("member", "organization", "title"),
                        name="post_held_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pulse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("at", models.DateTimeField()),
                ("facts", models.JSONField(default=dict)),
            ],
            options={
                "verbose_name": "pulse",
                "verbose_name_plural": "pulses",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="pulse_name_present"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("subject", models.BigIntegerField()),
                ("due_on", models.DateField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("due_soon", "Due soon"),
                            ("overdue", "Overdue"),
                            ("escalated", "Told to the organization above"),
                        ],
                        max_length=20,
                    ),
                ),
                ("falls_on", models.DateField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("in_app", "In the app"),
                            ("email", "E-mail"),
                            ("wecom", "WeCom group robot"),
                            ("dingtalk", "DingTalk group robot"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting to be sent"),
                            ("claimed", "Being sent"),
                            ("finalizing", "Handed over, answer unknown"),
                            ("sent", "Sent"),
                            ("resolved", "No longer needed"),
                            ("superseded", "Replaced by a later stage"),
                            ("dead", "Given up"),
                            ("held", "Answer unknown, held"),
                        ],
                        default="pending",
                        max_length=12,
                    ),
                ),
                ("planned_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "letter",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="meetings.letter",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to="meetings.organization",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminders",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder",
                "verbose_name_plural": "reminders",
                "indexes": [
                    models.Index(
                        condition=models.Q(("channel", "in_app"), ("state", "sent")),
                        fields=["source", "subject"],
                        name="reminder_current",
                    ),
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["letter"], name="reminder_unsent"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("recipient__isnull", False)),
                        fields=("source", "subject", "due_on", "recipient", "stage", "falls_on", "channel"),
                        name="reminder_announced_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="reminder_source_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("pending", "sent", "resolved", "superseded", "dead", "held"))
                        ),
                        name="reminder_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("stage__in", ["due_soon", "overdue", "escalated"])),
                        name="reminder_stage_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="reminder_sent_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=40)),
                ("values", models.JSONField(default=dict)),
                ("url", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(blank=True, null=True)),
                ("settled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reminder",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice",
                        to="meetings.reminder",
                    ),
                ),
            ],
            options={
                "verbose_name": "notice",
                "verbose_name_plural": "notices",
                "ordering": ["-created_at", "-id"],
                "indexes": [
                    models.Index(fields=["recipient", "-created_at"], name="notice_recipient"),
                    models.Index(
                        condition=models.Q(("read_at__isnull", True), ("settled_at__isnull", True)),
                        fields=["recipient"],
                        name="notice_unread",
                    ),
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["url"],
                        name="notice_current_url",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReminderPreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by_mail", models.BooleanField(default=True, verbose_name="by e-mail")),
                (
                    "digest_at",
                    models.TimeField(default=datetime.time(8, 30), verbose_name="time of the daily summary"),
                ),
                ("quiet_from", models.TimeField(default=datetime.time(20, 0), verbose_name="quiet from")),
                ("quiet_until", models.TimeField(default=datetime.time(8, 0), verbose_name="quiet until")),
                ("working_days_only", models.BooleanField(default=True, verbose_name="on working days only")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reminder_preference",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder preference",
                "verbose_name_plural": "reminder preferences",
            },
        ),
        migrations.CreateModel(
            name="ReminderRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, verbose_name="code")),
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
                    "before",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A\\d{1,3}(, ?\\d{1,3}){0,5}\\Z",
                                "Up to six whole numbers, such as “10, 3”.",
                            )
                        ],
                        verbose_name="before the due date",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("working_days", "Working days"), ("days", "Days"), ("months", "Months")],
                        default="working_days",
                        max_length=12,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "after",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="overdue after (working days)",
                    ),
                ),
                (
                    "every",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="then every (days)",
                    ),
                ),
                (
                    "times",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="times at most",
                    ),
                ),
                (
                    "above",
                    models.CharField(
                        blank=True,
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A\\d{1,3}(, ?\\d{1,3}){0,5}\\Z",
                                "Up to six whole numbers, such as “10, 3”.",
                            )
                        ],
                        verbose_name="told above after (working days)",
                    ),
                ),
                (
                    "when_unsure",
                    models.CharField(
                        choices=[
                            ("hold", "Not sent again; an administrator decides"),
                            ("resend", "Sent once more"),
                        ],
                        default="hold",
                        max_length=10,
                        verbose_name="mail without an answer",
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
                "verbose_name": "reminder rule",
                "verbose_name_plural": "reminder rules",
                "ordering": ["position", "code", "version"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="reminderrule_valid_to_after_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["article", "digest", "local"])),
                        name="reminderrule_confidence_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "version"),
                        name="reminderrule_national_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "version"),
                        name="reminderrule_local_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True), ("valid_to__isnull", True)),
                        fields=("code",),
                        name="reminderrule_national_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False), ("valid_to__isnull", True)),
                        fields=("owner", "code"),
                        name="reminderrule_local_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "valid_from"),
                        name="reminderrule_national_start_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "valid_from"),
                        name="reminderrule_local_start_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit__in", ["working_days", "days", "months"])),
                        name="reminderrule_unit_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("when_unsure__in", ["hold", "resend"])),
                        name="reminderrule_when_unsure_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("after__isnull", True), ("after__range", (1, 366)), _connector="OR"),
                            models.Q(("every__isnull", True), ("every__range", (1, 366)), _connector="OR"),
                            ("times__range", (1, 100)),
                        ),
                        name="reminderrule_repeats_sensibly",
                        violation_error_message="Days lie between 1 and 366, times between 1 and 100.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=60, verbose_name="code")),
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
                (
                    "minimum",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="times at least",
                    ),
                ),
                (
                    "bearer",
                    models.CharField(
                        choices=[
                            ("branch", "Each branch"),
                            ("group", "Each Party group"),
                            ("committee", "Committee"),
                        ],
                        max_length=10,
                        verbose_name="owed by",
                    ),
                ),
                (
                    "condition",
                    models.CharField(
                        choices=[
                            ("none", "Always"),
                            ("has_committee", "Seven or more full members"),
                            ("has_leading_body", "Flagged as having a leading body"),
                        ],
                        default="none",
                        max_length=20,
                        verbose_name="owed if",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="days of grace",
                    ),
                ),
                (
                    "shares_event",
                    models.BooleanField(default=True, verbose_name="an event of several kinds counts"),
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
                "verbose_name": "requirement",
                "verbose_name_plural": "requirements",
                "ordering": ["position", "code", "version"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="requirement_valid_to_after_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["article", "digest", "local"])),
                        name="requirement_confidence_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "version"),
                        name="requirement_national_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "version"),
                        name="requirement_local_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True), ("valid_to__isnull", True)),
                        fields=("code",),
                        name="requirement_national_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False), ("valid_to__isnull", True)),
                        fields=("owner", "code"),
                        name="requirement_local_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "valid_from"),
                        name="requirement_national_start_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "valid_from"),
                        name="requirement_local_start_once",
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
                                ],
                            )
                        ),
                        name="requirement_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period__in", ["month", "quarter", "half", "year"])),
                        name="requirement_period_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bearer__in", ["branch", "group", "committee"])),
                        name="requirement_bearer_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("condition__in", ["none", "has_committee", "has_leading_body"])),
                        name="requirement_condition_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__gte", 1)),
                        name="requirement_minimum_positive",
                        violation_error_message="A requirement asks for at least one meeting.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Obligation",
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
                ("due_on", models.DateField(verbose_name="due on")),
                ("needed", models.PositiveSmallIntegerField(verbose_name="needed")),
                (
                    "shares_event",
                    models.BooleanField(default=True, verbose_name="an event of several kinds counts"),
                ),
                ("counted", models.PositiveSmallIntegerField(default=0, verbose_name="held")),
                ("accepted", models.PositiveSmallIntegerField(default=0, verbose_name="accepted")),
                ("waived_at", models.DateTimeField(blank=True, null=True, verbose_name="waived")),
                (
                    "waiver_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="reason for the waiver"),
                ),
                (
                    "waived_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obligations",
                        to="meetings.organization",
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obligations",
                        to="meetings.partygroup",
                    ),
                ),
                (
                    "requirement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="obligations",
                        to="meetings.requirement",
                    ),
                ),
            ],
            options={
                "verbose_name": "obligation",
                "verbose_name_plural": "obligations",
                "ordering": ["due_on", "organization_id", "id"],
                "indexes": [
                    models.Index(fields=["organization", "period_start", "kind"], name="obligation_matrix"),
                    models.Index(
                        condition=models.Q(("counted__lt", models.F("needed")), ("waived_at__isnull", True)),
                        fields=["due_on"],
                        name="obligation_unmet_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", True)),
                        fields=("organization", "kind", "period_start"),
                        name="obligation_once_per_branch",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("group__isnull", False)),
                        fields=("group", "kind", "period_start"),
                        name="obligation_once_per_group",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("needed__gte", 1)), name="obligation_needs_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_on__gte", models.F("period_end")),
                            ("period_end__gte", models.F("period_start")),
                        ),
                        name="obligation_dates_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("waived_at__isnull", True),
                                ("waived_by__isnull", True),
                                ("waiver_reason", ""),
                            ),
                            models.Q(
                                ("waived_at__isnull", False),
                                ("waived_by__isnull", False),
                                models.Q(("waiver_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="obligation_waiver_explained",
                        violation_error_message="A waiver names its reason and who granted it.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resolution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("general", "Resolution of the general meeting"),
                            ("committee", "Decision of the branch committee"),
                            ("admission", "Admission of a probationary member"),
                            ("turning_full", "Turning full member"),
                            ("election", "Election"),
                            ("exclusion", "Leaving members out of the count"),
                            ("democratic_life", "Decision of the democratic-life meeting"),
                        ],
                        max_length=20,
                        verbose_name="kind of vote",
                    ),
                ),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("text", models.TextField(blank=True, verbose_name="text of the resolution")),
                ("about", models.CharField(blank=True, max_length=60, verbose_name="person")),
                ("is_secret", models.BooleanField(default=False, verbose_name="secret ballot")),
                ("seats", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seats")),
                ("expected", models.PositiveSmallIntegerField(null=True, verbose_name="expected voters")),
                ("present", models.PositiveSmallIntegerField(null=True, verbose_name="voters present")),
                ("written", models.PositiveSmallIntegerField(default=0, verbose_name="written opinions")),
                ("yes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="in favour")),
                ("no", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="against")),
                (
                    "abstain",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="abstentions"),
                ),
                ("needed_present", models.PositiveSmallIntegerField(null=True, verbose_name="voters needed")),
                ("needed_yes", models.PositiveSmallIntegerField(null=True, verbose_name="votes needed")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[("invalid", "Invalid"), ("carried", "Carried"), ("lost", "Not carried")],
                        max_length=10,
                        verbose_name="result",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="to be done by")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resolutions",
                        to="meetings.meeting",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resolutions",
                        to="meetings.member",
                        verbose_name="responsible",
                    ),
                ),
            ],
            options={
                "verbose_name": "resolution",
                "verbose_name_plural": "resolutions",
                "ordering": ["meeting_id", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "number"), name="resolution_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ("admission", "turning_full"))),
                        fields=("meeting", "kind", "about"),
                        name="resolution_one_vote_a_person",
                        violation_error_message="This person is put to the vote at this meeting already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "general",
                                    "committee",
                                    "admission",
                                    "turning_full",
                                    "election",
                                    "exclusion",
                                    "democratic_life",
                                ],
                            )
                        ),
                        name="resolution_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", ""), _negated=True), name="resolution_subject_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ("admission", "turning_full")),
                                models.Q(("about", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("kind__in", ("admission", "turning_full")), _negated=True),
                                ("about", ""),
                            ),
                            _connector="OR",
                        ),
                        name="resolution_about_one_person",
                        violation_error_message="Admission and turning full are voted on one person at a time.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "election"), ("seats__gte", 1), ("seats__isnull", False)),
                            models.Q(models.Q(("kind", "election"), _negated=True), ("seats__isnull", True)),
                            _connector="OR",
                        ),
                        name="resolution_seats_of_an_election",
                        violation_error_message="An election has at least one seat.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("expected__isnull", True), ("present__isnull", True), ("written", 0)),
                            models.Q(("expected__isnull", False), ("present__isnull", False)),
                            _connector="OR",
                        ),
                        name="resolution_voters_known_together",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expected__isnull", True),
                            ("present__lte", models.F("expected")),
                            _connector="OR",
                        ),
                        name="resolution_present_within_expected",
                        violation_error_message="More voters present than expected.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expected__isnull", True),
                            (
                                "written__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("expected"), "-", models.F("present")
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="resolution_written_by_absent_voters",
                        violation_error_message="Written opinions come from absent voters only.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("written", 0), ("kind__in", ("admission", "turning_full")), _connector="OR"
                        ),
                        name="resolution_written_for_one_person_only",
                        violation_error_message="Written opinions do not count in this vote.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("abstain__isnull", True), ("no__isnull", True), ("yes__isnull", True)),
                            models.Q(
                                ("abstain__isnull", False),
                                ("no__isnull", False),
                                ("yes__isnull", False),
                                ("present__isnull", False),
                                models.Q(("kind", "election"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="resolution_votes_counted_together",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("yes__isnull", True),
                            (
                                "yes__lte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("present"), "+", models.F("written")
                                        ),
                                        "-",
                                        models.F("no"),
                                    ),
                                    "-",
                                    models.F("abstain"),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="resolution_votes_within_voters",
                        violation_error_message="More votes than voters present.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "invalid", "carried", "lost"])),
                        name="resolution_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", ""),
                            models.Q(
                                ("needed_present__isnull", False),
                                ("needed_yes__isnull", False),
                                ("present__isnull", False),
                                models.Q(
                                    ("kind", "election"),
                                    models.Q(
                                        ("abstain__isnull", False),
                                        ("no__isnull", False),
                                        ("yes__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="resolution_outcome_rests_on_votes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", "carried"), _negated=True),
                            models.Q(
                                ("present__gte", models.F("needed_present")),
                                models.Q(
                                    ("kind", "election"),
                                    ("yes__gte", models.F("needed_yes")),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="resolution_carried_by_votes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
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
                            ("no_will", "Too ill to express a will"),
                            ("abroad", "Abroad at own expense for half a year or more"),
                            ("detained", "Detained or serving a sentence"),
                            ("long_ill", "Bedridden or ill for long, unable to attend"),
                            ("not_transferred", "Away for more than six months and should have transferred"),
                            ("retired_away", "Retired and moved home (elections only)"),
                        ],
                        max_length=20,
                        verbose_name="reason",
                    ),
                ),
                ("explanation", models.CharField(max_length=300, verbose_name="explanation")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Waiting for the upper organization"),
                            ("approved", "Approved, not adopted yet"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("adopted", "Adopted by the meeting"),
                            ("ended", "Ended"),
                        ],
                        default="requested",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("requested_at", models.DateTimeField(verbose_name="requested at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("opinion", models.CharField(blank=True, max_length=300, verbose_name="opinion")),
                ("start_on", models.DateField(blank=True, null=True, verbose_name="out of the count from")),
                ("end_on", models.DateField(blank=True, null=True, verbose_name="last day out of the count")),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exclusions",
                        to="meetings.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exclusions",
                        to="meetings.organization",
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="exclusions",
                        to="meetings.resolution",
                    ),
                ),
            ],
            options={
                "verbose_name": "member left out of the count",
                "verbose_name_plural": "members left out of the count",
                "ordering": ["-requested_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "no_will",
                                    "abroad",
                                    "detained",
                                    "long_ill",
                                    "not_transferred",
                                    "retired_away",
                                ],
                            )
                        ),
                        name="exclusion_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["requested", "approved", "refused", "withdrawn", "adopted", "ended"],
                            )
                        ),
                        name="exclusion_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("explanation", ""), _negated=True), name="exclusion_explained"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ("approved", "adopted", "ended", "refused")), _negated=True
                            ),
                            models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="exclusion_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by__isnull", True),
                            models.Q(("decided_by", models.F("requested_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="exclusion_decided_by_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("start_on__isnull", False), ("state__in", ("adopted", "ended"))),
                            models.Q(
                                models.Q(("state__in", ("adopted", "ended")), _negated=True),
                                ("end_on__isnull", True),
                                ("start_on__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="exclusion_in_force_has_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True), ("end_on__gte", models.F("start_on")), _connector="OR"
                        ),
                        name="exclusion_ends_after_start",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "ended"), _negated=True),
                            ("end_on__isnull", False),
                            _connector="OR",
                        ),
                        name="exclusion_ended_has_end",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("requested", "approved", "adopted"))),
                        fields=("organization", "member"),
                        name="exclusion_once_under_way",
                        violation_error_message="There is a request or a decision about this member already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Candidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("yes", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="in favour")),
                ("no", models.PositiveSmallIntegerField(default=0, verbose_name="against")),
                ("abstain", models.PositiveSmallIntegerField(default=0, verbose_name="abstentions")),
                ("written_in", models.BooleanField(default=False, verbose_name="written in by voters")),
                ("elected", models.BooleanField(default=False, verbose_name="elected")),
                (
                    "resolution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="candidates",
                        to="meetings.resolution",
                    ),
                ),
            ],
            options={
                "verbose_name": "candidate",
                "verbose_name_plural": "candidates",
                "ordering": ["resolution_id", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="candidate_name_present"
                    ),
                    models.UniqueConstraint(
                        fields=("resolution", "name"),
                        name="candidate_once_an_election",
                        violation_error_message="This candidate stands on the list already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("elected", False),
                            models.Q(("yes__gte", 1), ("yes__isnull", False)),
                            _connector="OR",
                        ),
                        name="candidate_elected_by_votes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Robot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("wecom", "WeCom group robot"), ("dingtalk", "DingTalk group robot")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=60, verbose_name="name of the group")),
                ("url", branchlife.sealing.SealedField(max_length=300, verbose_name="address of the robot")),
                (
                    "secret",
                    branchlife.sealing.SealedField(blank=True, max_length=100, verbose_name="signing secret"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("added_at", models.DateTimeField(verbose_name="added")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="robots",
                        to="meetings.organization",
                        verbose_name="organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "group robot",
                "verbose_name_plural": "group robots",
                "ordering": ["organization__path", "name", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("channel__in", ["wecom", "dingtalk"])), name="robot_channel_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="robot_name_present"
                    ),
                    models.UniqueConstraint(
                        fields=("organization", "name"),
                        name="robot_name_once",
                        violation_error_message="There is a robot of this name already.",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="reminder",
            name="robot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="meetings.robot",
            ),
        ),
        migrations.AddField(
            model_name="letter",
            name="robot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="letters",
                to="meetings.robot",
            ),
        ),
        migrations.CreateModel(
            name="Snooze",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("source", models.CharField(max_length=40)),
                ("subject", models.BigIntegerField()),
                ("due_on", models.DateField()),
                ("until", models.DateField(verbose_name="remind me again on")),
                ("reason", models.CharField(max_length=200, verbose_name="reason")),
                ("made_on", models.DateField()),
                ("made_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="snoozes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "put-off reminder",
                "verbose_name_plural": "put-off reminders",
                "ordering": ["-made_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="snooze_reason_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("made_on"))), name="snooze_ends_later"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("user", "source", "subject", "due_on"),
                        name="snooze_one_open",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Standing",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("mobile", "Mobile member"),
                            ("frail", "Old, frail or gravely ill"),
                            ("probation_within_party", "On probation within the Party"),
                            ("detained", "Rights suspended (detained)"),
                            ("abroad", "Abroad"),
                            ("lost_contact", "Lost contact"),
                            ("transferring", "Transferred out, not yet received"),
                        ],
                        max_length=30,
                        verbose_name="standing",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason or decision")),
                (
                    "ended_because",
                    models.CharField(blank=True, max_length=200, verbose_name="reason for the end"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standings",
                        to="meetings.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "standing",
                "verbose_name_plural": "standings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("end_on__isnull", True), ("end_on__gte", models.F("start_on")), _connector="OR"
                        ),
                        name="standing_ends_after_start",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                [
                                    "mobile",
                                    "frail",
                                    "probation_within_party",
                                    "detained",
                                    "abroad",
                                    "lost_contact",
                                    "transferring",
                                ],
                            )
                        ),
                        name="standing_kind_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("end_on__isnull", True)),
                        fields=("member", "kind"),
                        name="standing_one_open_of_a_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("leaves_on", models.DateField(verbose_name="transferred from")),
                (
                    "received_on",
                    models.DateField(blank=True, null=True, verbose_name="first day in the receiving branch"),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Waiting to be received"),
                            ("accepted", "Received"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "opinion",
                    models.CharField(blank=True, max_length=200, verbose_name="reason for returning it"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "from_organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers_out",
                        to="meetings.organization",
                        verbose_name="old branch",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="meetings.member",
                        verbose_name="member",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "to_organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers_in",
                        to="meetings.organization",
                        verbose_name="receiving branch",
                    ),
                ),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "ordering": ["-proposed_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "accepted", "returned", "withdrawn"])),
                        name="transfer_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("from_organization", models.F("to_organization")), _negated=True),
                        name="transfer_between_two_branches",
                        violation_error_message="The member is in this branch already.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("member",),
                        name="transfer_one_open_per_member",
                        violation_error_message="A transfer of this member is under way already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state", "proposed"),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                            ),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="transfer_decided_has_who_and_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("received_on__gte", models.F("leaves_on")),
                                ("received_on__isnull", False),
                                ("state", "accepted"),
                            ),
                            models.Q(
                                models.Q(("state", "accepted"), _negated=True), ("received_on__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="transfer_accepted_has_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "returned"), _negated=True),
                            models.Q(("opinion", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="transfer_returned_has_reason",
                        violation_error_message="Say why the transfer is returned.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="VoteRule",
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
                        choices=[
                            ("general", "Resolution of the general meeting"),
                            ("committee", "Decision of the branch committee"),
                            ("admission", "Admission of a probationary member"),
                            ("turning_full", "Turning full member"),
                            ("election", "Election"),
                            ("exclusion", "Leaving members out of the count"),
                            ("democratic_life", "Decision of the democratic-life meeting"),
                        ],
                        max_length=60,
                        verbose_name="kind of vote",
                    ),
                ),
                ("quorum_part", models.PositiveSmallIntegerField(verbose_name="quorum: part")),
                ("quorum_whole", models.PositiveSmallIntegerField(verbose_name="quorum: of")),
                ("quorum_strict", models.BooleanField(default=False, verbose_name="quorum: more than that")),
                ("majority_part", models.PositiveSmallIntegerField(default=1, verbose_name="majority: part")),
                ("majority_whole", models.PositiveSmallIntegerField(default=2, verbose_name="majority: of")),
                (
                    "majority_strict",
                    models.BooleanField(default=True, verbose_name="majority: more than that"),
                ),
                (
                    "majority_of_present",
                    models.BooleanField(default=False, verbose_name="majority of those present"),
                ),
                ("takes_written", models.BooleanField(default=False, verbose_name="written opinions count")),
                (
                    "surplus",
                    models.CharField(
                        choices=[("warn", "Say so"), ("refuse", "Refuse it")],
                        default="warn",
                        max_length=10,
                        verbose_name="too few candidates",
                    ),
                ),
                (
                    "leaves_out",
                    models.JSONField(
                        blank=True, default=list, verbose_name="reasons to be left out of the count"
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
                "verbose_name": "voting rule",
                "verbose_name_plural": "voting rules",
                "ordering": ["position", "code", "version"],
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="voterule_valid_to_after_from",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__in", ["article", "digest", "local"])),
                        name="voterule_confidence_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "version"),
                        name="voterule_national_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "version"),
                        name="voterule_local_version_unique",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True), ("valid_to__isnull", True)),
                        fields=("code",),
                        name="voterule_national_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False), ("valid_to__isnull", True)),
                        fields=("owner", "code"),
                        name="voterule_local_open_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", True)),
                        fields=("code", "valid_from"),
                        name="voterule_national_start_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("owner__isnull", False)),
                        fields=("owner", "code", "valid_from"),
                        name="voterule_local_start_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "code__in",
                                [
                                    "general",
                                    "committee",
                                    "admission",
                                    "turning_full",
                                    "election",
                                    "exclusion",
                                    "democratic_life",
                                ],
                            )
                        ),
                        name="voterule_code_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("surplus__in", ["warn", "refuse"])), name="voterule_surplus_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("quorum_part__gte", 1), ("quorum_part__lte", models.F("quorum_whole"))
                        ),
                        name="voterule_quorum_is_a_share",
                        violation_error_message="A share is between nothing and everything, such as 1 of 2.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("majority_part__gte", 1), ("majority_part__lte", models.F("majority_whole"))
                        ),
                        name="voterule_majority_is_a_share",
                        violation_error_message="A share is between nothing and everything, such as 1 of 2.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("takes_written", False),
                            ("code__in", ("admission", "turning_full")),
                            _connector="OR",
                        ),
                        name="voterule_written_for_one_person_only",
                        violation_error_message="Written opinions count at admission and turning full only.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WrittenOpinion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received_on", models.DateField(verbose_name="handed in on")),
                ("recorded_at", models.DateTimeField(editable=False)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="written_opinions",
                        to="meetings.member",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "resolution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="opinions",
                        to="meetings.resolution",
                    ),
                ),
            ],
            options={
                "verbose_name": "written opinion",
                "verbose_name_plural": "written opinions",
                "ordering": ["resolution_id", "received_on", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("resolution", "member"),
                        name="written_opinion_once_a_member",
                        violation_error_message="This member has handed in an opinion already.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("made_at", models.DateTimeField()),
                ("read_on", models.DateField(null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_feed",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "calendar feed",
                "verbose_name_plural": "calendar feeds",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("digest", ""), _negated=True), name="calendar_feed_has_digest"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delegation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_on", models.DateField(verbose_name="from")),
                ("end_on", models.DateField(verbose_name="to")),
                ("reason", models.CharField(blank=True, max_length=100, verbose_name="reason")),
                ("given_at", models.DateTimeField(verbose_name="given")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                (
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations",
                        to="meetings.appointment",
                        verbose_name="role",
                    ),
                ),
                (
                    "deputy",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_received",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="to",
                    ),
                ),
                (
                    "grantor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="delegations_given",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="from",
                    ),
                ),
            ],
            options={
                "verbose_name": "delegation",
                "verbose_name_plural": "delegations",
                "ordering": ["-start_on", "-id"],
                "indexes": [models.Index(fields=["deputy", "end_on"], name="delegation_deputy")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end_on__gte", models.F("start_on"))),
                        name="delegation_ends_after_start",
                        violation_error_message="The end lies before the beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grantor", models.F("deputy")), _negated=True),
                        name="delegation_to_somebody_else",
                        violation_error_message="Choose somebody else.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at__isnull", True)),
                        fields=("appointment", "deputy", "start_on"),
                        name="delegation_given_once",
                        violation_error_message="You have delegated this already from that day on.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("docx", "Word"),
                            ("xlsx", "Excel"),
                            ("pptx", "PowerPoint"),
                            ("jpg", "JPG"),
                            ("png", "PNG"),
                        ],
                        max_length=4,
                        verbose_name="type",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("size", models.PositiveIntegerField(verbose_name="size")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded at")),
                (
                    "uploaded_by",
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
                        related_name="attachments",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "digest"), name="attachment_once_per_meeting"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["pdf", "docx", "xlsx", "pptx", "jpg", "png"])),
                        name="attachment_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="attachment_name_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="attachment_size_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Addendum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("text", models.TextField(verbose_name="correction")),
                ("author_name", models.CharField(max_length=60)),
                ("written_at", models.DateTimeField(verbose_name="written at")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addenda",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "addendum",
                "verbose_name_plural": "addenda",
                "ordering": ["meeting_id", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("meeting", "number"), name="addendum_number_once_a_meeting"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="addendum_number_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="addendum_text_present"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingPart",
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
                ("counts_for", models.DateField(verbose_name="counts for the period of")),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="parts",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of a meeting",
                "verbose_name_plural": "kinds of a meeting",
                "ordering": ["id"],
                "indexes": [models.Index(fields=["kind", "counts_for"], name="meeting_part_counts")],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "kind"), name="meeting_part_kind_once"),
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
                        name="meeting_part_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeetingStep",
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
                ("code", models.CharField(max_length=40, verbose_name="code")),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("before", "Before"),
                            ("meeting", "At the meeting"),
                            ("after", "Afterwards"),
                        ],
                        max_length=10,
                        verbose_name="phase",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                ("title", models.CharField(max_length=100, verbose_name="step")),
                ("done_on", models.DateField(blank=True, null=True, verbose_name="done on")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "done_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "meeting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="meetings.meeting",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a meeting",
                "verbose_name_plural": "steps of a meeting",
                "ordering": ["meeting_id", "position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("meeting", "kind", "code"), name="meeting_step_once"),
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
                        name="meeting_step_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("phase__in", ["before", "meeting", "after"])),
                        name="meeting_step_phase_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="meeting_step_title_present"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_by__isnull", True), ("done_on__isnull", True)),
                            models.Q(("done_by__isnull", False), ("done_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="meeting_step_done_by_somebody",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="meeting",
            index=models.Index(fields=["organization", "-day"], name="meeting_branch_day"),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("robot__isnull", False)),
                fields=("source", "subject", "due_on", "robot", "stage", "falls_on"),
                name="reminder_announced_once_to_a_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="reminder",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("channel", "in_app"), ("letter", None), ("recipient__isnull", False), ("robot", None)
                    ),
                    models.Q(
                        ("channel", "email"),
                        ("letter__isnull", False),
                        ("recipient__isnull", False),
                        ("robot", None),
                    ),
                    models.Q(
                        ("channel__in", ["wecom", "dingtalk"]),
                        ("letter__isnull", False),
                        ("recipient", None),
                        ("robot__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="reminder_reaches_somebody_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "email"), ("recipient__isnull", False), ("robot__isnull", True)),
                    models.Q(
                        ("channel__in", ["wecom", "dingtalk"]),
                        ("recipient__isnull", True),
                        ("robot__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="letter_to_a_person_or_a_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("robot__isnull", False)),
                fields=("robot", "day"),
                name="letter_once_a_day_to_a_group",
            ),
        ),
    ]
    operations = in_one_step(operations)
