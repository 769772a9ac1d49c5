"""Write the generated parts of docs/commands/*.md anew: `python -m tests.write_command_pages`."""

from tests.command_pages import PAGES, written
from tests.command_variants import TITLES

for kind in TITLES:
    page = PAGES / f"{kind}.md"
    page.write_text(written(kind, page.read_text(encoding="utf-8")), encoding="utf-8")
