from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0006_live_entries")]

    operations = [
        migrations.AlterField(model_name="placement", name="nearest", field=models.PositiveIntegerField(db_index=True)),
    ]
