"""How an official paper is set by GB/T 9704-2012 (党政机关公文格式), in python-docx.

A4 with margins of 37, 35, 28 and 26 mm; the title in 小标宋 of 二号 (22 pt), the text in 仿宋 of
三号 (16 pt) with first lines indented by two signs and lines 29 pt apart, 22 of them on a page;
headings in 黑体 and 楷体; page numbers of 四号 (14 pt) between dashes, at the outer edge of a page.

Word names one font a run: the names of the standard are given, and the font table says by which
others they go (``w:altName``). ``font.name`` of python-docx sets Latin letters only, so
``w:eastAsia`` is set beside it, and the theme's fonts of headings are taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from web.reports.forms import faces

if TYPE_CHECKING:
    from docx.document import Document as Docx
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.section import Section
    from docx.styles.style import ParagraphStyle
    from docx.text.paragraph import Paragraph

    from web.languages import Language

LATIN_FONT: Final = "Times New Roman"
TEXT_WIDTH_MM: Final = 156.0
_LINE_PT: Final = 29.0
_BODY_PT: Final = 16.0
_NUMBER_PT: Final = 14.0
_INDENT_SIGNS: Final = 200  # hundredths of a sign


def office_paper(t: Language) -> Docx:
    """Return an empty paper with the standard's page, styles and page numbers."""
    paper = docx.Document()
    (section,) = paper.sections
    _set_page(section)
    _set_styles(paper)
    _set_language(paper, t)
    _set_font_table(paper)
    _drop_thumbnail(paper)
    paper.settings.odd_and_even_pages_header_footer = True
    _number(section.footer.paragraphs[0], WD_ALIGN_PARAGRAPH.RIGHT)
    _number(section.even_page_footer.paragraphs[0], WD_ALIGN_PARAGRAPH.LEFT)
    return paper


def set_font(properties: BaseOxmlElement, name: str) -> None:
    """Name a font for Chinese letters and the Latin one beside it, over those of the theme."""
    fonts = properties.get_or_add_rFonts()
    for key in list(fonts.attrib):
        if key.endswith("Theme"):
            del fonts.attrib[key]
    for key in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{key}"), LATIN_FONT)
    fonts.set(qn("w:eastAsia"), name)


def indent_first_line(paragraph: Paragraph) -> None:
    """Indent the first line by two signs, whatever their size."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no other door
    indent = properties.get_or_add_ind()
    indent.set(qn("w:firstLineChars"), str(_INDENT_SIGNS))
    indent.set(qn("w:firstLine"), str(int(2 * _BODY_PT * 20)))


def _set_page(section: Section) -> None:
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)


def _set_styles(paper: Docx) -> None:
    """Set the styles by which an office finds and changes what it edits."""
    styles = (
        ("Normal", faces.BODY, _BODY_PT, None),
        ("Title", faces.TITLE, 22.0, WD_ALIGN_PARAGRAPH.CENTER),
        ("Subtitle", faces.SECOND, _BODY_PT, WD_ALIGN_PARAGRAPH.CENTER),
        ("Heading 1", faces.HEADING, _BODY_PT, None),
        ("Heading 2", faces.SECOND, _BODY_PT, None),
        ("Caption", faces.HEADING, 10.5, WD_ALIGN_PARAGRAPH.CENTER),
        ("Header", faces.SONG, 9.0, None),
        ("Footer", faces.SONG, _NUMBER_PT, None),
    )
    for name, font, points, alignment in styles:
        style: ParagraphStyle = paper.styles[name]
        style.font.name = LATIN_FONT
        set_font(style.element.get_or_add_rPr(), font)
        style.font.size = Pt(points)
        style.font.bold = style.font.italic = False
        style.font.color.rgb = RGBColor(0, 0, 0)
        layout = style.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.alignment = alignment
        if name not in {"Header", "Footer", "Caption"}:
            layout.line_spacing_rule = WD_LINE_SPACING.EXACTLY
            layout.line_spacing = Pt(_LINE_PT if name != "Title" else 34.0)
        for border in style.element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
    caption: ParagraphStyle = paper.styles["Caption"]
    caption.paragraph_format.space_before = Pt(8)
    caption.paragraph_format.space_after = Pt(4)


def _set_language(paper: Docx, t: Language) -> None:
    """Say in which language the text is: Word spells and breaks lines by it."""
    properties = paper.styles["Normal"].element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US" if t.is_chinese else t.tag)
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)


def _set_font_table(paper: Docx) -> None:
    """Name what may stand in for each font of the standard."""
    names = "".join(
        f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(','.join(others))}/>"
        '<w:charset w:val="86"/></w:font>'
        for name, others in faces.FALLBACKS.items()
    )
    table = f"<w:fonts {nsdecls('w')}>{names}</w:fonts>"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    for part in paper.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = f"{head}{table}".encode()  # noqa: SLF001 - python-docx keeps it as bytes


def _drop_thumbnail(paper: Docx) -> None:
    """Take away the picture of another paper that python-docx begins with."""
    relations = paper.part.package.rels
    for name in [name for name, one in relations.items() if one.reltype.endswith("/thumbnail")]:
        del relations[name]


def _number(paragraph: Paragraph, alignment: WD_ALIGN_PARAGRAPH) -> None:
    """Write the page's number between dashes, one sign in from the outer edge."""
    paragraph.alignment = alignment
    outer = "right" if alignment == WD_ALIGN_PARAGRAPH.RIGHT else "left"
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - as above
    indent = properties.get_or_add_ind()
    indent.set(qn(f"w:{outer}Chars"), "100")
    indent.set(qn(f"w:{outer}"), str(int(_NUMBER_PT * 20)))
    paragraph.add_run("— ")
    field = parse_xml(
        f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    )
    paragraph._p.append(field)  # noqa: SLF001 - as above
    paragraph.add_run(" —")
