"""Write what is said of each example into docs/messages.md anew: `python -m tests.write_messages`."""

from tests.messages import PAGE, examples, said_of

page = PAGE.read_text(encoding="utf-8")
for example in reversed(list(examples(page))):
    page = page[: example.at] + said_of(example) + page[example.end :]
PAGE.write_text(page, encoding="utf-8")
