"""Cases about corruption: their key, who holds it, and a session in which it is open."""
