"""Cases, what officers do with them, and the mails about them."""
