/* account.c: what was kept of a transaction, read back for the message that ends it: in the order of time, as much as fits.
 *
 * OCPP 1.6 errata 3.91; OCPP 2.0.1 J02.FR.20: what does not fit goes from between, every second one. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { SAMPLE_BYTES = 220, FRAME_BYTES = 4096 /* for everything else in the message */ };

static size_t bytes_of(const struct reading *reading)
{
    return 64 + reading->count * SAMPLE_BYTES;
}

/* --- what there is ------------------------------------------------------------------------------------------------- */

static bool count_key(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    bool is_record = false;
    struct account *account = user;
    account->room += ocpp_cp_data_slot(key, &is_record) >= -1 && is_record;
    return true;
}

/* Whether |a| was before |b|. Within one start of the software the clock may have been set in between. */
static bool is_before(const struct ocpp_charge_point *cp, const struct moment *a, const struct moment *b)
{
    return a->boot == b->boot ? a->mono_ms < b->mono_ms : ocpp_cp_date(cp, a) < ocpp_cp_date(cp, b);
}

/* Versions that number transactions know as several what goes on as one session when one driver follows another: then the first
 * reading is that of the first, and each sample that of the one it was taken in. */
static bool is_of_this(const struct account *account, int slot, const struct moment *when)
{
    const struct told *told = account->told;
    if (account->family != FAMILY_NUMBERED) {
        return true;
    }
    if (slot < 0) {
        return !told->is_later;
    }
    return !is_before(account->cp, &account->fact->when, when) &&
           (told->began.boot == 0 || !is_before(account->cp, when, &told->began));
}

/* A record, or signed values of the one before. What cannot be read is passed over; it goes with the rest. */
static bool add_key(const char *key, const void *value, size_t size, void *user)
{
    struct account *account = user;
    struct fact *fact = &account->cp->scratch;
    bool is_record = false;
    const int slot = ocpp_cp_data_slot(key, &is_record);
    if (!is_record && account->count > 0 && account->lines[account->count - 1].slot == slot) {
        account->lines[account->count - 1].bytes += size;
    }
    if (!is_record || slot < -1 || account->count == account->room ||
        ocpp_record_read(&fact_layout, value, size, fact) != OCPP_OK) {
        return true;
    }
    const int64_t at = ocpp_cp_date(account->cp, &fact->reading.when);
    if ((slot >= 0 && ocpp_cp_data_family(fact->source) != account->family) || at == OCPP_UTC_UNKNOWN ||
        !is_of_this(account, slot, &fact->reading.when)) {
        return true;
    }
    struct account_line *line = &account->lines[account->count++];
    *line = (struct account_line){ slot < 0 ? INT64_MIN : at, bytes_of(&fact->reading), slot };
    return true;
}

/* A transaction of the first release has its first reading in its last fact. */
static void add_old_begin(struct account *account)
{
    const bool has_begin = account->count > 0 && account->lines[0].slot == SLOT_BEGIN;
    if (!has_begin && ocpp_cp_old_begin(account->cp, &account->cp->scratch.reading)) {
        memmove(account->lines + 1, account->lines, account->count * sizeof(*account->lines));
        account->lines[0] = (struct account_line){ INT64_MIN, bytes_of(&account->cp->scratch.reading), SLOT_OLD_BEGIN };
        account->count++;
    }
}

static void sort(struct account_line *lines, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const struct account_line line = lines[i];
        size_t place = i;
        for (; place > 0 && lines[place - 1].at_utc_ms > line.at_utc_ms; place--) {
            lines[place] = lines[place - 1];
        }
        lines[place] = line;
    }
}

/* --- what fits ------------------------------------------------------------------------------------------------------ */

static size_t total(const struct account *account)
{
    size_t bytes = FRAME_BYTES + bytes_of(&account->fact->reading);
    for (size_t i = 0; i < account->count; i++) {
        bytes += account->lines[i].bytes;
    }
    return bytes;
}

/* The 1st, 3rd, 5th … between the first and the last are left out. */
static void thin(struct account *account)
{
    const size_t first = account->count > 0 && account->lines[0].slot < 0 ? 1 : 0;
    size_t kept = first;
    for (size_t i = first + 1; i < account->count; i += 2) {
        account->lines[kept++] = account->lines[i];
    }
    account->count = kept;
}

static size_t most_bytes(const struct ocpp_charge_point *cp)
{
    return (size_t)cp->values[VARIABLE_SET_BYTES]; /* what this station takes in one message it does not exceed either */
}

size_t ocpp_cp_account_open(struct ocpp_charge_point *cp, const struct fact *fact, const struct told *told, enum family family,
                            struct account *account)
{
    char prefix[OCPP_KEY_SIZE];
    *account = (struct account){ .cp = cp, .fact = fact, .told = told, .family = family };
    ocpp_cp_data_prefix(fact->uuid, prefix);
    enum ocpp_status status = cp->storage->each(prefix, NULL, count_key, account, cp->storage->user);
    account->lines = ocpp_cp_arena_take(cp, (account->room + 1) * sizeof(*account->lines));
    if (status == OCPP_OK && account->lines != NULL) {
        status = cp->storage->each(prefix, NULL, add_key, account, cp->storage->user);
    }
    if (status != OCPP_OK || account->lines == NULL) {
        cp->is_starved = true; /* to be tried again, whole */
        account->count = 0;
        return 0;
    }
    sort(account->lines, account->count);
    add_old_begin(account);
    const size_t before = account->count;
    while (total(account) > most_bytes(cp) && account->count > 1) {
        thin(account);
    }
    if (account->count < before) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the end of a transaction tells %d of %d readings: more do not fit",
                    (int)account->count, (int)before);
    }
    return account->count;
}

struct reading *ocpp_cp_account_next(struct account *account)
{
    struct ocpp_charge_point *cp = account->cp;
    while (account->next < account->count) {
        char key[OCPP_KEY_SIZE];
        const int slot = account->lines[account->next++].slot;
        if (slot == SLOT_OLD_BEGIN && ocpp_cp_old_begin(cp, &cp->scratch.reading)) {
            return &cp->scratch.reading;
        }
        ocpp_cp_data_key(account->fact->uuid, slot, key);
        if (ocpp_cp_peek(cp, key, &fact_layout, &cp->scratch) == OCPP_OK) {
            ocpp_cp_signed_load(cp, key, &cp->scratch.reading);
            return &cp->scratch.reading;
        }
    }
    return NULL;
}
