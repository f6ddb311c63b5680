"""From touch to track page, with every part real."""
