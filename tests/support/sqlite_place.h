/* sqlite_place.h: a folder with a database file in it, and what tests do to such files. Everything here fails the cmocka test
 * that calls it when it cannot be done.
 */
#ifndef SQLITE_PLACE_H
#define SQLITE_PLACE_H

#include <ocpp/adapters.h>

#include <sys/types.h>

struct sqlite_place {
    char folder[64];
    char path[96]; /* of a file that is not there yet */
    struct ocpp_sqlite_storage_settings settings;
    char reason[256]; /* of the last refusal */
    char log[1024];   /* the last line */
};

/* place_setup, place_teardown: for CMUnitTest. The settings are the default without waiting for locks. */
int place_setup(void **state);
int place_teardown(void **state);

enum ocpp_status place_try_open(struct sqlite_place *place, struct ocpp_storage **storage);
struct ocpp_storage *place_open(struct sqlite_place *place);

/* place_assert_refused: opening ends with |status|, for a reason that names the file and says |why|. */
void place_assert_refused(struct sqlite_place *place, enum ocpp_status status, const char *why);

void place_put(struct ocpp_storage *storage, const char *key, const char *text);
unsigned place_entries(struct ocpp_storage *storage);

/* place_count: a visit that counts into an unsigned. */
bool place_count(const char *key, const void *value, size_t size, void *user);

/* place_sql: runs |text| on the file, past the store. */
void place_sql(struct sqlite_place *place, const char *text);

size_t place_read_file(const char *path, char *bytes, size_t room);
void place_write_file(const char *path, off_t offset, const char *bytes, size_t size);

/* place_as_nobody: runs |act| in a child without rights, as root may write anywhere; it must end with 0. In it, leave with
 * _exit(): a failed assertion would run the rest of the suite. */
void place_as_nobody(struct sqlite_place *place, void (*act)(struct sqlite_place *place));

#endif
