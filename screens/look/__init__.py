"""The design system: sizes in millimetres, colours by role, and the family of widgets that every screen is made of."""
