from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0004_conversation_list_indexes"),
        ("study", "0004_ledger_entry_about_a_conversation"),
    ]

    operations = [
        migrations.AlterField(
            model_name="prechatsurvey",
            name="participation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=models.deletion.PROTECT,
                related_name="pre_chat_surveys",
                to="study.participation",
            ),
        ),
        migrations.AddField(
            model_name="prechatsurvey",
            name="carried_over",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="prechatsurvey",
            constraint=models.UniqueConstraint(
                condition=models.Q(("conversation__isnull", True)),
                fields=("participation",),
                name="pre_chat_one_waiting",
            ),
        ),
    ]
