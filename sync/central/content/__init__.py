"""What central publishes: the municipality's profile, for its kiosks."""
