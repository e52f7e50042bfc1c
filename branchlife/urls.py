from django.urls import include, path

from branchlife import views
from branchlife.views import second_factor, security

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("i18n/setlang/", views.set_language, name="set_language"),
    path("sign-out/", views.SignOut.as_view(), name="sign_out"),
    path("security/", security.security, name="security"),
    path("security/sessions/<int:pk>/end/", security.session_end, name="session_end"),
    path("security/sessions/end-others/", security.sessions_end_others, name="sessions_end_others"),
    path("security/touch/", security.session_touch, name="session_touch"),
    path("security/code/", second_factor.check, name="second_factor_check"),
    path("security/set-up/", second_factor.set_up, name="second_factor_set_up"),
    path("security/recovery-codes/", second_factor.renew_codes, name="recovery_codes_renew"),
    path("security/remove/", second_factor.remove, name="second_factor_remove"),
    path("password/", security.ChangePassword.as_view(), name="change_password"),
    path("", include("meetings.urls")),
    path("", include("reviews.urls")),
]
