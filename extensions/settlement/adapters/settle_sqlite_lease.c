/* settle_sqlite_lease.c: leases: who may act for something that only one process may do. A row per name that is never deleted, so
 * that its token only rises.
 */
#include "settle_sqlite.h"

#include <stdio.h>
#include <string.h>

enum ocpp_status settle_sqlite_check_lease(struct settle_sqlite *store, const struct ocpp_settle_lease *lease)
{
    sqlite3_stmt *statement = store->statements[SETTLE_SQL_LEASE];
    int64_t token = 0;

    if (store->lease_token != 0 && store->lease_token == lease->token && strcmp(store->lease_name, lease->name) == 0) {
        return OCPP_OK;
    }
    settle_sqlite_bind_text(statement, 1, lease->name);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        token = sqlite3_column_int64(statement, 0);
    }
    const int code = sqlite3_reset(statement);
    if (code != SQLITE_OK) {
        return settle_sqlite_complain(store, "read a lease", code);
    }
    if (token == 0 || token != lease->token) {
        return OCPP_ERR_BUSY;
    }
    if (!store->settings.shared) {
        store->lease_token = token;
        (void)snprintf(store->lease_name, sizeof store->lease_name, "%s", lease->name);
    }
    return OCPP_OK;
}

struct stored_lease {
    int64_t token; /* 0: nobody ever took it */
    int64_t until_utc_ms;
    bool is_his; /* of the holder that asks */
};

static int load_lease(struct settle_sqlite *store, const char *name, const char *holder, struct stored_lease *lease)
{
    sqlite3_stmt *statement = store->statements[SETTLE_SQL_LEASE];

    *lease = (struct stored_lease){ .token = 0 };
    settle_sqlite_bind_text(statement, 1, name);
    if (sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 2);

        lease->token = sqlite3_column_int64(statement, 0);
        lease->until_utc_ms = sqlite3_column_int64(statement, 1);
        lease->is_his = text != NULL && strcmp(text, holder) == 0;
    }
    return sqlite3_reset(statement);
}

static int save_lease(struct settle_sqlite *store, const char *name, const char *holder, const struct stored_lease *lease)
{
    sqlite3_stmt *statement = store->statements[SETTLE_SQL_LEASE_SAVE];

    settle_sqlite_bind_text(statement, 1, name);
    (void)sqlite3_bind_int64(statement, 2, lease->token);
    (void)sqlite3_bind_int64(statement, 3, lease->until_utc_ms);
    settle_sqlite_bind_text(statement, 4, holder);
    return settle_sqlite_run(statement);
}

/* Inside a transaction of its own. */
static enum ocpp_status renew_lease(struct settle_sqlite *store, const char *name, const char *holder, int64_t now_utc_ms,
                                    struct stored_lease *lease)
{
    const int64_t until_utc_ms = lease->until_utc_ms;
    int code = load_lease(store, name, holder, lease);

    if (code == SQLITE_OK) {
        const bool is_held = lease->token > 0 && lease->until_utc_ms > now_utc_ms;

        if (is_held && !lease->is_his) {
            return OCPP_ERR_BUSY;
        }
        lease->token += !is_held;
        lease->until_utc_ms = until_utc_ms;
        code = save_lease(store, name, holder, lease);
    }
    return code == SQLITE_OK ? OCPP_OK : settle_sqlite_complain(store, "take a lease", code);
}

enum ocpp_status settle_sqlite_take_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms,
                                          int64_t *token, void *user)
{
    struct settle_sqlite *store = user;
    struct stored_lease lease = { .until_utc_ms = until_utc_ms };
    enum ocpp_status status = store->visiting > 0 ? OCPP_ERR_STATE : settle_lease_check(name, holder);

    if (status != OCPP_OK) {
        return status;
    }
    store->lease_token = 0;
    (void)settle_sqlite_end_transaction(store); /* who lost something by it is told, a lease hangs on none of it */
    status = settle_sqlite_begin(store);
    if (status == OCPP_OK) {
        status = renew_lease(store, name, holder, now_utc_ms, &lease);
        if (status == OCPP_OK) {
            status = settle_sqlite_commit(store);
        } else {
            settle_sqlite_roll_back(store);
        }
    }
    if (status == OCPP_OK) {
        *token = lease.token;
    }
    if (!store->draining) {
        settle_sqlite_drain(store);
    }
    return status;
}
