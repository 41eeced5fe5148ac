"""Uploads wait in memory until they are checked and sealed: nothing of them lies open on a disk."""

import io
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

# Of all files of one request together; nginx lets through as much (client_max_body_size).
LIMIT = 20 * 1024 * 1024


class MemoryUploadHandler(FileUploadHandler):
    """Django's own handler writes larger files in clear to a temporary folder, and fails when it is full.

    What is over the limit of one file or of the request is thrown away while it arrives and keeps
    its size only, which is then over the limit: the service that takes the file refuses it by that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._content, self._is_kept = io.BytesIO(), True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._taken += len(raw_data)
        if start + len(raw_data) > settings.MAX_UPLOAD_BYTES or self._taken > LIMIT:
            self._content, self._is_kept = io.BytesIO(), False
        elif self._is_kept:
            self._content.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        size = file_size if self._is_kept else max(file_size, settings.MAX_UPLOAD_BYTES + 1)
        self._content.seek(0)
        return InMemoryUploadedFile(
            self._content,
            self.field_name,
            self.file_name,
            self.content_type,
            size,
            self.charset,
            self.content_type_extra,
        )
