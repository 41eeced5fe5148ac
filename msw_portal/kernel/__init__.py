"""Pure helpers: may import Django, never an app; no model and no rule of one app."""
