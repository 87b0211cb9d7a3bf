/* docs/settings.md is the table of settings, written by this program and held to it.
 *
 *     build/dev/tests/test_settings_page --write     makes the page anew */
#include "station_world.h"

#include "charge_point_internal.h"
#include "keys.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE "docs/settings.md"

static char page[65536];
static size_t page_size;

static void OCPP_PRINTF(1, 2) add(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(page + page_size, sizeof(page) - page_size, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && (size_t)size < sizeof(page) - page_size);
    page_size += (size_t)size;
}

static const char preface[] =
    "# Settings\n"
    "\n"
    "What a central system may read and change of a charge point, and the firmware by `device_model.h`. This page is made of "
    "the\n"
    "tables by `test_settings_page --write`; a test holds it to them.\n"
    "\n"
    "- A change is durable before it is answered, and counts at once: none of these needs a reboot. Settings that firmware "
    "brings\n"
    "  may need one, and say so (`needs_reboot`).\n"
    "- *Needs*: a station without that feature does not have the setting: 1.6 answers with `unknownKey` and `NotSupported`, "
    "2.0.1\n"
    "  with `UnknownVariable` or `UnknownComponent`.\n"
    "- *Default*: before the firmware's settings (`struct ocpp_charge_point_settings`) and whatever was changed; `–` where it\n"
    "  depends on the station.\n"
    "- *Access*: R read only, RW, W write only (never told, never logged); `latch`: RW where a connector has a latch to open.\n"
    "- A key of 1.6 is the variable under another name unless it says otherwise: *converted* (written differently), *fan-out*\n"
    "  (changes several variables together), *alone* (the device model has no such variable). Keys have no case, nor have "
    "names.\n"
    "- `NetworkProfileConnectionAttempts` counts with `settings.network`, `OrganizationName` with `settings.certificates`;\n"
    "  without those they are there, and nothing asks for them.\n"
    "- Lists of measurands may name what the meters have (`measurands` of the settings) and the version has a word for.\n"
    "- In 1.6 a measurand may be combined with a phase (`Voltage.L1`), in at most 12 members of a list; a bare name beside it "
    "wants\n"
    "  all phases. 2.0.1 has no phases in its lists: it refuses them, shows the bare names, and hears of all phases.\n"
    "\n"
    "## Variables\n"
    "\n"
    "| Component.Variable (instance) | Key of 1.6 | Type | Unit | Values | Default | Access | Needs |\n"
    "|---|---|---|---|---|---|---|---|\n";

static const char *const features[FEATURE_COUNT] = {
    [FEATURE_ALWAYS] = "",
    [FEATURE_CACHE] = "cache",
    [FEATURE_LIST] = "local list",
    [FEATURE_RESERVATION] = "reservation",
    [FEATURE_LATCH] = "latch",
    [FEATURE_SMART_CHARGING] = "smart charging",
    [FEATURE_MONITORING] = "monitoring",
    [FEATURE_DISPLAY] = "messages on displays",
    [FEATURE_PLUG_AND_CHARGE] = "ISO 15118",
    [FEATURE_COST] = "cost and tariff",
    [FEATURE_SIGNED_READINGS] = "signed readings",
    [FEATURE_TIME_ZONE] = "time zone",
    [FEATURE_SECURITY] = "security",
    [FEATURE_FILES] = "files",
    [FEATURE_CERTIFICATES] = "certificates",
    [FEATURE_NETWORK] = "network",
};

static const char *type_of(const struct variable_row *row)
{
    static const char *const types[] = {
        [KIND_INTEGER] = "integer",       [KIND_HUNDREDTHS] = "decimal",
        [KIND_BOOLEAN] = "boolean",       [KIND_OPTION] = "OptionList",
        [KIND_MEMBERS] = "MemberList",    [KIND_MEASURANDS] = "MemberList",
        [KIND_TEXT] = "string",           [KIND_IDENTIFIER] = "string (ASCII)",
        [KIND_SEQUENCE] = "SequenceList", [KIND_SECRET] = "string",
        [KIND_DATE] = "dateTime",         [KIND_OFFSET] = "string",
    };
    return row->kind < COUNT_OF(types) && types[row->kind] != NULL ? types[row->kind] : "string";
}

static const char *access_of(enum variable_access access)
{
    static const char *const words[] = {
        [ACCESS_READ] = "R", [ACCESS_BOTH] = "RW", [ACCESS_BOTH_WITH_LOCK] = "RW (latch)", [ACCESS_WRITE] = "W"
    };
    return words[access];
}

static void add_number(const struct variable_row *row, int32_t value)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];
    ocpp_decimal_format(OCPP_DECIMAL(value, row->kind == KIND_HUNDREDTHS ? 2 : 0), text);
    add("%s", text);
}

static void add_values(const struct variable_row *row)
{
    switch (row->kind) {
    case KIND_INTEGER:
    case KIND_HUNDREDTHS:
        if (row->access == ACCESS_READ) {
            return;
        }
        add_number(row, row->minimum);
        if (row->maximum == INT32_MAX) {
            add(" and more");
        } else {
            add(" to ");
            add_number(row, row->maximum);
        }
        return;
    case KIND_MEASURANDS:
        add("measurands");
        return;
    case KIND_TEXT:
    case KIND_IDENTIFIER:
        if (row->access != ACCESS_READ) {
            add("at most %d characters", (int)row->maximum);
        }
        return;
    case KIND_SECRET:
        add("%d to %d bytes", (int)row->minimum, (int)row->maximum);
        return;
    default:
        break;
    }
    for (size_t i = 0; row->words != NULL && row->words[i] != NULL; i++) {
        add("%s%s", i == 0 ? "" : ", ", row->words[i]);
    }
}

