from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "haihe.base.desk"
    label = "desk"
    verbose_name = "staff's side"
