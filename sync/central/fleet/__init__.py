"""The devices: who they are, when they were last heard from."""
