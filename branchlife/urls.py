from django.conf import settings
from django.urls import include, path

from branchlife import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("i18n/", include("django.conf.urls.i18n")),
]
