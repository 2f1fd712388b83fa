"""What the components need in Python, and the living page that shows each in every state (local only)."""
