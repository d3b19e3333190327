from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("study", "0005_safety_monitoring_and_retention")]

    operations = [
        migrations.CreateModel(
            name="AttemptWindow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key_hash", models.CharField(max_length=64, unique=True)),
                ("since", models.DateTimeField(db_index=True)),
                ("count", models.PositiveIntegerField(default=0)),
            ],
        ),
    ]
