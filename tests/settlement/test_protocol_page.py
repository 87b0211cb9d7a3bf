"""test_protocol_page.py: protocol_page.py finds what it is there to find."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
MODEL = """version none prefix x answer conf
enum Colour { Red Green } # words
# A thing.
struct Thing {
    colour Colour # of it
}
call Paint from station {
    things Thing[1..3]
    name?  string(5) # of the painter
} returns {
    thing Thing
}
"""


class Page(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.model = self.file("x.model", MODEL)

    def tearDown(self):
        self.folder.cleanup()

    def file(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def run_on(self, text, *words):
        page = self.file("PAGE.md", text)
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "protocol_page.py"), *words, page, self.model],
                              capture_output=True, text=True)
        with open(page, encoding="utf-8") as file:
            return done.returncode, done.stdout, file.read()

    EMPTY = "".join(f"# {name}\n<!-- {name} -->\n<!-- end -->\n" for name in ("Colour", "Thing", "Paint"))

    def written(self):
        code, said, page = self.run_on(self.EMPTY, "--write")
        self.assertEqual(code, 0, said)
        return page

    def test_what_was_written_is_right(self):
        page = self.written()
        self.assertEqual(self.run_on(page)[0], 0)
        self.assertIn("| `name` optional | string, at most 5 characters | of the painter |", page)
        self.assertIn("| `things` | list of 1 to 3: [Thing](#thing) |  |", page)
        self.assertIn("`Red` · `Green`", page)

    def test_what_differs_is_found(self):
        page = self.written()
        for name, changed, word in [
            ("another length", page.replace("at most 5", "at most 6"), "Paint is not what the model says"),
            ("a member gone", page.replace("| `colour` | [Colour](#colour) | of it |\n", ""), "Thing is not what"),
            ("a word more", page.replace("`Green`", "`Green` · `Blue`"), "Colour is not what"),
            ("a place gone", page.replace("<!-- Thing -->", "<!-- -->"), "Thing is missing"),
            ("a heading gone", page.replace("# Paint\n", "\n"), "Paint has no heading"),
            ("a place twice", page + "<!-- Colour -->\n<!-- end -->\n", "Colour stands twice"),
            ("a stranger", page + "<!-- Stranger -->\n<!-- end -->\n", "Stranger is in no model"),
            ("a reference to nothing", page + "[x](#nothing)\n", "a reference to nothing"),
        ]:
            with self.subTest(name):
                code, said, _ = self.run_on(changed)
                self.assertEqual(code, 1)
                self.assertIn(word, said)


if __name__ == "__main__":
    unittest.main()