static void add_default(const struct ocpp_charge_point *cp, enum variable variable)
{
    char text[OCPP_VARIABLE_TEXT_SIZE];
    const struct variable_row *row = ocpp_cp_variable_row(variable);
    if (row->access == ACCESS_READ || row->access == ACCESS_WRITE) {
        add("%s", row->access == ACCESS_READ ? "–" : "");
        return;
    }
    ocpp_cp_variable_text(cp, variable, text);
    for (char *comma = text; *comma != '\0'; comma++) {
        if (*comma == ',') { /* lines of a table break at spaces only */
            *comma = ' ';
        }
    }
    add("%s", text);
}

static const char *mapping_of(const struct key_row *row)
{
    static const char *const words[] = { [KEY_SAME] = "",
                                         [KEY_CONVERTED] = " *converted*",
                                         [KEY_FAN_OUT] = " *fan-out*",
                                         [KEY_CHARACTERISTIC] = " *bound*",
                                         [KEY_COMPUTED] = " *computed*",
                                         [KEY_ALONE] = " *alone*",
                                         [KEY_OF_FIRMWARE] = "" };
    return words[row->mapping];
}

static bool is_name(const struct key_row *row, int variable)
{
    return (int)row->variable == variable && row->mapping != KEY_CHARACTERISTIC && row->mapping != KEY_OF_FIRMWARE;
}

static void add_keys(int variable)
{
    bool is_first = true;
    const enum variable_access own = (enum variable_access)ocpp_cp_variable_row((enum variable)variable)->access;
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        const struct key_row *row = ocpp_cp_key_row(i);
        if (!is_name(row, variable)) {
            continue;
        }
        add("%s`%s`%s", is_first ? "" : ", ", row->key, mapping_of(row));
        if (own != ACCESS_BOTH_WITH_LOCK && row->access != own) {
            add(" %s", access_of((enum variable_access)row->access));
        }
        if (row->feature != FEATURE_ALWAYS && row->feature != ocpp_cp_variable_row((enum variable)variable)->feature) {
            add(" (%s)", features[row->feature]);
        }
        is_first = false;
    }
}

static void add_variable(const struct ocpp_charge_point *cp, int variable)
{
    const struct variable_row *row = ocpp_cp_variable_row((enum variable)variable);
    add("| ");
    if (row->component != COMPONENT_NONE) {
        add("`%s.%s`", ocpp_cp_component_name((enum component)row->component), row->variable);
        if (row->instance != NULL) {
            add(" (%s)", row->instance);
        }
    }
    add(" | ");
    add_keys(variable);
    add(" | %s | %s | ", variable == VARIABLE_EVSE_POWER ? "decimal" : type_of(row), row->unit == NULL ? "" : row->unit);
    add_values(row);
    add(" | ");
    add_default(cp, (enum variable)variable);
    add(" | %s | %s |\n", access_of((enum variable_access)row->access), features[row->feature]);
}

/* A row that is neither a variable nor named by a key is only a bound of another. */
static bool is_shown(int variable)
{
    bool is_named = ocpp_cp_variable_row((enum variable)variable)->component != COMPONENT_NONE;
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        is_named = is_named || is_name(ocpp_cp_key_row(i), variable);
    }
    return is_named;
}

static void add_other_keys(void)
{
    add("\n## Keys that are bounds\n\nHow many members a list may have, or how many there may be of something. All of them R.\n\n"
        "| Key of 1.6 | Needs |\n|---|---|\n");
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        const struct key_row *row = ocpp_cp_key_row(i);
        if (row->mapping == KEY_CHARACTERISTIC) {
            const struct variable_row *of = ocpp_cp_variable_row((enum variable)row->variable);
            add("| `%s` | %s |\n", row->key, features[row->feature != FEATURE_ALWAYS ? row->feature : of->feature]);
        }
    }
    add("\n## Keys left to the firmware\n\nThe engine knows nothing to set by them; they are there where the firmware brings a "
        "setting of that name "
        "(`struct ocpp_own_setting`).\n\n");
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        if (ocpp_cp_key_row(i)->mapping == KEY_OF_FIRMWARE) {
            add("- `%s`\n", ocpp_cp_key_row(i)->key);
        }
    }
}

static void make_page(void)
{
    struct world *world = world_new();
    world_power_on(world);
    page_size = 0;
    add("%s", preface);
    for (int i = 0; i < VARIABLE_COUNT; i++) {
        if (is_shown(i)) {
            add_variable(world->cp, i);
        }
    }
    add_other_keys();
    world_free(world);
}

static void the_page_of_settings_is_the_table(void **state)
{
    (void)state;
    static char there[sizeof(page)];
    make_page();
    FILE *file = fopen(PAGE, "r");
    assert_non_null(file);
    const size_t size = fread(there, 1, sizeof(there) - 1, file);
    fclose(file);
    if (size != page_size || memcmp(there, page, size) != 0) {
        fail_msg(PAGE " is not what the table says: run test_settings_page --write");
    }
}

static int write_page(void)
{
    make_page();
    FILE *file = fopen(PAGE, "w");
    if (file == NULL) {
        return EXIT_FAILURE;
    }
    const bool is_written = fwrite(page, 1, page_size, file) == page_size;
    return fclose(file) == 0 && is_written ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(the_page_of_settings_is_the_table) };
    return argc == 2 && strcmp(argv[1], "--write") == 0 ? write_page() : cmocka_run_group_tests(tests, NULL, NULL);
}
