"""A form with a file in it, taken apart in the order it was sent."""

import io
from dataclasses import dataclass, field

from python_multipart import parse_form
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File


@dataclass
class Parts:
    """The fields before the file, and the file."""

    fields: dict[str, str] = field(default_factory=dict)
    file: bytes | None = None
    file_name: str = ""
    content_type: str = ""


def parts_of(content_type: str, content: bytes) -> Parts | None:
    """None when it is no form: a header without a boundary, say.

    >>> parts_of("multipart/form-data", b"x") is None
    True
    """
    parts = Parts()

    def on_field(part: Field) -> None:
        if parts.file is None:
            parts.fields[(part.field_name or b"").decode()] = (part.value or b"").decode(errors="replace")

    def on_file(part: File) -> None:
        if parts.file is None:
            part.file_object.seek(0)
            parts.file = part.file_object.read()
            parts.file_name = (part.file_name or b"").decode(errors="replace")
            parts.content_type = part.content_type or "application/octet-stream"
        part.close()

    try:
        parse_form({"Content-Type": content_type.encode()}, io.BytesIO(content), on_field, on_file)
    except (FormParserError, ValueError):
        return None
    return parts
