"""Refusals of a whole request, as `Problem` JSON (RFC 9457) with stable codes."""

from http import HTTPStatus

import msgspec
from django.http import HttpResponse

from sync.wire import Problem, encode

PROBLEM_TYPE = "application/problem+json"
TITLES = {
    "batch_unreadable": (HTTPStatus.BAD_REQUEST, "The body is not what it should be."),
    "bad_request": (HTTPStatus.BAD_REQUEST, "The request is not one central can read."),
    "replayed": (HTTPStatus.UNAUTHORIZED, "This very request came before."),
    "signature_refused": (HTTPStatus.UNAUTHORIZED, "The signature is missing or does not hold."),
    "clock_skew": (HTTPStatus.UNAUTHORIZED, "Signed too far from central's time; see Date."),
    "device_unknown": (HTTPStatus.UNAUTHORIZED, "Central does not take this device."),
    "enrolment_refused": (HTTPStatus.FORBIDDEN, "The enrolment code is used or wrong."),
    "attachment_unknown": (HTTPStatus.NOT_FOUND, "This device announced no such attachment."),
    "offset_refused": (HTTPStatus.CONFLICT, "The next piece begins elsewhere."),
    "attachment_refused": (HTTPStatus.UNPROCESSABLE_ENTITY, "The bytes do not fit the address."),
    "not_found": (HTTPStatus.NOT_FOUND, "There is nothing at this path."),
    "method_not_allowed": (HTTPStatus.METHOD_NOT_ALLOWED, "Not with this method."),
    "too_large": (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too large."),
    "encoding_unknown": (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Only gzip, or no encoding."),
    "too_many": (HTTPStatus.TOO_MANY_REQUESTS, "Too much in one minute; see Retry-After."),
    "internal": (HTTPStatus.INTERNAL_SERVER_ERROR, "Something is wrong at central."),
}


class RequestRefused(Exception):
    """The whole request is refused; `code` is one of TITLES."""

    def __init__(self, code: str, retry_after_s: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s

    def answer(self) -> HttpResponse:
        """What the device is told."""
        response = problem(self.code)
        if self.retry_after_s:
            response.headers["Retry-After"] = str(self.retry_after_s)
        return response


def problem(code: str) -> HttpResponse:
    """The answer to a refused request."""
    status, title = TITLES[code]
    return json_answer(Problem(code=code, title=title, status=status), status, PROBLEM_TYPE)


def json_answer(
    message: msgspec.Struct, status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    """A struct as JSON."""
    return HttpResponse(encode(message), status=status, content_type=content_type)
