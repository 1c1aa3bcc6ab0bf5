"""Why S3 refuses something, in plain words."""

import html
import re
from collections.abc import Mapping

from asura.domain.reason import Reason

SILENT = Reason.HTTP_PROTOCOL
_CODE = re.compile(r"<Code>([^<]{1,100})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,300})</Message>")
_REGION = re.compile(r"<Region>([^<]{1,60})</Region>")
_KEYS = "Look at backup.s3.access_key, backup.s3.secret_key and backup.s3.region."
_SENTENCES = {
    "InvalidAccessKeyId": f"the service knows no such access key. {_KEYS}",
    "SignatureDoesNotMatch": f"the service refuses the signature: the secret key or the region is another. {_KEYS}",
    "InvalidSecurity": f"the service refuses the key. {_KEYS}",
    "AccessDenied": "this key may not do that. It needs to put, list and delete objects, and parts of uploads.",
    "NoSuchBucket": "there is no bucket {bucket}. Make it, or correct backup.s3.bucket.",
    "InvalidBucketName": "{bucket} is no name of a bucket. Correct backup.s3.bucket.",
    "AuthorizationHeaderMalformed": "the bucket is in another region{region}. Correct backup.s3.region.",
    "PermanentRedirect": "the bucket is in another region{region}. Correct backup.s3.region and backup.s3.endpoint.",
    "EntityTooLarge": "the backup is larger than the service takes.",
    "QuotaExceeded": "the bucket is full. Make room, or keep fewer with backup.keep.",
    "InsufficientStorage": "the service has no room left.",
    "NoSuchUpload": "the upload was ended by the service. It is tried again.",
    "SlowDown": "the service is busy. It is tried again.",
}


def sentence(bucket: str, status: int, headers: Mapping[str, str], text: str, *, skew_s: float | None) -> str:
    """Return why a request was refused, and what to do; `skew_s` is by how much our clock is ahead of theirs."""
    code = _found(_CODE, text)
    region = _found(_REGION, text) or headers.get("x-amz-bucket-region", "")
    if code == "RequestTimeTooSkewed" or (status == 403 and skew_s is not None and abs(skew_s) > 900):
        ahead = f" by {abs(skew_s or 0):.0f} s" if skew_s else ""
        return f"the clock of this machine is wrong{ahead}, so the service believes no signature. Set the clock."
    if code in _SENTENCES:
        return _SENTENCES[code].format(bucket=bucket, region=f", {region}" if region else "")
    if status in (301, 302, 307, 308):
        return _SENTENCES["PermanentRedirect"].format(bucket=bucket, region=f", {region}" if region else "")
    if status == 404 and not code:
        return f"there is no such thing. Is this the address of an S3 service, and is there a bucket {bucket}?"
    said = " ".join(part for part in (code, _found(_MESSAGE, text)) if part)
    return f"the service answered {status}" + (f": {said}" if said else "") + "."


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return " ".join(html.unescape(found[1]).split()) if found else ""
