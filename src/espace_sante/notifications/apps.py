from django.apps import AppConfig


class Config(AppConfig):
    name = "espace_sante.notifications"
    label = "notifications"
