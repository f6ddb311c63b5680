from io import BytesIO

from babel.messages.pofile import read_po

from deploy import checks

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
MADE = '# machine-made, not reviewed\nmsgid "Back"\nmsgstr "ກັບຄືນ"\n\n'
READ = 'msgid "Next"\nmsgstr "ຕໍ່ໄປ"\n\n'


def state(*messages: str) -> str:
    return checks.review_state(read_po(BytesIO("".join([HEAD, *messages]).encode())))


def test_the_comments_of_a_catalogue_say_how_far_it_is_reviewed() -> None:
    assert state(MADE) == "machine-made"
    assert state(MADE, READ) == "partly reviewed"
    assert state(READ) == "reviewed"


def test_a_table_that_says_something_else_is_a_problem() -> None:
    table = (checks.CHECKOUT / checks.REVIEWS).read_text()
    glass = next(domain for domain in checks.DOMAINS if domain.name == "kiosk")
    assert not list(checks.review_problems(glass, table))
    wrong = table.replace("| km | kiosk | machine-made |", "| km | kiosk | reviewed |")
    [problem] = checks.review_problems(glass, wrong)
    assert "| km | kiosk | machine-made |" in problem
