/* test_display_view.c: what a display shows, against a naive oracle that shares no line with it: that one lists, for a moment,
 * the messages that may be shown, strikes out what must not be, and counts turns. Messages, screens and moments are random, from
 * seeds; a failing one prints its seed. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "display_messages.h"
#include "languages.h"

enum { CASES = 3000, MESSAGES = 8, UUIDS = 3, WINDOW_MS = 100000 };

struct case_of {
    uint64_t random;
    struct message messages[MESSAGES];
    size_t count;
    struct screen screen;
    uint8_t uuids[UUIDS][UUID_BYTES];
    int64_t utc_zero_ms; /* at mono 0 */
    bool knows_time;
};

static int64_t dice(struct case_of *c, int64_t sides)
{
    c->random = c->random * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(c->random >> 33) % sides;
}

static bool chance(struct case_of *c, int percent)
{
    return dice(c, 100) < percent;
}

static const char *language(struct case_of *c)
{
    static const char *const languages[] = { "", "de", "de-AT", "en", "en-GB", "fr", "DE-at" };
    return languages[dice(c, COUNT_OF(languages))];
}

static struct case_of make(uint64_t seed)
{
    struct case_of c = { .random = seed * 7919 + 1, .utc_zero_ms = 1700000000000 };
    c.count = (size_t)dice(&c, MESSAGES + 1);
    c.knows_time = chance(&c, 85);
    for (int i = 0; i < UUIDS; i++) {
        c.uuids[i][0] = (uint8_t)(i + 1);
    }
    const bool is_plain = chance(&c, 40); /* many that differ in language only */
    for (size_t i = 0; i < c.count; i++) {
        struct message *message = &c.messages[i];
        *message = (struct message){ .id = (int64_t)i * 3, .serial = (uint32_t)i + 1, .display = -1 };
        message->priority = (uint8_t)(is_plain ? OCPP_MESSAGE_NORMAL_CYCLE : dice(&c, OCPP_MESSAGE_PRIORITIES));
        message->state = (uint8_t)(is_plain ? OCPP_MESSAGE_ANY_STATE : dice(&c, OCPP_MESSAGE_ANY_STATE + 1));
        message->start_utc_ms = is_plain || chance(&c, 60) ? OCPP_UTC_UNKNOWN : c.utc_zero_ms + dice(&c, WINDOW_MS);
        message->end_utc_ms = is_plain || chance(&c, 60) ? OCPP_UTC_UNKNOWN : c.utc_zero_ms + dice(&c, WINDOW_MS);
        message->display = (int16_t)(is_plain ? -1 : dice(&c, 3) - 1);
        message->has_transaction = !is_plain && chance(&c, 30);
        if (message->has_transaction) {
            memcpy(message->transaction, c.uuids[dice(&c, UUIDS)], UUID_BYTES);
        }
        snprintf(message->language, sizeof(message->language), "%s", language(&c));
    }
    c.screen = (struct screen){ .display = (int)dice(&c, 2), .turn_ms = 1000 + dice(&c, 20000), .own_turns = (int)dice(&c, 3) };
    c.screen.is_main = chance(&c, 70);
    c.screen.state = (enum ocpp_message_state)dice(&c, OCPP_MESSAGE_STATES);
    c.screen.languages[0] = language(&c);
    c.screen.languages[1] = language(&c);
    return c;
}

/* After make(): what points into the case may not move. */
static void join(struct case_of *c)
{
    for (int i = 0; i < UUIDS; i++) {
        if (chance(c, 50)) {
            c->screen.transactions[c->screen.transaction_count++] = c->uuids[i];
        }
    }
}

/* --- the oracle ---------------------------------------------------------------------------------------------------------- */

/* Lower case up to the first subtag; then the rest. */
static bool oracle_alike(const char *a, const char *b)
{
    char one[40];
    char two[40];
    snprintf(one, sizeof(one), "%s-", a);
    snprintf(two, sizeof(two), "%s-", b);
    for (char *at = one; *at != '\0'; at++) {
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    }
    for (char *at = two; *at != '\0'; at++) {
        *at = (char)(*at >= 'A' && *at <= 'Z' ? *at + 32 : *at);
    }
    return strncmp(one, two, strlen(one)) == 0 || strncmp(one, two, strlen(two)) == 0;
}

static int oracle_rank(const struct case_of *c, const char *tag)
{
    const char *const wishes[] = { c->screen.languages[0], c->screen.languages[1], "en" };
    for (int i = 0; i < 3; i++) {
        if (wishes[i][0] != '\0' && oracle_alike(tag, wishes[i])) {
            return i;
        }
    }
    return 9;
}

static bool same_but_language(const struct message *a, const struct message *b)
{
    struct message one = *a;
    struct message two = *b;
    one.id = two.id = 0;
    one.serial = two.serial = 0;
    memset(one.language, 0, sizeof(one.language));
    memset(two.language, 0, sizeof(two.language));
    return one.start_utc_ms == two.start_utc_ms && one.end_utc_ms == two.end_utc_ms && one.display == two.display &&
           one.priority == two.priority && one.state == two.state && one.has_transaction == two.has_transaction &&
           memcmp(one.transaction, two.transaction, UUID_BYTES) == 0;
}

