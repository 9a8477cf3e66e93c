"""City's pages in Wagtail's admin: organisations, their people, places, the calendar."""
