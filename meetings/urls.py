from django.urls import path

from meetings.views import accounts, sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("demo/sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/new/", accounts.appointment_create, name="appointment_create"),
    path("accounts/<int:pk>/end/", accounts.appointment_end, name="appointment_end"),
    path("accounts/<int:pk>/link/", accounts.account_link, name="account_link"),
    path("set-password/<uidb64>/<token>/", accounts.SetPassword.as_view(), name="set_password"),
    path("password/", accounts.ChangePassword.as_view(), name="change_password"),
]
