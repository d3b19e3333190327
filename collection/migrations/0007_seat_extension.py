from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collection", "0006_safety_cases")]

    operations = [
        migrations.AddField(
            model_name="seat",
            name="extended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
