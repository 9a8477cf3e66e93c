"""The staff's side: Wagtail's admin with Haihe's name, colours and words, and its first page.

Wagtail is the frame; what staff see carries Haihe's mark. Templates here stand before Wagtail's own, the style sheet
fills Wagtail's colour variables with our tokens, and the catalogue holds the Chinese that Wagtail's lacks. A room puts
its part of the first page there with `panels.Panel` and Wagtail's hook `construct_homepage_panels`.
"""
