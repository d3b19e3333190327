from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0001_conversations"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="utterance",
            index=models.Index(
                condition=models.Q(
                    ("feedback_request__isnull", True), models.Q(("strategy", ""), _negated=True)
                ),
                fields=["conversation"],
                name="utterance_unrated",
            ),
        ),
    ]
