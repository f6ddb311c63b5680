"""What screens are made of: our own text, buttons, field, keyboard, faces."""
