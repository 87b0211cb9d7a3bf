/* failing_commits.c: by SQLite's hook of commits, which every handle that is opened gets. */
#include "failing_commits.h"

#include <sqlite3.h>

#include <stddef.h>

static bool commits_fail;

static int before_commit(void *user)
{
    (void)user;
    return commits_fail;
}

static int hook(sqlite3 *db, char **message, const struct sqlite3_api_routines *api)
{
    (void)message, (void)api;
    (void)sqlite3_commit_hook(db, before_commit, NULL);
    return SQLITE_OK;
}

void failing_commits_begin(void)
{
    (void)sqlite3_auto_extension((void (*)(void))hook);
}

void failing_commits_end(void)
{
    commits_fail = false;
    (void)sqlite3_cancel_auto_extension((void (*)(void))hook);
}

void failing_commits(bool fail)
{
    commits_fail = fail;
}
