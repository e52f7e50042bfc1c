from django.urls import include, path

from branchlife import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("i18n/setlang/", views.set_language, name="set_language"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("", include("meetings.urls")),
    path("", include("reviews.urls")),
]
