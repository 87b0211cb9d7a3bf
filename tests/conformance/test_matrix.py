"""test_matrix.py: what matrix.py reads out of a comment, and how cases.py says a case stands."""

import unittest

import cases
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
        self.assertEqual(sorted(["3.10", "3.9", "table 7"], key=cases.order), ["3.9", "3.10", "table 7"])


def case(identifier, version="2.0.1"):
    return cases.Case(identifier, "station", version, identifier.split("_")[1])


def told(*rows):
    return [cases.reason(row.split("|")) for row in rows]


class Cases(unittest.TestCase):
    def test_a_case_is_tested_excused_or_open(self):
        reasons = told("TC_B_02_CS|n/a|cannot happen", "TC_B_03_CS|not-built|comes later", "TC_B_04_CS|of two fields")
        self.assertEqual([cases.standing(case(f"TC_B_0{number}_CS"), {"TC_B_01_CS": []}, reasons) for number in range(1, 6)],
                         ["tested", "n/a", "not-built", "n/a", "open"])

    def test_a_star_stands_for_all_that_begin_so_and_the_case_s_own_reason_goes_before_it(self):
        reasons = told("TC_M_*|not-built|later", "TC_M_02_CS|n/a|never")
        self.assertEqual(cases.why("TC_M_01_CS", reasons).kind, "not-built")
        self.assertEqual(cases.why("TC_M_02_CS", reasons).kind, "n/a")
        self.assertIsNone(cases.why("TC_N_01_CS", reasons))

    def test_a_test_goes_before_a_reason_and_makes_it_a_mistake(self):
        reasons = told("TC_B_01_CS|n/a|cannot happen")
        self.assertEqual(cases.standing(case("TC_B_01_CS"), {"TC_B_01_CS": []}, reasons), "tested")
        self.assertEqual(list(cases.mistakes({"TC_B_01_CS": []}, reasons, [case("TC_B_01_CS")])), ["TC_B_01_CS: has a test and a reason for having none"])

    def test_a_reason_about_no_case_or_out_of_order_is_a_mistake(self):
        self.assertEqual(list(cases.mistakes({"TC_B_01_CS": []}, told("TC_B_*|n/a|what"), [case("TC_B_01_CS")])), ["TC_B_*: every case it is about has a test or a reason of its own"])
        self.assertEqual(list(cases.mistakes({}, told("TC_Z_*|n/a|what"), [case("TC_B_01_CS")])), ["TC_Z_*: no such case"])
        self.assertEqual(len(list(cases.mistakes({}, told("TC_B_2_CS|a", "TC_B_1_CS|b"), [case("TC_B_1_CS"), case("TC_B_2_CS")]))), 1)

    def test_a_star_stands_anywhere_and_the_two_roles_are_told_apart(self):
        reasons = told("TC_0*_CSMS|not-built|later", "TC_A_*_CS|n/a|never")
        self.assertIsNotNone(cases.why("TC_004_1_CSMS", reasons))
        for other in ("TC_004_1_CS", "TC_A_01_CSMS", "TC_B_01_CSMS"):
            self.assertIsNone(cases.why(other, reasons), other)

    def test_a_row_of_not_built_that_is_used_up_gets_a_word_and_is_no_mistake(self):
        every, reasons = [case("TC_B_01_CSMS"), case("TC_B_02_CSMS")], told("TC_B_*_CSMS|not-built|later", "TC_B_02_CSMS|n/a|never")
        self.assertEqual(cases.superfluous({}, reasons, every), [])
        tested = {"TC_B_01_CSMS": []}
        self.assertEqual(cases.superfluous(tested, reasons, every), ["TC_B_*_CSMS"])
        self.assertEqual(list(cases.mistakes(tested, reasons, every)), [])

    def test_a_reason_without_words_or_of_no_kind_is_refused(self):
        for row in ("TC_B_01_CS", "TC_B_01_CS|maybe|why", "TC_B_01_CS|n/a|"):
            self.assertRaises(ValueError, told, row)

    def test_an_open_case_is_named(self):
        self.assertEqual(cases.open_cases({"TC_B_01_CS": []}, told("TC_O_*|not-built|later"), [case("TC_B_01_CS"), case("TC_B_02_CS"), case("TC_O_01_CS")]),
                         ["TC_B_02_CS"])


if __name__ == "__main__":
    unittest.main()
