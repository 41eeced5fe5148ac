"""Settings of people's files: how many, how large, who looks for viruses, where they lie."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

MOST_BYTES = 15 * 1024 * 1024
MOST_FILES = 100
GRACE_HOURS = 24
LOCAL = {"BACKEND": "msw_portal.kernel.file_store.SealedFiles"}
S3_NAMES = {
    "endpoint_url": "MSW_S3_ENDPOINT",
    "region_name": "MSW_S3_REGION",
    "access_key": "MSW_S3_KEY",
    "secret_key": "MSW_S3_SECRET",
}


def files_storage(env: Any, *, is_embedded: bool) -> dict[str, Any]:
    """The storage `files`: a folder below MSW_MEDIA, or the bucket MSW_S3_BUCKET.

    Raises:
        ImproperlyConfigured: for a bucket with half a key, or one in clear text outside a laptop.
    """
    bucket = env.str("MSW_S3_BUCKET", "")
    if not bucket:
        return LOCAL
    given = {option: env.str(name, "") for option, name in S3_NAMES.items()}
    if bool(given["access_key"]) != bool(given["secret_key"]):
        raise ImproperlyConfigured("MSW_S3_KEY and MSW_S3_SECRET are given together or not at all.")
    endpoint = given["endpoint_url"]
    if endpoint and not endpoint.startswith("https://") and not is_embedded:
        raise ImproperlyConfigured("MSW_S3_ENDPOINT must begin with https://.")
    style = env.str("MSW_S3_ADDRESSING", "path" if endpoint else "auto")
    if style not in ("path", "virtual", "auto"):
        raise ImproperlyConfigured("MSW_S3_ADDRESSING is path, virtual or auto.")
    options = {name: value for name, value in given.items() if value}
    return {
        "BACKEND": "msw_portal.kernel.file_objects.SealedObjects",
        "OPTIONS": {"bucket_name": bucket, "addressing_style": style, **options},
    }
