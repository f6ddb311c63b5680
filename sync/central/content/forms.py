"""An item as an officer sends it in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sync.bulletin import ACTIVITY, LONGEST_TITLE, LONGEST_WORDS, MOST_PLACES, POSTER
from sync.central.content.models import Item, ItemKind

FIELDS = (
    *("kind", "title_th", "title_en", "words_th", "words_en"),
    *("outcome_th", "outcome_en", "first_on", "last_on", "places", "rank"),
)
OTHERS = {"km": "ខ្មែរ", "my": "မြန်မာ", "lo": "ລາວ"}
"""The neighbours' languages as they call themselves; folded away in the form."""
PARTS = {"title": LONGEST_TITLE, "words": LONGEST_WORDS, "outcome": LONGEST_WORDS}


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

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
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

    def clean(self) -> dict[str, Any]:
        """A poster says what was done, nothing else does; the last day is not before the first."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("kind") == POSTER and not found.get("outcome_th"):
            self.add_error("outcome_th", _("Say what was done."))
        if found.get("kind") != POSTER:
            found |= {name: "" for name in found if name.startswith("outcome_")}
        if found.get("kind") != ACTIVITY or found.get("places") is None:
            found["places"] = 0
        first_on, last_on = found.get("first_on"), found.get("last_on")
        if first_on and last_on and last_on < first_on:
            self.add_error("last_on", _("The last day is before the first."))
        return found

    def put_into(self, item: Item) -> None:
        """Write what was sent in to `item`."""
        for name in FIELDS:
            setattr(item, name, self.cleaned_data[name])
        item.others = {}
        for name, (language, part) in other_fields().items():
            if said := self.cleaned_data[name]:
                item.others.setdefault(language, {})[part] = said


def other_fields() -> dict[str, tuple[str, str]]:
    """A field's name, such as `title_km`, to its language and its part."""
    return {f"{part}_{language}": (language, part) for language in OTHERS for part in PARTS}
