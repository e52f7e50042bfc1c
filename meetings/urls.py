from django.urls import path

from meetings.views import accounts, me, meetings, members, notices, sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("demo/sign-in/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("accounts/", accounts.account_list, name="account_list"),
    path("accounts/new/", accounts.appointment_create, name="appointment_create"),
    path("accounts/<int:pk>/end/", accounts.appointment_end, name="appointment_end"),
    path("accounts/<int:pk>/link/", accounts.account_link, name="account_link"),
    path("notices/", notices.notice_list, name="notice_list"),
    path("notices/read/", notices.notices_read_all, name="notices_read_all"),
    path("notices/<int:pk>/read/", notices.notice_read, name="notice_read"),
    path("set-password/<uidb64>/<token>/", accounts.SetPassword.as_view(), name="set_password"),
    path("password/", accounts.ChangePassword.as_view(), name="change_password"),
    path("meetings/", meetings.meeting_list, name="meeting_list"),
    path("meetings/new/", meetings.meeting_create, name="meeting_create"),
    path("meetings/<int:pk>/edit/", meetings.meeting_edit, name="meeting_edit"),
    path("members/", members.member_list, name="member_list"),
    path("members/<int:pk>/", members.member_detail, name="member_detail"),
    # The shell and the menu know it as "my_page".
    path("me/", me.me, name="my_page"),
    path("me/", me.me, name="me"),
]
