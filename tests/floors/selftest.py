"""selftest.py: each rule of rules.py is shown a small tree or archive that keeps it and some that break it. A checker that cannot
fail proves nothing."""

import os
import subprocess
import sys
import tempfile
import unittest

import rules

CC = os.environ.get("CC", "cc")


def tree(folder, contents):
    for path, text in contents.items():
        full = os.path.join(folder, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
    return folder


def archive(folder, source):
    tree(folder, {"sample.c": source})
    steps = [[CC, "-std=c11", "-fPIC", "-ffreestanding", "-c", "sample.c", "-o", "sample.o"], ["ar", "rcs", "sample.a", "sample.o"]]
    for step in steps:
        subprocess.run(step, cwd=folder, check=True)
    return os.path.join(folder, "sample.a")


GOOD_TREE = {
    "include/ocpp/types.h": "#include <ocpp/export.h>\n#include <stdint.h>\n",
    "include/ocpp/export.h": "",
    "include/ocpp/charge_point.h": "#include <ocpp/types.h>\n",
    "lib/base/log.c": 'a = snprintf(t, n, "%s %d 5%% of %u", v);\n',
    "lib/base/arena.h": "#include <stddef.h>\n",
    "lib/base/version.c": "static int a = OCPP_VERSION_1_6;\n",
    "lib/json/json.h": "#include <ocpp/types.h>\n",
    "lib/json/tree.c": '#include "json.h"\n#include "arena.h"\n#include <cjson/cJSON.h>\n',
    "lib/model/v16.c": "int b = OCPP_VERSION_1_6;\n",
    "lib/session/queue.h": "",
    "lib/charge_point/engine.h": '#include "queue.h"\n',
    "lib/charge_point/dialect_v16.c": "int c = OCPP_VERSION_1_6; /* ocpp16_x */\n",
    "lib/session/words_v16.c": "int d = OCPP_VERSION_1_6;\n",
    "lib/rpc/types.c": "static const int last[] = { [OCPP_VERSION_1_6] = 4, [OCPP_VERSION_2_1] = 6 };\n",
    "lib/central/peer.h": "/* OCPP_VERSION_1_6 in a comment is a comment */\n",
    "lib/adapters/server.c": "#include <libwebsockets.h>\n#include <pthread.h>\n#include <ocpp/charge_point.h>\n",
    "extensions/settlement/model/money.h": "",
    "extensions/settlement/model/money.c": '#include "money.h"\n#include <ocpp/types.h>\n#include <ocpp/settlement/money.h>\n',
    "extensions/settlement/adapters/keys.c": "#include <openssl/evp.h>\n",
    "examples/minimal/charge_point.c": "#include <ocpp/charge_point.h>\n#include <stdio.h>\n",
    "examples/csms/http.h": "",
    "examples/csms/http.c": '#include "http.h"\n#include <pthread.h>\n#include <cjson/cJSON.h>\n',
}

# rule, what is added to the good tree, a word its complaint must hold
BAD_TREES = [
    ("lib_includes_point_down", {"lib/base/up.c": '#include "json.h"\n'}, "not below base"),
    ("lib_includes_point_down", {"lib/session/up.c": '#include "engine.h"\n'}, "not below session"),
    ("lib_includes_point_down", {"lib/central/side.c": '#include "engine.h"\n'}, "not below central"),
    ("lib_includes_point_down", {"lib/charge_point/side.c": '#include "peer.h"\n'}, "not below charge_point"),
    ("lib_includes_point_down", {"lib/base/up.c": "#include <ocpp/charge_point.h>\n"}, "belongs to charge_point"),
    ("lib_includes_point_down", {"lib/rpc/a.c": "#include <ocpp/news.h>\n"}, "has no floor yet"),
    ("lib_includes_point_down", {"lib/rpc/a.c": '#include "nowhere.h"\n'}, "no header of lib/"),
    ("lib_includes_point_down", {"lib/rpc/a.c": "#include <cjson/cJSON.h>\n"}, "foreign to lib/rpc"),
    ("lib_includes_point_down", {"lib/base/a.c": "#include <time.h>\n"}, "foreign to lib/base"),
    ("lib_includes_point_down", {"lib/central/a.c": "#  include <pthread.h>\n"}, "foreign to lib/central"),
    ("lib_includes_point_down", {"lib/adapters/a.c": "#include <cjson/cJSON.h>\n"}, "foreign to lib/adapters"),
    ("lib_includes_point_down", {"lib/rpc/arena.h": ""}, "several floors"),
    ("public_headers_show_nothing_foreign", {"include/ocpp/rpc.h": "#include <cjson/cJSON.h>\n"}, "reachable"),
    ("public_headers_show_nothing_foreign", {"include/ocpp/rpc.h": "#include <time.h>\n"}, "reachable"),
    ("public_headers_show_nothing_foreign", {"include/ocpp/rpc.h": '#include "arena.h"\n'}, "reachable"),
    ("public_headers_show_nothing_foreign", {"include/ocpp/rpc.h": "#include <ocpp/charge_point.h>\n"}, "not below rpc"),
    ("public_headers_show_nothing_foreign", {"include/ocpp/news.h": ""}, "no floor yet"),
    ("core_does_not_know_its_extensions", {"lib/rpc/a.c": "/* for Settlement */\n"}, "settlement"),
    ("core_does_not_know_its_extensions", {"lib/rpc/CMakeLists.txt": "# settlement\n"}, "settlement"),
    ("core_does_not_know_its_extensions", {"lib/model/ocpp21.model": "call NotifySettlement settlement\n"}, "settlement"),
    ("core_does_not_know_its_extensions", {"include/ocpp/types.h": "struct settlement;\n"}, "settlement"),
    ("extensions_use_the_public_face", {"extensions/settlement/pile/a.c": '#include "arena.h"\n'}, "no header of"),
    ("extensions_use_the_public_face", {"extensions/settlement/pile/a.c": "#include <ocpp/other/x.h>\n"}, "neither public"),
    ("extensions_use_the_public_face", {"extensions/settlement/pile/a.c": "#include <openssl/evp.h>\n"}, "foreign"),
    ("examples_use_the_public_face", {"examples/csms/a.c": '#include "engine.h"\n'}, "no header of examples"),
    ("versions_are_named_in_tables_and_dialects", {"lib/rpc/a.c": "if (v == OCPP_VERSION_2_0_1) {}\n"}, "a.c:1"),
    ("versions_are_named_in_tables_and_dialects", {"lib/rpc/a.c": "\n\n#if OCPP_WITH_V16\n"}, "a.c:3"),
    ("versions_are_named_in_tables_and_dialects", {"lib/central/a.c": "struct ocpp16_reset_req r;\n"}, "ocpp16_"),
    ("versions_are_named_in_tables_and_dialects", {"lib/central/a.c": 'char *s = "ocpp1.6";\n'}, "ocpp1."),
    ("exceptions_are_still_needed", {"lib/base/version.c": "int a;\n"}, "take its exception away"),
    ("boards_can_print_it", {"lib/rpc/a.c": 'snprintf(t, n, "%" PRIu64, v);\n'}, "PRIu64"),
    ("boards_can_print_it", {"lib/session/a.c": 'snprintf(t, n, "%5zu", v);\n'}, "%5zu"),
    ("boards_can_print_it", {"lib/base/a.c": 'snprintf(t, n, "%.3f", v);\n'}, "%.3f"),
    ("boards_can_print_it", {"lib/base/a.c": 'snprintf(t, n, "%lld", v);\n'}, "%lld"),
    ("minimal_examples_name_no_version", {"examples/minimal/charge_point.c": "/* speaks 2.0.1 */\n"}, "2.0.1"),
]

BAD_ARCHIVES = [
    ("core_asks_little_of_the_world", "long time(long *); long f(void) { return time(0); }", "calls time"),
    ("core_asks_little_of_the_world", "double strtod(const char *, char **); double f(void) { return strtod(0, 0); }", "calls strtod"),
    ("core_asks_little_of_the_world", "int rand(void); int f(void) { return rand(); }", "calls rand"),
    ("core_asks_little_of_the_world", "extern char *getenv(const char *); char *f(void) { return getenv(0); }", "calls getenv"),
    ("core_asks_little_of_the_world", "int printf(const char *, ...); int f(void) { return printf(0); }", "calls printf"),
    ("core_asks_little_of_the_world", "void cJSON_InitHooks(void *); void f(void) { cJSON_InitHooks(0); }", "global"),
    ("core_keeps_no_state_of_its_own", "int counter; int f(void) { return ++counter; }", "keeps counter"),
    ("core_keeps_no_state_of_its_own", "static int counter = 5; int f(void) { return ++counter; }", "keeps counter"),
    ("core_keeps_no_state_of_its_own", "int f(void) { static int hidden; return ++hidden; }", "hidden"),
    ("core_keeps_no_state_of_its_own", "_Thread_local int hidden; int f(void) { return ++hidden; }", "hidden"),
    ("core_keeps_no_state_of_its_own", 'char *names[] = { "a" }; char *f(int i) { return names[i]; }', "names"),
]

GOOD_ARCHIVE = """
void *memcpy(void *, const void *, unsigned long);
int snprintf(char *, unsigned long, const char *, ...);
static int helper(int a) { return a; }
static int (*const table[])(int) = { helper };
const char *const names[] = { "a", "b" };
int f(int i, char *to) { memcpy(to, names[i], 2); return table[i](snprintf(to, 2, "%d", i)); }
"""


class Rules(unittest.TestCase):
    def test_a_tree_that_keeps_every_rule_is_accepted(self):
        with tempfile.TemporaryDirectory() as folder:
            tree(folder, GOOD_TREE)
            for rule in rules.TREE_RULES:
                self.assertEqual(list(rule(folder)), [], rule.__name__)

    def test_each_broken_tree_is_refused_by_its_rule(self):
        for rule, added, word in BAD_TREES:
            with self.subTest(rule=rule, added=added), tempfile.TemporaryDirectory() as folder:
                tree(folder, {**GOOD_TREE, **added})
                complaints = list(getattr(rules, rule)(folder))
                self.assertEqual(len(complaints), 1, complaints)
                self.assertIn(word, complaints[0])

    def test_an_archive_that_keeps_every_rule_is_accepted(self):
        with tempfile.TemporaryDirectory() as folder:
            sample = archive(folder, GOOD_ARCHIVE)
            for rule in rules.ARCHIVE_RULES:
                self.assertEqual(list(rule(sample)), [], rule.__name__)

    def test_each_broken_archive_is_refused_by_its_rule(self):
        for rule, source, word in BAD_ARCHIVES:
            with self.subTest(rule=rule, source=source), tempfile.TemporaryDirectory() as folder:
                complaints = list(getattr(rules, rule)(archive(folder, source)))
                self.assertEqual(len(complaints), 1, complaints)
                self.assertIn(word, complaints[0])

    def test_every_rule_has_a_sample_that_breaks_it(self):
        broken = {rule for rule, _, _ in BAD_TREES + BAD_ARCHIVES}
        self.assertEqual(broken, {rule.__name__ for rule in rules.TREE_RULES + rules.ARCHIVE_RULES})


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=1))
