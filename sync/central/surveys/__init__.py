"""Satisfaction: one-touch ratings."""
