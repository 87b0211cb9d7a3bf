/* lenient.c: the breaches of the rules that a tolerant side survives, one named quirk each.
 *
 * A walker comes here only when the strict reading failed. Every function gives what the peer meant, or fails like the strict
 * walk; a quirk that was used is reported. What is never done: guessing a quantity. A sample whose measurand or unit is unknown
 * is left out as a whole, because without them it would say something else (a missing unit means Wh).
 */
#include "text.h"
#include "time_parse.h"
#include "walk.h"

#include <string.h>

/* --- names ------------------------------------------------------------------------------------------------------- */

static const struct {
    enum ocpp_quirk quirk;
    const char *name;
    const char *sentence;
} quirks[] = {
#define QUIRK_ROW(name, bit, text, sentence) { OCPP_QUIRK_##name, text, sentence },
    OCPP_QUIRK_MAP(QUIRK_ROW)
#undef QUIRK_ROW
};

enum { QUIRK_COUNT = sizeof quirks / sizeof quirks[0] };

const char *ocpp_quirk_name(enum ocpp_quirk quirk)
{
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        if (quirks[i].quirk == quirk)
            return quirks[i].name;
    }
    return "?";
}

const char *ocpp_quirk_sentence(enum ocpp_quirk quirk)
{
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        if (quirks[i].quirk == quirk)
            return quirks[i].sentence;
    }
    return "?";
}

uint32_t ocpp_quirk_of(const char *name)
{
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        if (strcmp(quirks[i].name, name) == 0)
            return (uint32_t)quirks[i].quirk;
    }
    return 0;
}

_Static_assert((int)QUIRK_COUNT == (int)OCPP_QUIRK_COUNT, "message.h counts them");
_Static_assert((int)OCPP_QUIRK_ALL == (1 << OCPP_QUIRK_COUNT) - 1, "and names them all");

static void count_bits(uint32_t counts[OCPP_QUIRK_COUNT], uint32_t bits)
{
    for (size_t i = 0; i < OCPP_QUIRK_COUNT; i++) {
        if ((bits & UINT32_C(1) << i) != 0 && counts[i] < UINT32_MAX)
            counts[i]++;
    }
}

void ocpp_quirk_tally_note(struct ocpp_quirk_tally *tally, const struct ocpp_issue *issue)
{
    if (issue == NULL)
        return;
    count_bits(tally->survived, issue->quirk);
    if (issue->quirk == 0)
        count_bits(tally->refused, issue->remedy);
}

size_t ocpp_quirk_names(uint32_t bits, char *text, size_t size)
{
    size_t length = 0;
    if (size > 0)
        text[0] = '\0';
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        const size_t comma = length > 0 ? 2 : 0;
        const size_t name = strlen(quirks[i].name);
        if ((bits & (uint32_t)quirks[i].quirk) == 0 || length + comma + name >= size)
            continue;
        memcpy(text + length, ", ", comma);
        memcpy(text + length + comma, quirks[i].name, name + 1);
        length += comma + name;
    }
    return length;
}

/* --- scalars ----------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_lenient_boolean(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node,
                                      bool *boolean)
{
    int64_t integer;
    if (ocpp_json_kind(node) != OCPP_JSON_NUMBER || !ocpp_json_is_integer(node, &integer) || (integer != 0 && integer != 1))
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    *boolean = integer == 1;
    return ocpp_walk_forgive(walk, place, OCPP_QUIRK_NUMBER_AS_BOOLEAN, OCPP_ERR_TYPE);
}

enum ocpp_status ocpp_lenient_number(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node,
                                     struct ocpp_decimal *number)
{
    if (ocpp_json_kind(node) != OCPP_JSON_STRING)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const char *text = ocpp_json_string(node);
    if (ocpp_decimal_parse(text, strlen(text), number) != OCPP_OK)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    return ocpp_walk_forgive(walk, place, OCPP_QUIRK_TEXT_AS_NUMBER, OCPP_ERR_TYPE);
}

enum ocpp_status ocpp_lenient_text(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_json *node,
                                   const char **text)
{
    if (ocpp_json_kind(node) != OCPP_JSON_NUMBER)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const enum ocpp_status status = ocpp_walk_forgive(walk, place, OCPP_QUIRK_NUMBER_AS_TEXT, OCPP_ERR_TYPE);
    if (status != OCPP_OK)
        return status;
    char digits[OCPP_DECIMAL_TEXT_SIZE];
    const size_t size = ocpp_decimal_format(ocpp_json_number(node), digits);
    *text = ocpp_arena_text(walk->arena, digits, size);
    return *text != NULL ? OCPP_OK : ocpp_walk_no_memory(walk, place);
}

/* --- times ------------------------------------------------------------------------------------------------------- */

