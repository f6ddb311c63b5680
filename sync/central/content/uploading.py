"""Files that a form sends in: held in memory to the first byte too many, never on the disk."""

import io
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from sync.central.content.picturing import LARGEST_UPLOAD

View = Callable[..., HttpResponse]


class Bounded(FileUploadHandler):
    """Keeps a file of up to LARGEST_UPLOAD bytes; of a larger one only its size."""

    def new_file(self, *arguments: Any, **named: Any) -> None:
        """Another file begins."""
        super().new_file(*arguments, **named)
        self._held = io.BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep it while all of the file may still be kept."""
        if start + len(raw_data) <= LARGEST_UPLOAD:
            self._held.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """The file; `size` is what was sent, even where less is held."""
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, str(self.file_name), "", file_size, None
        )


def takes_files(view: View) -> View:
    """A view that reads files. Whoever may not come in must have been turned away before.

    How files are read has to be said before the token of the form is looked for among
    them, so the view is exempt from that check at first, and checked behind it.
    """
    checked = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def reading(request: HttpRequest, *place: Any, **named: Any) -> HttpResponse:
        request.upload_handlers = [Bounded(request)]
        return checked(request, *place, **named)

    return reading
