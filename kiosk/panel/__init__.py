"""The panel beside the glass: what its buttons do, and what its lights say."""
