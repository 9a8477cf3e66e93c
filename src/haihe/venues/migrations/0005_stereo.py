from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("venues", "0004_media_file")]

    operations = [
        migrations.AddField(
            model_name="panorama",
            name="layout",
            field=models.CharField(
                blank=True,
                choices=[
                    ("mono", "one picture for both eyes"),
                    ("top-bottom", "stereo, one above the other"),
                    ("left-right", "stereo, side by side"),
                ],
                default="",
                max_length=12,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="panorama",
            name="swapped",
            field=models.BooleanField(default=False),
        ),
    ]
