"""web: the design system: tokens and components, base templates, icons, fonts, islands, public security headers."""
