"""Derivatives: what is made from a Master's bytes. Engines without Django.

opening    a picture of an unknown sender as a lazy libvips image, or a clear refusal
colours    one colour space, upright, eight bits
tiff       where the tiles of a pyramidal TIFF lie, and how one is handed on without decoding
pyramids   a picture as a pyramidal TIFF, for deep zoom
rendering  one region of a picture at one size, turned, in one format
recipes    what is made of sound, film and documents, as data
bounded    a recipe in a child process, within bounds of memory and time; only there
media        sound and film by FFmpeg, and
documents    pages by PDFium are loaded
"""
