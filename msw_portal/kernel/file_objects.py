"""Sealed files in an S3-compatible store; loaded only where MSW_S3_BUCKET is set."""

import contextlib
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from msw_portal.kernel.file_store import FOLDER, Kept, StoreAway

# What the store may take before the person who waits is told that it does not answer.
CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 3, 20, 2
STATE_SECONDS = 1


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error) as error:
        # A store's message may repeat names and keys: its kind is enough.
        raise StoreAway(type(error).__name__) from error


class SealedObjects(S3Storage):
    """Objects under the same names as on a disk; sealed before they leave, so the store reads nothing."""

    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "default_acl": None,
            "file_overwrite": True,  # names are unguessable and new; nobody asks whether one is free
            "transfer_config": TransferConfig(use_threads=False),
        }

    def __init__(self, *, addressing_style: str = "auto", **given: Any) -> None:
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            signature_version="s3v4",
            s3={"addressing_style": addressing_style},
            # Stores that only resemble S3 know nothing of its newer checksums; files carry their own.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        super().__init__(client_config=config, **given)

    @cached_property
    def _asking(self) -> Any:
        """A client that does not wait: whoever asks for the state of things wants it now."""
        hasty = Config(
            connect_timeout=STATE_SECONDS,
            read_timeout=STATE_SECONDS,
            retries={"total_max_attempts": 1},
        )
        return boto3.client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.endpoint_url,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=self.client_config.merge(hasty),
        )

    def _save(self, name: str, content: Any) -> str:
        with _answering():
            return super()._save(name, content)

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _answering():
            file = super()._open(name, mode)
            file.file  # noqa: B018  fetched here, while a failure is still told apart
        return file

    def delete(self, name: str) -> None:
        with _answering():
            super().delete(name)

    def kept(self) -> Iterator[Kept]:
        """Every object, page by page."""
        with _answering():
            for one in self.bucket.objects.filter(Prefix=f"{FOLDER}/"):
                yield Kept(one.key, one.size, one.last_modified)

    def state(self) -> str:
        """`ok`, or `away` when the bucket does not answer."""
        try:
            self._asking.head_bucket(Bucket=self.bucket_name)
        except (BotoCoreError, ClientError):
            return "away"
        return "ok"

    def place(self) -> str:
        """Where it is, in words for a terminal."""
        return f"s3://{self.bucket_name} ({self.endpoint_url or 'AWS'})"
