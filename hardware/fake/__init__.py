"""Devices that ship with the product and can really fail: for demos and tests."""
