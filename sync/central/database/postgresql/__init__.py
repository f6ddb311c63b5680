"""Django's PostgreSQL backend, with what an acknowledgement rests on made sure of."""
