"""Words to dots to bytes to paper, over any link."""
