"""An item as an officer sends it in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from sync.bulletin import (
    ACTIVITY,
    LONGEST_CAPTION,
    LONGEST_TITLE,
    LONGEST_WORDS,
    MOST_PLACES,
    POSTER,
)
from sync.central.content.models import Item, ItemKind
from sync.central.content.pictures import keep
from sync.central.content.picturing import LARGEST_UPLOAD, made_anew
from sync.central.errors import PictureRefused

FIELDS = (
    *("kind", "title_th", "title_en", "words_th", "words_en"),
    *("outcome_th", "outcome_en", "first_on", "last_on", "places", "rank"),
    *("caption_th", "caption_en", "before_th", "before_en"),
)
OTHERS = {"km": "ខ្មែរ", "my": "မြန်မာ", "lo": "ລາວ"}
"""The neighbours' languages as they call themselves; folded away in the form."""
PARTS = {
    "title": LONGEST_TITLE,
    "words": LONGEST_WORDS,
    "outcome": LONGEST_WORDS,
    "caption": LONGEST_CAPTION,
    "before": LONGEST_CAPTION,
}
PICTURES = {"picture": "caption", "picture_before": "before"}
"""Which part says what a picture shows."""
MEGABYTE = 1024 * 1024


class ItemForm(forms.Form):
    """Thai is needed, nothing else is; the days are Thailand's and both included."""

    kind = forms.ChoiceField(choices=ItemKind.choices)
    title_th = forms.CharField(max_length=LONGEST_TITLE)
    title_en = forms.CharField(max_length=LONGEST_TITLE, required=False)
    words_th = forms.CharField(max_length=LONGEST_WORDS, required=False)
    words_en = forms.CharField(max_length=LONGEST_WORDS, required=False)
    outcome_th = forms.CharField(max_length=LONGEST_WORDS, required=False)
    outcome_en = forms.CharField(max_length=LONGEST_WORDS, required=False)
    first_on = forms.DateField(required=False)
    last_on = forms.DateField(required=False)
    places = forms.IntegerField(min_value=0, max_value=MOST_PLACES, required=False)
    rank = forms.IntegerField(min_value=1, max_value=99)
    caption_th = forms.CharField(max_length=LONGEST_CAPTION, required=False)
    caption_en = forms.CharField(max_length=LONGEST_CAPTION, required=False)
    before_th = forms.CharField(max_length=LONGEST_CAPTION, required=False)
    before_en = forms.CharField(max_length=LONGEST_CAPTION, required=False)
    picture = forms.FileField(required=False)
    picture_before = forms.FileField(required=False)
    picture_off = forms.BooleanField(required=False)
    picture_before_off = forms.BooleanField(required=False)

    def __init__(self, item: Item, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._item = item
        for name, (_code, part) in other_fields().items():
            self.fields[name] = forms.CharField(max_length=PARTS[part], required=False)

    @property
    def others(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """The neighbours' languages: code, name, and the fields of `PARTS` in their order."""
        return [
            (code, name, [self[f"{part}_{code}"] for part in PARTS])
            for code, name in OTHERS.items()
        ]

    @property
    def has_others(self) -> bool:
        """Whether any of them holds something."""
        return any(field.value() for _, _, fields in self.others for field in fields)

    def clean_picture(self) -> bytes:
        """The picture that was sent in, made anew; empty where none was."""
        return _made_anew(self.cleaned_data["picture"])

    def clean_picture_before(self) -> bytes:
        """The same, of before."""
        return _made_anew(self.cleaned_data["picture_before"])

    def clean(self) -> dict[str, Any]:
        """A poster says what was done and how it was before, nothing else does; a picture has
        words, and words of a picture a picture; the last day is not before the first."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("kind") == POSTER and not found.get("outcome_th"):
            self.add_error("outcome_th", _("Say what was done."))
        if found.get("kind") != POSTER:
            found |= {name: "" for name in found if name.startswith("outcome_")}
            found |= {"picture_before": b"", "picture_before_off": True}
        for picture, part in PICTURES.items():
            self._clean_caption(found, picture, part)
        if found.get("kind") != ACTIVITY or found.get("places") is None:
            found["places"] = 0
        first_on, last_on = found.get("first_on"), found.get("last_on")
        if first_on and last_on and last_on < first_on:
            self.add_error("last_on", _("The last day is before the first."))
        return found

    def _clean_caption(self, found: dict[str, Any], picture: str, part: str) -> None:
        has_one = getattr(self._item, f"{picture}_id") and not found.get(f"{picture}_off")
        if not (has_one or found.get(picture)):
            found |= {name: "" for name in found if name.startswith(f"{part}_")}
        elif not found.get(f"{part}_th") and f"{part}_th" not in self.errors:
            self.add_error(f"{part}_th", _("Say in a few words what the picture shows."))

    def put_into(self, item: Item, now: datetime) -> None:
        """Write what was sent in to `item`, and keep its new pictures."""
        for name in FIELDS:
            setattr(item, name, self.cleaned_data[name])
        for picture in PICTURES:
            if jpeg := self.cleaned_data[picture]:
                setattr(item, picture, keep(jpeg, now))
            elif self.cleaned_data[f"{picture}_off"]:
                setattr(item, picture, None)
        item.others = {}
        for name, (language, part) in other_fields().items():
            if said := self.cleaned_data[name]:
                item.others.setdefault(language, {})[part] = said


def _made_anew(sent: UploadedFile[Any] | None) -> bytes:
    if not sent:
        return b""
    if (sent.size or 0) > LARGEST_UPLOAD:
        most = LARGEST_UPLOAD // MEGABYTE
        raise forms.ValidationError(
            _("The file is too large. It may have up to {most} MB.").format(most=most)
        )
    try:
        return made_anew(sent.read())
    except PictureRefused as refusal:
        if refusal.code == "too_many_pixels":
            raise forms.ValidationError(_("The picture has too many pixels.")) from refusal
        raise forms.ValidationError(_("This is no JPEG, PNG or WebP picture.")) from refusal


def other_fields() -> dict[str, tuple[str, str]]:
    """A field's name, such as `title_km`, to its language and its part."""
    return {f"{part}_{language}": (language, part) for language in OTHERS for part in PARTS}
