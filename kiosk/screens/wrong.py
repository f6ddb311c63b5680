"""What is wrong with an answer, in a sentence that blames nobody."""

from kiosk.i18n import tr


def sentence(code: str) -> str:
    """The words for a code of `kiosk.form.checks`; empty for none.

    Raises KeyError: `kiosk.form.checks` has no such code.
    """
    sentences: dict[str, str] = {
        "": "",
        "empty": tr._("Please type what happened first."),
        "only_marks": tr._("Please use letters or numbers."),
        "too_long": tr._("This is more than one case can hold. Please shorten it."),
        "control_characters": tr._(
            "There is a character in it that cannot be read. Please type it again."
        ),
        "not_a_phone": tr._("Please check the number: 9 or 10 digits, beginning with 0."),
        "not_a_reference": tr._(
            "The reference does not read right. Please compare it with the slip."
        ),
        "not_a_slip": tr._(
            "That is not the code of a slip. Please hold the square code on your slip there."
        ),
        "not_a_key": tr._("The key does not read right. It has 16 letters and digits."),
    }
    return sentences[code]
