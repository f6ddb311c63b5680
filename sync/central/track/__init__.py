"""The resident's pages: look a slip up, see how the case stands."""
