"""The languages of the glass, each in its own letters. Pure."""

NAMES = {"th": "ไทย", "en": "English", "km": "ខ្មែរ", "my": "မြန်မာ", "lo": "ລາວ"}
"""What a language calls itself; nobody needs to read another to find it."""

ALPHABETS = {"th": "กขค", "en": "ABC", "km": "កខគ", "my": "ကခဂ", "lo": "ກຂຄ"}
"""How each one's alphabet begins: it stands on the key that leads to its letters."""
