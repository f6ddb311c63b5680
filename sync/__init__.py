"""The case and its journey: kept on the device, sent, acknowledged by central."""
