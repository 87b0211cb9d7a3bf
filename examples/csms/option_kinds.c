/* option_kinds.c: one function per kind of option. */
#include "option_kinds.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool option_wrong(char *why, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(why, OPTIONS_WHY_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

static void *place_of(const struct option_row *row, struct options *options)
{
    return (char *)options + row->place;
}

static bool set_text(const struct option_row *row, struct options *options, const char *value, char *why)
{
    const char **place = place_of(row, options);

    if (*place) {
        return option_wrong(why, "--%s is given twice (%.80s, %.80s)", row->name, *place, value);
    }
    *place = value;
    return true;
}

static bool set_number(const struct option_row *row, struct options *options, const char *value, char *why)
{
    char *end;
    long long number = strtoll(value, &end, 10);

    if (end == value || *end || number < row->minimum || number > row->maximum) {
        return option_wrong(why, "--%s %.60s: type a number from %" PRId64 " to %" PRId64, row->name, value, row->minimum,
                            row->maximum);
    }
    *(int64_t *)place_of(row, options) = number;
    return true;
}

static bool set_word(const struct option_row *row, struct options *options, const char *value, char *why)
{
    char choice[128] = "";

    for (const struct option_word *at = row->words; at->word; at++) {
        size_t used = strlen(choice);
        if (strcmp(at->word, value) == 0) {
            *(int *)place_of(row, options) = at->value;
            return true;
        }
        snprintf(choice + used, sizeof choice - used, "%s%s", used == 0 ? "" : at[1].word ? ", " : " or ", at->word);
    }
    return option_wrong(why, "--%s %.60s: type %s", row->name, value, choice);
}

bool option_set(const struct option_row *row, struct options *options, const char *value, char *why)
{
    if (row->kind == OPTION_LATER) {
        return option_wrong(why, "--%s is not part of this release; leave it out", row->name);
    }
    if (row->argument && (!value || !value[0])) {
        return option_wrong(why, "--%s needs a value: --%s %s", row->name, row->name, row->argument);
    }
    if (!row->argument && value) {
        return option_wrong(why, "--%s takes no value", row->name);
    }
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)place_of(row, options) = true;
        return true;
    case OPTION_TEXT:
        return set_text(row, options, value, why);
    case OPTION_NUMBER:
        return set_number(row, options, value, why);
    case OPTION_WORD:
        return set_word(row, options, value, why);
    case OPTION_OWN:
    case OPTION_LATER:
        break;
    }
    return row->apply(options, value, why);
}
