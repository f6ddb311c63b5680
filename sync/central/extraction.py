"""Finding the words to translate in Django's templates, for Babel.

`pybabel extract -F sync/central/locale/babel.cfg -o django.pot sync/central`
"""

import io
from collections.abc import Collection, Iterator, Mapping
from typing import IO, Any

from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize


def templates(
    file: IO[bytes],
    keywords: Mapping[str, Any],
    tags: Collection[str],
    options: Mapping[str, Any],  # noqa: ARG001
) -> Iterator[Any]:
    """Messages of one template, as Babel's extraction methods give them."""
    if not settings.configured:
        settings.configure()
    source = templatize(file.read().decode())
    return extract_python(io.BytesIO(source.encode()), keywords, tags, {})
