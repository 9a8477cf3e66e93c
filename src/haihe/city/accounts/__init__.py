"""Accounts: one sign-in for the portal's people and Wagtail's admin, by django-allauth."""
