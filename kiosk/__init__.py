"""The appliance: what a resident touches and a technician types."""
