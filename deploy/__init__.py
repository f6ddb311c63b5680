"""Set-up, demonstration and deployment; nothing here is imported by the product."""
