"""All that central knows in one file, sealed to the operator's key; and back again."""
