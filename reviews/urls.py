from django.urls import path

from reviews.views import (
    branches,
    checklists,
    dashboard,
    inbox,
    meetings,
    obligations,
    plan_review,
    plans,
    records,
    waivers,
    workbench,
)

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("branches/", branches.branch_list, name="branch_list"),
    path("branches/<int:pk>/", branches.branch_detail, name="branch_detail"),
    path("obligations/", obligations.obligation_list, name="obligation_list"),
    path("obligations/<int:pk>/", waivers.obligation_detail, name="obligation_detail"),
    path("obligations/<int:pk>/waive/", waivers.obligation_waive, name="obligation_waive"),
    path("obligations/<int:pk>/unwaive/", waivers.obligation_unwaive, name="obligation_unwaive"),
    path("plans/", plans.plan_list, name="plan_list"),
    path("plans/new/", plans.plan_create, name="plan_create"),
    path("plans/<int:pk>/", plan_review.plan_detail, name="plan_detail"),
    path("plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("plans/<int:pk>/step/<slug:action>/", plan_review.plan_step, name="plan_step"),
    path("review/", inbox.inbox, name="inbox"),
    path("meetings/<int:pk>/", meetings.meeting_detail, name="meeting_detail"),
    path("meetings/<int:pk>/record/", records.meeting_record, name="meeting_record"),
    path("meetings/<int:pk>/steps/", checklists.meeting_steps, name="meeting_steps"),
    path("meetings/<int:pk>/step/<slug:action>/", meetings.meeting_step, name="meeting_step"),
]
