import django.db.models.deletion
from django.db import migrations, models

import haihe.venues.domain.codes


class Migration(migrations.Migration):
    dependencies = [
        ("city", "0002_traditional_names"),
        ("releases", "0002_derived_from"),
        ("voices", "0001_initial"),
        ("venues", "0005_stereo"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lesson",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "code",
                    models.CharField(
                        default=haihe.venues.domain.codes.new_code, editable=False, max_length=12, unique=True
                    ),
                ),
                ("open", models.BooleanField(default=True, verbose_name="annotations are taken")),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="city.organisation",
                        verbose_name="organisation",
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        limit_choices_to={"kind__in": ("tour", "exhibition"), "state": "published"},
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="releases.publication",
                        verbose_name="tour or exhibition",
                    ),
                ),
            ],
            options={"verbose_name": "class", "verbose_name_plural": "classes", "ordering": ["-made_at"]},
        ),
        migrations.CreateModel(
            name="Annotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=90)),
                ("x", models.PositiveSmallIntegerField()),
                ("y", models.PositiveSmallIntegerField()),
                ("width", models.PositiveSmallIntegerField(default=0)),
                ("height", models.PositiveSmallIntegerField(default=0)),
                ("key", models.CharField(default=haihe.venues.domain.codes.new_key, max_length=32)),
                (
                    "lesson",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="annotations", to="venues.lesson"
                    ),
                ),
                (
                    "voice",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="voices.voice"),
                ),
            ],
        ),
    ]
