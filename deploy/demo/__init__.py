"""The whole product on one machine, for trying it and for the tour."""
