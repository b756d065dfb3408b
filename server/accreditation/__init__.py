"""Points in professional registers: asked, granted, and handed in for who was there."""
