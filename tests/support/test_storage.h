/* test_storage.h: a store for tests, laid over another one that plays the disk. It counts writes, makes them fail, delays their
 * |done|, and cuts the power between any two of them.
 *
 * Reads and writes go straight to the disk; what is accepted but not done can be taken back, newest first. After a cut nothing is
 * done any more and every call fails with OCPP_ERR_STORAGE until test_storage_power_on(): whoever uses the store is dead by then,
 * so the test should free it without looking at what it still wanted to send.
 */
#ifndef TEST_STORAGE_H
#define TEST_STORAGE_H

#include <ocpp/storage.h>

struct test_storage;

/* test_storage_new: writes are done at once, nothing fails. |disk| is borrowed for life and must write through (its |flush| is
 * NULL). */
struct test_storage *test_storage_new(struct ocpp_storage *disk);

/* test_storage_free: what waits is dropped without its |done|; the disk keeps it. NULL is fine. */
void test_storage_free(struct test_storage *test);

/* test_storage_face: the store to give to the engine. */
struct ocpp_storage *test_storage_face(struct test_storage *test);

/* test_storage_delay: from now on |done| waits for flush (true) or runs before write returns (false, after a flush of what
 * waits). */
void test_storage_delay(struct test_storage *test, bool delayed);

/* test_storage_refuse: the |nth| write from now on (1: the next) returns |status|. 0: none. */
void test_storage_refuse(struct test_storage *test, unsigned nth, enum ocpp_status status);

/* test_storage_lose: the |nth| write from now on is accepted, and then, with all that waits, told |status|: nothing of it
 * happened. 0: none. */
void test_storage_lose(struct test_storage *test, unsigned nth, enum ocpp_status status);

/* test_storage_blind: the |nth| read or each from now on fails with |status| and shows nothing. 0: none. */
void test_storage_blind(struct test_storage *test, unsigned nth, enum ocpp_status status);

/* test_storage_cut: the power goes at the |nth| write from now on (0: never). Of what waits then, that write as the last, the
 * first |keep| reach the disk. So with nothing delayed: 0 cuts before it is on the disk, 1 after, but nobody hears of it. */
void test_storage_cut(struct test_storage *test, unsigned nth, size_t keep);

/* test_storage_cut_now: the same at once, between two writes. */
void test_storage_cut_now(struct test_storage *test, size_t keep);

bool test_storage_is_cut(const struct test_storage *test);

/* test_storage_power_on: works again with what is on the disk; everything that was set by the functions above is forgotten. */
void test_storage_power_on(struct test_storage *test);

/* test_storage_writes: how often write was called (outside a cut), refused or not. test_storage_waiting: accepted and not done.
 */
unsigned test_storage_writes(const struct test_storage *test);
/* test_storage_looks: the same of read and each. */
unsigned test_storage_looks(const struct test_storage *test);
size_t test_storage_waiting(const struct test_storage *test);

/* test_storage_snapshot: a copy of everything, for ocpp_memory_storage_free(). test_storage_restore: makes the disk like
 * |snapshot| again; nothing may wait. */
struct ocpp_storage *test_storage_snapshot(const struct test_storage *test);
void test_storage_restore(struct test_storage *test, struct ocpp_storage *snapshot);

#endif
