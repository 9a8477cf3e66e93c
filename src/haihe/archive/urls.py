"""Addresses of the archive behind the edge."""

from django.urls import path

from haihe.archive import views

urlpatterns = [
    path("-/rights/", views.rights),
    path("-/rights/programs", views.programs),
    path("-/rights/derive", views.derive),
]
