"""The files beside a record. They are given out only here, to be saved and never to be shown in place."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from branchlife.http import SignedInRequest
from branchlife.views import render_conflict
from meetings.enums import RECORD_OPEN
from meetings.forms.attachments import UploadForm
from meetings.models import Attachment, Meeting
from meetings.rules import can_see_attendance, keeps_record_of
from meetings.services import attachments, reading
from meetings.uploads import UploadRefused

CLOSED = gettext_lazy("The record is no longer open; its files stay as they are.")


def meeting_attachments(request: SignedInRequest, pk: int) -> HttpResponse:
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), pk=pk)
    if not can_see_attendance(request.user, meeting):
        raise PermissionDenied
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if not keeps_record_of(request.user, meeting):
            raise PermissionDenied
        if meeting.state not in RECORD_OPEN:
            return render_conflict(request, CLOSED, reverse("meeting_detail", args=[pk]))
        if form.is_valid() and _is_kept(request, meeting, form):
            return redirect("meeting_attachments", pk=pk)
    return _page(request, meeting, form)


def _is_kept(request: SignedInRequest, meeting: Meeting, form: UploadForm) -> bool:
    file = form.cleaned_data["file"]
    try:
        kept = attachments.add_attachment(meeting=meeting, file=file, name=file.name, actor=request.user)
    except (UploadRefused, ValidationError, attachments.RecordClosed) as error:
        form.add_error("file", CLOSED if isinstance(error, attachments.RecordClosed) else _why(error))
        return False
    messages.success(request, _("“%(name)s” is attached.") % {"name": kept.name})
    return True


def _why(error: Exception) -> str:
    return error.messages[0] if isinstance(error, ValidationError) else str(error)


def _page(request: SignedInRequest, meeting: Meeting, form: UploadForm) -> HttpResponse:
    may_change = keeps_record_of(request.user, meeting) and meeting.state in RECORD_OPEN
    rows = meeting.attachments.select_related("uploaded_by")
    context = {"meeting": meeting, "rows": rows, "form": form, "may_change": may_change}
    status = 400 if request.method == "POST" else 200
    return render(request, "meetings/attachment_list.html", context, status=status)


@require_GET
def attachment_file(request: SignedInRequest, pk: int) -> FileResponse:
    visible = Attachment.objects.visible_to(request.user).select_related("meeting")
    attachment = get_object_or_404(visible, pk=pk)
    reading.file_opened(attachment=attachment, reader=request.user)
    try:
        file = attachments.path_of(attachment.meeting_id, attachment.digest).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        file, as_attachment=True, filename=attachment.name, content_type="application/octet-stream"
    )


@require_POST
def attachment_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    visible = Attachment.objects.visible_to(request.user).select_related("meeting__organization")
    attachment = get_object_or_404(visible, pk=pk)
    try:
        attachments.remove_attachment(attachment=attachment, actor=request.user)
    except attachments.RecordClosed:
        return render_conflict(request, CLOSED, reverse("meeting_detail", args=[attachment.meeting_id]))
    messages.success(request, _("“%(name)s” is removed.") % {"name": attachment.name})
    return redirect("meeting_attachments", pk=attachment.meeting_id)