static int oracle(const struct case_of *c, int64_t mono_ms, size_t *turns)
{
    bool in[MESSAGES] = { false };
    const int64_t utc_ms = c->knows_time ? c->utc_zero_ms + mono_ms : OCPP_UTC_UNKNOWN;
    for (size_t i = 0; i < c->count; i++) {
        const struct message *m = &c->messages[i];
        in[i] = m->display == -1 ? c->screen.is_main : m->display == c->screen.display;
        in[i] = in[i] && (m->state == OCPP_MESSAGE_ANY_STATE || (int)m->state == (int)c->screen.state);
        if (m->has_transaction) {
            bool found = false;
            for (size_t t = 0; t < c->screen.transaction_count; t++) {
                found = found || c->screen.transactions[t][0] == m->transaction[0];
            }
            in[i] = in[i] && found;
        }
        if (m->start_utc_ms != OCPP_UTC_UNKNOWN || m->end_utc_ms != OCPP_UTC_UNKNOWN) {
            in[i] = in[i] && utc_ms != OCPP_UTC_UNKNOWN && (m->start_utc_ms == OCPP_UTC_UNKNOWN || utc_ms >= m->start_utc_ms) &&
                    (m->end_utc_ms == OCPP_UTC_UNKNOWN || utc_ms < m->end_utc_ms);
        }
    }
    for (int priority = 0; priority < OCPP_MESSAGE_PRIORITIES; priority++) {
        bool is_any = false;
        for (size_t i = 0; i < c->count; i++) {
            is_any = is_any || (in[i] && c->messages[i].priority == priority);
        }
        if (!is_any) {
            continue;
        }
        bool stays[MESSAGES];
        size_t count = 0;
        for (size_t i = 0; i < c->count; i++) {
            stays[i] = in[i] && c->messages[i].priority == priority;
            const bool knows = c->screen.languages[0][0] != '\0' || c->screen.languages[1][0] != '\0';
            for (size_t j = 0; j < c->count && stays[i] && knows && c->messages[i].language[0] != '\0'; j++) {
                if (in[j] && c->messages[j].language[0] != '\0' && same_but_language(&c->messages[i], &c->messages[j]) &&
                    oracle_rank(c, c->messages[j].language) < oracle_rank(c, c->messages[i].language)) {
                    stays[i] = false;
                }
            }
            count += stays[i];
        }
        *turns = count + (priority == OCPP_MESSAGE_NORMAL_CYCLE ? (size_t)c->screen.own_turns : 0);
        size_t turn = (size_t)(mono_ms / c->screen.turn_ms) % *turns;
        for (size_t i = 0; i < c->count; i++) {
            if (stays[i] && turn-- == 0) {
                return (int)i;
            }
        }
        return -1;
    }
    *turns = 0;
    return -1;
}

/* --- both ---------------------------------------------------------------------------------------------------------------- */

static struct screen_view look(const struct case_of *c, int64_t mono_ms)
{
    const struct ocpp_now now = { mono_ms, c->knows_time ? c->utc_zero_ms + mono_ms : OCPP_UTC_UNKNOWN };
    return ocpp_screen_view(c->messages, c->count, &c->screen, now);
}

static void agrees_at(const struct case_of *c, uint64_t seed, int64_t mono_ms)
{
    size_t turns;
    const int expected = oracle(c, mono_ms, &turns);
    const struct screen_view view = look(c, mono_ms);
    if (view.message != expected || view.turns != turns) {
        fail_msg("seed %llu at %lld: %d of %zu, and the oracle says %d of %zu", (unsigned long long)seed, (long long)mono_ms,
                 view.message, view.turns, expected, turns);
    }
}

/* O01.FR.06 to FR.09, FR.12 to FR.16. */
static void a_display_shows_what_the_oracle_says(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < CASES; seed++) {
        struct case_of c = make(seed);
        join(&c);
        for (int i = 0; i < 40; i++) {
            agrees_at(&c, seed, dice(&c, WINDOW_MS + 20000));
        }
    }
}

static void what_it_shows_holds_until_the_moment_it_says(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < CASES; seed++) {
        struct case_of c = make(seed);
        join(&c);
        const int64_t from = dice(&c, WINDOW_MS);
        const struct screen_view view = look(&c, from);
        assert_true(view.until_mono_ms > from);
        const int64_t until = view.until_mono_ms < from + WINDOW_MS ? view.until_mono_ms : from + WINDOW_MS;
        for (int i = 0; i < 30; i++) {
            const int64_t then = i == 0 ? until - 1 : from + dice(&c, until - from);
            if (look(&c, then).message != view.message) {
                fail_msg("seed %llu: another one at %lld, before %lld", (unsigned long long)seed, (long long)then,
                         (long long)until);
            }
        }
    }
}

static void languages_are_compared_by_whole_subtags(void **state)
{
    static const struct {
        const char *language;
        const char *first;
        const char *second;
        int rank;
    } rows[] = {
        { "de", "de", "", 0 },       { "de-AT", "de", "", 0 },
        { "de", "de-AT", "", 0 },    { "de-CH", "de-AT", "", LANGUAGE_UNSUITED },
        { "DE-at", "de_AT", "", 0 }, { "den", "de", "", LANGUAGE_UNSUITED },
        { "fr", "de", "fr", 1 },     { "en-US", "de", "fr", 2 },
        { "en", "", "en", 1 },       { "nl", "", "", LANGUAGE_UNSUITED },
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *const languages[] = { rows[i].first, rows[i].second };
        assert_int_equal(ocpp_language_rank(rows[i].language, languages), rows[i].rank);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_display_shows_what_the_oracle_says),
        cmocka_unit_test(what_it_shows_holds_until_the_moment_it_says),
        cmocka_unit_test(languages_are_compared_by_whole_subtags),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
