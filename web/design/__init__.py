"""One visual language: the palette, the fonts, the marks of the kinds; what draws reads it."""
