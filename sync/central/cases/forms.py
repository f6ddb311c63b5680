"""What officers send in, checked before anybody acts on it."""

from django import forms

from sync.central import municipality
from sync.central.cases.models import Status

LONGEST_NOTE = 10_000
LONGEST_REASON = 400


class StepForm(forms.Form):
    """A step with its note to the reporter."""

    status = forms.ChoiceField(choices=Status.choices)
    division_code = forms.CharField(max_length=64, required=False)
    public_note = forms.CharField(max_length=LONGEST_NOTE, required=False)
    changes_seen = forms.IntegerField(min_value=0)

    def clean_division_code(self) -> str:
        """One of the profile's divisions, or none."""
        code = str(self.cleaned_data["division_code"])
        if code and code not in {division.code for division in municipality.profile().divisions}:
            raise forms.ValidationError("unknown division")
        return code


class HouseNoteForm(forms.Form):
    """A note that stays in the house."""

    words = forms.CharField(max_length=LONGEST_NOTE)


class OpeningForm(forms.Form):
    """Why a case about corruption is read."""

    reason = forms.CharField(max_length=LONGEST_REASON)
