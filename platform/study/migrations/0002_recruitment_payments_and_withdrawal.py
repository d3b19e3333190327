"""Recruiting tasks and their codes, plans of payment, receipts of withdrawal."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("study", "0001_participants_and_protocols"),
    ]

    operations = [
        migrations.AddField(
            model_name="participation",
            name="active_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="participation",
            name="cohort",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="study",
            name="budget_hard",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name="study",
            name="budget_soft",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True),
        ),
        migrations.AlterField(
            model_name="participation",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("completed", "Completed"),
                    ("partner_left", "Partner left"),
                    ("left_early", "Left early"),
                    ("failed_training", "Did not pass the training"),
                    ("passed_training", "Passed the training"),
                    ("no_match", "No partner found"),
                    ("safety_exit", "Safety exit"),
                    ("technical_failure", "Technical failure"),
                    ("no_consent", "No consent"),
                    ("withdrawn", "Withdrawn"),
                    ("timed_out", "Time ran out"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="ExternalSubmission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("encrypted", models.BinaryField()),
                (
                    "participation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="external_submission",
                        to="study.participation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("earned", models.DecimalField(decimal_places=2, max_digits=8)),
                ("paid_by_site", models.DecimalField(decimal_places=2, max_digits=8)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=8)),
                ("id_hash", models.CharField(max_length=64)),
                ("paid_at", models.DateTimeField(blank=True, null=True)),
                (
                    "participation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="study.participation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_line",
                        to="study.ledgerentry",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="study.paymentitem",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentPlan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=30)),
                ("currency", models.CharField(max_length=3)),
                ("file_sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_plans",
                        to="study.study",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="paymentitem",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="study.paymentplan"
            ),
        ),
        migrations.CreateModel(
            name="Recruitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("provider", models.CharField(max_length=30)),
                (
                    "part",
                    models.CharField(
                        choices=[
                            ("whole", "whole"),
                            ("training", "training"),
                            ("supporter", "supporter"),
                            ("seeker", "seeker"),
                        ],
                        default="whole",
                        max_length=12,
                    ),
                ),
                ("reward", models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ("finish_url", models.CharField(blank=True, max_length=500)),
                ("person_parameter", models.CharField(blank=True, max_length=60)),
                ("session_parameter", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recruitments",
                        to="study.study",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CompletionCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("completed", "Completed"),
                            ("partner_left", "Partner left"),
                            ("left_early", "Left early"),
                            ("failed_training", "Did not pass the training"),
                            ("passed_training", "Passed the training"),
                            ("no_match", "No partner found"),
                            ("safety_exit", "Safety exit"),
                            ("technical_failure", "Technical failure"),
                            ("no_consent", "No consent"),
                            ("withdrawn", "Withdrawn"),
                            ("timed_out", "Time ran out"),
                        ],
                        max_length=20,
                    ),
                ),
                ("code", models.CharField(max_length=64)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("approve", "approve"),
                            ("review", "review"),
                            ("screen_out", "screen_out"),
                            ("return", "return"),
                        ],
                        max_length=12,
                    ),
                ),
                ("pays", models.DecimalField(decimal_places=2, max_digits=8)),
                (
                    "recruitment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="study.recruitment",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="participation",
            name="recruitment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="participations",
                to="study.recruitment",
            ),
        ),
        migrations.CreateModel(
            name="ResumeCode",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code_hash", models.CharField(max_length=64, unique=True)),
                (
                    "participation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resume_code",
                        to="study.participation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=20, unique=True)),
                ("at", models.DateTimeField()),
                ("erased", models.JSONField()),
                ("identity_erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "participant",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="withdrawal",
                        to="study.participant",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="paymentitem",
            constraint=models.UniqueConstraint(
                fields=("plan", "participation"), name="payment_once_per_plan"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0), ("earned__gte", 0), ("paid_by_site__gte", 0)),
                name="payment_amounts_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="recruitment",
            constraint=models.UniqueConstraint(
                fields=("study", "provider", "part"), name="recruitment_once_per_part"
            ),
        ),
        migrations.AddConstraint(
            model_name="recruitment",
            constraint=models.CheckConstraint(
                condition=models.Q(("part__in", ["whole", "training", "supporter", "seeker"])),
                name="recruitment_part_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="recruitment",
            constraint=models.CheckConstraint(
                condition=models.Q(("reward__gte", 0)), name="recruitment_reward_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="completioncode",
            constraint=models.UniqueConstraint(
                fields=("recruitment", "outcome"), name="completion_code_per_outcome"
            ),
        ),
        migrations.AddConstraint(
            model_name="completioncode",
            constraint=models.CheckConstraint(
                condition=models.Q(("action__in", ["approve", "review", "screen_out", "return"])),
                name="completion_code_action_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="completioncode",
            constraint=models.CheckConstraint(
                condition=models.Q(("pays__gte", 0)), name="completion_code_pays_not_negative"
            ),
        ),
    ]
