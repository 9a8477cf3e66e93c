from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0006_picture_ai")]

    operations = [
        migrations.AddField(
            model_name="tombstone",
            name="rest",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
