"""Dots, bytes and pins. Nothing in here knows what a case is."""
