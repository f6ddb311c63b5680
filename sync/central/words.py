"""Days, moments and the profile's names in the language of the page; also as filters."""

from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from sync.central import municipality
from sync.central.fleet import wording
from sync.central.signs import SIGNS
from sync.deadline import THAILAND, day_in_words
from sync.profile import Text

register = template.Library()

_LANGUAGES = {"th": "ไทย", "en": "English", "km": "ខ្មែរ", "my": "မြန်မာ", "lo": "ລາວ"}
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@register.filter
def day(on: date) -> SafeString:
    """`23 พฤศจิกายน 2569` or `23 November 2026`, kept on one line."""
    digits = municipality.profile().thai_digits
    words = day_in_words(on, municipality.language(), thai_digits=digits)
    return format_html('<span class="whole">{}</span>', words)


@register.filter
def clock(at: datetime) -> str:
    """The time of day in Thailand, as in `09:05`."""
    time = at.astimezone(THAILAND).strftime("%H:%M")
    is_thai = municipality.language() == "th" and municipality.profile().thai_digits
    return time.translate(_THAI_DIGITS) if is_thai else time


@register.filter
def moment(at: datetime) -> SafeString:
    """Day and time in Thailand."""
    on = at.astimezone(THAILAND).date()
    return format_html(_("{day}, {time}"), day=day(on), time=clock(at))


@register.filter
def date_value(typed: date | str | None) -> str:
    """A day as a date field wants it; what was typed wrongly comes back as it was."""
    return typed.isoformat() if isinstance(typed, date) else typed or ""


@register.filter
def spell(seconds: int) -> str:
    """A length of time in hours and minutes, as in `3 h 05 min`."""
    hours, minutes = divmod(seconds // 60, 60)
    if hours:
        return _("{hours} h {minutes} min").format(hours=hours, minutes=f"{minutes:02}")
    return _("{minutes} min").format(minutes=minutes)


@register.filter
def language_name(code: str) -> str:
    """What a language calls itself."""
    return _LANGUAGES.get(code, code)


@register.filter
def topic(code: str) -> str:
    """A topic's name; the code itself where the profile no longer has it."""
    try:
        return municipality.in_words(municipality.profile().topic(code).name)
    except KeyError:
        return code


@register.filter
def recipient(code: str) -> str:
    """Who would see a report about corruption; the code where the profile lost the name."""
    corruption = municipality.profile().corruption
    for each in corruption.recipients if corruption else []:
        if each.code == code:
            return municipality.in_words(each.name)
    return code


@register.filter
def village(code: str) -> str:
    """A village's name; the code itself where the profile no longer has it."""
    try:
        return municipality.in_words(municipality.profile().village(code).name)
    except KeyError:
        return code


@register.filter
def division(code: str) -> str:
    """A division's name; the code itself where the profile no longer has it."""
    try:
        return municipality.in_words(municipality.profile().division(code).name)
    except KeyError:
        return code


@register.filter
def reason(code: str) -> str:
    """Why somebody rated as they did; the code where the profile no longer has it."""
    for each in municipality.profile().reasons:
        if each.code == code:
            return municipality.in_words(each.name)
    return code


@register.filter
def said(text: Text) -> str:
    """A text of a profile in the language of the page."""
    return municipality.in_words(text)


@register.filter
def aspect(code: str) -> str:
    """One of the four aspects of a service."""
    names = {
        "process": _("Steps and time"),
        "channel": _("Ways to reach us"),
        "officer": _("Officers"),
        "facility": _("Place and facilities"),
    }
    return names.get(code, code)


@register.filter
def band(code: str) -> str:
    """How high a mean is."""
    names = {
        "most": _("very high"),
        "much": _("high"),
        "moderate": _("moderate"),
        "little": _("low"),
        "least": _("very low"),
    }
    return names.get(code, code)


@register.filter
def level(score: int) -> str:
    """The word under a face."""
    names = (
        _("Very dissatisfied"),
        _("Dissatisfied"),
        _("In between"),
        _("Satisfied"),
        _("Very satisfied"),
    )
    return names[score - 1]


@register.filter
def kind(code: str) -> str:
    """What sort of case it is."""
    names = {
        "complaint": _("Complaint"),
        "suggestion": _("Suggestion"),
        "compliment": _("Compliment"),
        "corruption": _("Confidential"),
    }
    return names.get(code, code)


register.filter("state_name", wording.state_name)
register.filter("vital_name", wording.vital_name)
register.filter("vital_words", wording.vital_words)
register.filter("finding_words", wording.finding_words)
register.filter("clock_words", wording.clock_words)


@register.simple_tag
def sign(name: str) -> SafeString:
    """An outline that goes beside a word; nothing in it comes from outside."""
    return mark_safe(  # noqa: S308 a constant of ours
        '<svg class="sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">'
        f'<path fill="currentColor" d="{SIGNS[name]}"/></svg>'
    )
