"""The languages of the faces: one catalogue file a language, and how a message is said in it.

A message is written once, where it is used: in Chinese on pages, maps and reports, in English on
the command line. ``en.po`` holds the English of the Chinese ones, ``zh.po`` the Chinese of the
English ones, a further language the words of both. ``make catalogues`` gathers the messages from
code and templates, brings the catalogues up to date and compiles them; the compiled ``.mo`` files
are what is read at run time, by the standard library alone.
"""

from web.languages.catalogues import codes
from web.languages.language import CHINESE, ENGLISH, Language, capital, language_of
from web.languages.messages import counted, message

__all__ = [
    "CHINESE",
    "ENGLISH",
    "Language",
    "capital",
    "codes",
    "counted",
    "language_of",
    "message",
]
