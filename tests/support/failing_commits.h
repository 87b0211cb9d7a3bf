/* failing_commits.h: SQLite handles whose commits fail when a test wants it: what was in the transaction is rolled back, as when
 * the disk gives way at the last moment.
 */
#ifndef FAILING_COMMITS_H
#define FAILING_COMMITS_H

#include <stdbool.h>

/* failing_commits_begin: commits of handles that are opened from now on can be made to fail. failing_commits_end: no more, also
 * of those that are open still. */
void failing_commits_begin(void);
void failing_commits_end(void);

/* failing_commits: whether they fail. */
void failing_commits(bool fail);

#endif
