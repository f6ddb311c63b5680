"""What was drawn before larger words, stronger colours or everything low: let go of it.

A part may outlive its sheet until garbage is looked for. Were it still bound, its words would
ask for what is gone when the language changes next.
"""

from collections.abc import Iterable

from kivy.lang import Builder
from kivy.uix.widget import Widget


def let_go(roots: Iterable[Widget]) -> None:
    """Unbind all that the kv language bound in these trees."""
    for root in roots:
        for part in root.walk(restrict=True):
            Builder.unbind_widget(part.uid)
