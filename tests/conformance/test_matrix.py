"""test_matrix.py: what matrix.py reads out of a comment."""

import unittest

import matrix


def read(comment):
    return {identifier for _, identifier in matrix.tags(comment)}


class Tags(unittest.TestCase):
    def test_ids_are_found_among_words(self):
        self.assertEqual(read("TC_021_CS; B01.FR.10. Why it is so."), {"TC_021_CS", "B01.FR.10"})

    def test_several_requirements_of_one_use_case_are_written_short(self):
        self.assertEqual(read("B03.FR.07 and FR.08; E13.FR.02, FR.03: 3 attempts"), {"B03.FR.07", "B03.FR.08", "E13.FR.02", "E13.FR.03"})

    def test_a_requirement_of_chapter_3_is_none_of_a_use_case(self):
        self.assertEqual(read("part 2, FR.04, B01.FR.10"), {"FR.04", "B01.FR.10"})
        self.assertEqual(read("OCPP 2.0.1 part 2, FR.05; 2.1 FR.06"), {"FR.05", "FR.06"})

    def test_errata_keep_their_document(self):
        self.assertEqual(read("J errata 3.1 and 3.7; 1.6 errata 3.24 and 3.39; 2.0.1 errata 4.6"),
                         {"J errata 3.1", "J errata 3.7", "1.6 errata 3.24", "1.6 errata 3.39", "2.0.1 errata 4.6"})
        self.assertEqual(read("J errata 3.1, 2.0.1 errata 4.6"), {"J errata 3.1", "2.0.1 errata 4.6"})

    def test_clauses_go_to_their_document(self):
        def headings(text):
            return {(heading, identifier) for heading, identifier in matrix.tags(text)}
        self.assertEqual(headings("1.6 edition 2, 4.8 and 4.10"), {("OCPP 1.6", "4.8"), ("OCPP 1.6", "4.10")})
        self.assertEqual(headings("J1.6 4.1.4 and 4.2.3"), {("OCPP-J 1.6", "4.1.4"), ("OCPP-J 1.6", "4.2.3")})
        self.assertEqual(headings("part 4, tables 8 and 9"), {("OCPP 2.x, part 4", "table 8"), ("OCPP 2.x, part 4", "table 9")})
        self.assertEqual(headings("part 4, 4.3. 1.6 could also say it"), {("OCPP 2.x, part 4", "4.3")})

    def test_a_comment_over_several_lines_is_one_text(self):
        self.assertEqual(read(" B01.FR.10;\n * J errata\n * 3.10 "), {"B01.FR.10", "J errata 3.10"})

    def test_words_and_numbers_alone_are_no_ids(self):
        self.assertEqual(read("1.6 knows five answers. RFC 4648 section 10. 2^32 + 1 is not EVSE 1. cJSON 1.7.15"), set())

    def test_3_10_comes_after_3_9(self):
        self.assertEqual(sorted(["3.10", "3.9", "table 7"], key=matrix.order), ["3.9", "3.10", "table 7"])


if __name__ == "__main__":
    unittest.main()
