"""Figures as ratios: ours and a peer, measured side by side in one run. Never a test."""