static const struct {
    unsigned bit;
    enum ocpp_quirk quirk;
} time_quirks[] = {
    { OCPP_TIME_SHORT_OFFSET, OCPP_QUIRK_SHORT_OFFSET },
    { OCPP_TIME_NO_ZONE, OCPP_QUIRK_NO_ZONE },
    { OCPP_TIME_NO_SECONDS, OCPP_QUIRK_NO_SECONDS },
};

enum { TIME_QUIRK_COUNT = sizeof time_quirks / sizeof time_quirks[0] };

static uint32_t needed_quirks(unsigned bits)
{
    uint32_t needed = 0;
    for (size_t i = 0; i < TIME_QUIRK_COUNT; i++) {
        if (bits & time_quirks[i].bit)
            needed |= (uint32_t)time_quirks[i].quirk;
    }
    return needed;
}

/* Whether the peer's time needs only quirks that it is granted, all of them; none is reported in vain. */
static bool read_time(const struct ocpp_walk *walk, const struct ocpp_place *place, const char *text, int64_t *utc_ms)
{
    unsigned bits;
    if (walk->tolerance == NULL || ocpp_time_parse_lenient(text, strlen(text), utc_ms, &bits) != OCPP_OK)
        return false;
    if (needed_quirks(bits) & ~walk->tolerance->quirks)
        return false;
    for (size_t i = 0; i < TIME_QUIRK_COUNT; i++) {
        if (bits & time_quirks[i].bit)
            ocpp_walk_survives(walk, place, time_quirks[i].quirk, OCPP_ERR_DATE_TIME);
    }
    return true;
}

enum ocpp_status ocpp_lenient_time(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                   const char *text, int64_t *utc_ms)
{
    if (read_time(walk, place, text, utc_ms))
        return OCPP_OK;
    *utc_ms = 0;
    const bool needless = !(member->flags & (OCPP_MEMBER_REQUIRED | OCPP_MEMBER_LIST));
    walk->absent = needless && ocpp_walk_survives(walk, place, OCPP_QUIRK_BAD_TIME, OCPP_ERR_DATE_TIME);
    return walk->absent ? OCPP_OK : ocpp_walk_fail(walk, place, OCPP_ERR_DATE_TIME);
}

/* --- enumerations ------------------------------------------------------------------------------------------------ */

/* Texts that say the same as the absence of the member: the unit of a frequency is not sent (1.6 errata). */
static const struct {
    const char *member;
    const char *text;
} said_by_absence[] = {
    { "unit", "Hz" },
    { "unit", "Hertz" },
};

static bool is_said_by_absence(const struct ocpp_member *member, const char *text)
{
    for (size_t i = 0; i < sizeof said_by_absence / sizeof said_by_absence[0]; i++) {
        if (strcmp(said_by_absence[i].member, member->name) == 0 && strcmp(said_by_absence[i].text, text) == 0)
            return true;
    }
    return false;
}

