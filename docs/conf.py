"""The site of the guides, the mathematics and the public names: `make docs` builds it.

Nothing in it comes from another host: furo brings its own styles and no fonts, and formulae become
MathML, which browsers draw without a script.
"""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.errors import ExtensionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator

ROOT = Path(__file__).parents[1]

project = "Yizhan 驿站"
author = "the Yizhan contributors"
project_copyright = "the Yizhan contributors, Apache-2.0"
release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"Yizhan 驿站 {release}"
html_copy_source = False

# names between single ticks in docstrings are names of the project where they are public
default_role = "py:obj"
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = False
# the signature has the types; NDArray[np.str_] would be read as the name of a link
napoleon_attr_annotations = False
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath"]
# `make docs` runs every notebook; one that fails is an error
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 600

_FORMULATIONS = "<!-- the formulations -->"


def _formulations() -> Iterator[str]:
    """Name every module of `planning` whose docstring is its mathematics."""
    for path in sorted((ROOT / "planning").rglob("*.py")):
        docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        if ".. math::" in docstring:
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(part for part in parts if part != "__init__")


def _name_formulations(_app: Sphinx, _page: str, source: list[str]) -> None:
    """Put the formulations into the page that asks for them, wherever their modules stand."""
    if _FORMULATIONS in source[0]:
        blocks = [
            f"## {module.rpartition('.')[2].replace('_', ' ').capitalize()}\n\n"
            f"```{{eval-rst}}\n.. automodule:: {module}\n   :no-members:\n```\n"
            for module in _formulations()
        ]
        source[0] = source[0].replace(_FORMULATIONS, "\n".join(blocks))


def _mathml(latex: str, *, is_displayed: bool) -> str:
    """Write LaTeX as MathML; what the converter would leave as it is stops the build."""
    # it knows no large named brackets (latex2mathml 3.81)
    latex = re.sub(r"\\[bB]igg?l(?=\\)", r"\\left", latex)
    latex = re.sub(r"\\[bB]igg?r(?=\\)", r"\\right", latex)
    markup = convert(latex, display="block" if is_displayed else "inline")
    if "\\" in markup:
        raise ExtensionError(f"cannot write this formula: {latex}")
    return markup.replace('display="block"', 'display="inline" displaystyle="true"')


def _visit_math(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(_mathml(node.astext(), is_displayed=False))
    raise nodes.SkipNode


def _visit_displayed_math(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write each part between wide spaces by itself, so that a phone may break the line there."""
    lines = [re.split(r"\\q?quad", line) for line in node.astext().split(r"\\")]
    drawn = [
        "&emsp; ".join(_mathml(part, is_displayed=True) for part in line if part.strip())
        for line in lines
    ]
    translator.body.append(f'<p class="math">{"<br>".join(drawn)}</p>')
    raise nodes.SkipNode


def _say_language(
    _app: Sphinx, page: str, _template: str, context: dict[str, object], _doctree: nodes.document
) -> None:
    """Tell browsers and screen readers which pages of the site are Chinese."""
    context["language"] = "zh-CN" if page.startswith("zh/") else "en"


def setup(app: Sphinx) -> None:
    """Name the formulations, write formulae as MathML, and say the language of each page."""
    app.connect("html-page-context", _say_language)
    app.connect("source-read", _name_formulations)
    app.add_html_math_renderer("mathml", (_visit_math, None), (_visit_displayed_math, None))
