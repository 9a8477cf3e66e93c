"""The digital newspaper 数字报: what came in a day, on dated pages with areas, to leaf through, as PDF and EPUB."""