/* Members whose absence says something: a sample without them would be another quantity. */
bool ocpp_member_changes_item(const struct ocpp_member *member)
{
    static const char *const names[] = { "measurand", "unit", "phase", "location", "format" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], member->name) == 0)
            return true;
    }
    return false;
}

int ocpp_enum_general(const struct ocpp_enum *enumeration)
{
    static const char *const names[] = { "OtherError", "Other" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const int value = ocpp_enum_value(enumeration, names[i]);
        if (value != 0)
            return value;
    }
    return 0;
}

/* What becomes of a value that its enumeration does not have, in this order: the general value of the enumeration, the sample
 * left out, the member left out, a required member left unknown. */
enum ocpp_status ocpp_lenient_enum(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                   const char *text, int *number)
{
    *number = ocpp_enum_general(member->detail);
    const bool optional = !(member->flags & OCPP_MEMBER_REQUIRED) || (member->flags & OCPP_MEMBER_LIST);
    if (*number == 0 && !optional)
        return ocpp_walk_forgive(walk, place, OCPP_QUIRK_MISSING_ENUM, OCPP_ERR_VALUE);
    const bool wrong_without = optional && ocpp_member_changes_item(member) && !is_said_by_absence(member, text);
    if (*number == 0 && wrong_without && walk->lists == 0)
        return ocpp_walk_fail(walk, place, OCPP_ERR_VALUE);
    const enum ocpp_status status = ocpp_walk_forgive(walk, place, OCPP_QUIRK_UNKNOWN_ENUM, OCPP_ERR_VALUE);
    if (status != OCPP_OK || *number != 0)
        return status;
    walk->skip_item = wrong_without;
    walk->absent = !wrong_without;
    return wrong_without ? OCPP_ERR_VALUE : OCPP_OK;
}

/* --- objects ----------------------------------------------------------------------------------------------------- */

/* What earlier versions called a member. |beside| is a member of the same object type: names like "id" mean many things. */
static const struct {
    const char *name;
    const char *present;
    const char *beside;
} legacy_names[] = {
    { "heartbeatInterval", "interval", "currentTime" },        /* OCPP 1.5 BootNotification */
    { "transactionData", "transactionInfo", "triggerReason" }, /* OCPP 2.0 TransactionEvent */
    { "id", "transactionId", "chargingState" },                /* OCPP 2.0 transactionData */
};

static bool has_member(const struct ocpp_type *type, const char *name)
{
    for (size_t i = 0; i < type->count; i++) {
        if (strcmp(type->members[i].name, name) == 0)
            return true;
    }
    return false;
}

const char *ocpp_lenient_name(const struct ocpp_walk *walk, const struct ocpp_type *type, const char *name)
{
    if (walk->tolerance == NULL || !(walk->tolerance->quirks & OCPP_QUIRK_LEGACY_NAMES))
        return NULL;
    for (size_t i = 0; i < sizeof legacy_names / sizeof legacy_names[0]; i++) {
        if (strcmp(legacy_names[i].name, name) == 0 && has_member(type, legacy_names[i].beside))
            return legacy_names[i].present;
    }
    return NULL;
}

/* An answer says no by a status other than Accepted, of an enumeration that has Accepted; the status of a request (what a
 * connector or an update is doing) is no such thing. */
bool ocpp_lenient_refusal(const struct ocpp_walk *walk, const struct ocpp_type *type, const struct ocpp_json *node)
{
    if (walk->tolerance == NULL || !(walk->tolerance->quirks & OCPP_QUIRK_JUNK_IN_REJECTED))
        return false;
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        if (member->kind != OCPP_MEMBER_ENUM || strcmp(member->name, "status") != 0 ||
            ocpp_enum_value(member->detail, "Accepted") == 0)
            continue;
        const struct ocpp_json *status = ocpp_json_member(node, member->name);
        return status != NULL && ocpp_json_kind(status) == OCPP_JSON_STRING && strcmp(ocpp_json_string(status), "Accepted") != 0;
    }
    return false;
}
