"""How long a student waits: measured, and set beside what they would use instead."""
