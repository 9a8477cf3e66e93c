from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("archive", "0005_tombstone_outlives_its_organisation")]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="ai",
            field=models.CharField(
                blank=True,
                choices=[("generated", "made by AI"), ("assisted", "changed by AI, or with parts made by it")],
                default="",
                help_text="Every file that leaves then carries the label that the law asks for (GB 45438-2025).",
                max_length=10,
                verbose_name="artificial intelligence",
            ),
        ),
    ]
