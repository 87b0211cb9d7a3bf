/* The line of a cabinet over a real terminal: the driver opens one side of a pseudo-terminal, boards sit at the other. Everything
 * is waited for with poll() and a deadline. */
#define _XOPEN_SOURCE 700
#include "serial_cabinet_emulator.h"
#include "unit.h"

#include <ocpp/settlement/serial_cabinet.h>

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 8, WITHIN_MS = 20000 };

static struct place {
    struct cabinet cabinet;
    struct emulator line;
    int boards; /* the other side */
    char name[128];
    struct ocpp_settle_serial_settings settings;
    struct ocpp_settle_serial *serial;
    struct ocpp_settle_tty *tty;
    struct ocpp_settle_bay bay;
    uint32_t act;
    struct ocpp_settle_bay_outcome outcome; /* the last */
    unsigned char mark[24];
    int outcomes, inserted, removed;
} at;

static struct ocpp_now now(void)
{
    struct timespec time;

    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &time), 0);
    return (struct ocpp_now){ .mono_ms = (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000, .utc_ms = OCPP_UTC_UNKNOWN };
}

static void inserted(int slot, struct ocpp_now when, void *user)
{
    (void)when;
    (void)user;
    at.inserted += slot == SLOTS;
}

static void removed(int slot, struct ocpp_now when, void *user)
{
    (void)when;
    (void)user;
    at.removed += slot == 1;
}

static void ended(const struct ocpp_settle_bay_outcome *outcome, struct ocpp_now when, void *user)
{
    (void)when;
    (void)user;
    at.outcome = *outcome;
    at.outcomes++;
    if (outcome->mark_size == sizeof at.mark) {
        memcpy(at.mark, outcome->mark, sizeof at.mark);
    }
}

/* --- both sides ---------------------------------------------------------------------------------------------------- */

static void open_terminal(void)
{
    at.boards = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(at.boards >= 0);
    assert_int_equal(grantpt(at.boards), 0);
    assert_int_equal(unlockpt(at.boards), 0);
    assert_int_equal(fcntl(at.boards, F_SETFL, O_NONBLOCK), 0);
    const char *name = ptsname(at.boards);
    assert_true(name != NULL && strlen(name) < sizeof at.name);
    memcpy(at.name, name, strlen(name) + 1);
}

static void boards_run(void)
{
    unsigned char bytes[EMULATOR_OUT];
    ssize_t count = at.boards >= 0 ? read(at.boards, bytes, 100) : 0;

    emulator_run(&at.line, now());
    if (count > 0) {
        emulator_hear(&at.line, bytes, (size_t)count, now());
    }
    const size_t size = emulator_say(&at.line, bytes, now());
    if (size > 0 && at.boards >= 0) {
        assert_int_equal(write(at.boards, bytes, size), (ssize_t)size);
    }
}

/* Waits for either side, at most until the next deadline. */
static void wait_and_run(void)
{
    struct pollfd files[] = { { .fd = at.boards, .events = POLLIN },
                              { .fd = ocpp_settle_tty_fd(at.tty),
                                .events = (short)(POLLIN | (ocpp_settle_tty_wants_to_write(at.tty) ? POLLOUT : 0)) } };
    const int64_t one = ocpp_settle_tty_deadline(at.tty);
    const int64_t other = emulator_deadline(&at.line);
    const int64_t left = (one < other ? one : other) - now().mono_ms;

    (void)poll(files, 2, left < 0 ? 0 : left > 100 ? 100 : (int)left);
    boards_run();
    ocpp_settle_tty_run(at.tty, now());
}

static void until(bool (*is_so)(void))
{
    const int64_t end = now().mono_ms + WITHIN_MS;

    while (!is_so()) {
        assert_true(now().mono_ms < end);
        wait_and_run();
    }
}

static bool all_ready(void)
{
    return ocpp_settle_serial_view(at.serial).boards_ready == 2;
}

static bool none_ready(void)
{
    return ocpp_settle_serial_view(at.serial).boards_ready == 0;
}

static bool is_closed(void)
{
    return ocpp_settle_tty_fd(at.tty) == -1;
}

static bool has_ended(void)
{
    return at.outcomes > 0;
}

static bool was_swapped(void)
{
    return at.inserted > 0 && at.removed > 0;
}

static enum ocpp_settle_bay_result end_of(enum ocpp_status status)
{
    at.outcomes = 0;
    assert_int_equal(status, OCPP_OK);
    until(has_ended);
    assert_int_equal(at.outcomes, 1);
    assert_int_equal(at.outcome.act, at.act);
    return at.outcome.result;
}

static int set_up(void **state)
{
    (void)state;
    memset(&at, 0, sizeof at);
    open_terminal();
    cabinet_init(&at.cabinet, SLOTS, OCPP_SETTLE_MARK_ROOM_BYTES);
    at.cabinet.act_ms = 10;
    for (int slot = 1; slot < SLOTS; slot++) {
        cabinet_stock(&at.cabinet, slot, "B1", "0123456789abcdefghijklmn", 80);
    }
    emulator_init(&at.line, &at.cabinet, SLOTS / 2);
    at.settings = ocpp_settle_serial_settings_default();
    at.settings.boards = 2;
    at.settings.slots_per_board = SLOTS / 2;
    at.settings.lost_ms = 100;
    at.serial = ocpp_settle_serial_new(&at.settings, now());
    assert_non_null(at.serial);
    at.bay = ocpp_settle_serial_bay(at.serial);
    const struct ocpp_settle_bay_listener listener = { .inserted = inserted, .removed = removed, .outcome = ended };
    ocpp_settle_serial_listen(at.serial, &listener);
    at.tty = ocpp_settle_tty_open(at.name, at.serial);
    assert_non_null(at.tty);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ocpp_settle_tty_free(at.tty);
    ocpp_settle_serial_free(at.serial);
    return at.boards >= 0 ? close(at.boards) : 0;
}

#define ACT(what, slot)          end_of(at.bay.what(slot, ++at.act, at.bay.user))
#define WRITE(slot, half, bytes) end_of(at.bay.write_mark(slot, ++at.act, half, bytes, 12, at.bay.user))

/* --- tests --------------------------------------------------------------------------------------------------------- */

/* Every byte there is goes over the line as it is: nothing is taken for an end of line, a flow control or an end of file. */
static void bytes_go_over_the_line_as_they_are(void **state)
{
    (void)state;
    until(all_ready);
    for (unsigned first = 0; first < 256; first += 24) {
        unsigned char mark[24];
        for (unsigned i = 0; i < sizeof mark; i++) {
            mark[i] = (unsigned char)(first + i);
        }
        assert_int_equal(WRITE(5, OCPP_SETTLE_BAY_FIRST_HALF, mark), OCPP_SETTLE_BAY_DONE);
        assert_int_equal(WRITE(5, OCPP_SETTLE_BAY_SECOND_HALF, mark + 12), OCPP_SETTLE_BAY_DONE);
        assert_memory_equal(at.cabinet.slot[4].bank.mark, mark, sizeof mark);
        assert_int_equal(ACT(read_mark, 5), OCPP_SETTLE_BAY_DONE);
        assert_memory_equal(at.mark, mark, sizeof mark);
    }
}

static void a_bank_leaves_and_comes_back_elsewhere(void **state)
{
    struct cabinet_bank bank;

    (void)state;
    until(all_ready);
    assert_int_equal(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
    assert_true(at.outcome.is_present);
    assert_int_equal(ACT(eject, 1), OCPP_SETTLE_BAY_DONE);
    at.inserted = at.removed = 0;
    assert_true(cabinet_take(&at.cabinet, 1, &bank, now()));
    assert_true(cabinet_insert(&at.cabinet, SLOTS, &bank, now()));
    until(was_swapped);
    assert_int_equal(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
    assert_false(at.outcome.is_present);
    assert_int_equal(ACT(self_test, 1), OCPP_SETTLE_BAY_DONE);
}

static void faults_of_the_line_and_of_slots_end_acts_as_they_should(void **state)
{
    (void)state;
    until(all_ready);
    at.line.faults = (struct emulated_faults){ .lost_answers = 1 };
    assert_int_equal(ACT(query, 2), OCPP_SETTLE_BAY_DONE);
    at.line.faults = (struct emulated_faults){ .late_answers = 1 };
    assert_int_equal(ACT(query, 2), OCPP_SETTLE_BAY_DONE);
    at.line.faults = (struct emulated_faults){ .flipped = 1, .garbage = 1 };
    assert_int_equal(ACT(query, 2), OCPP_SETTLE_BAY_DONE);
    at.line.faults = (struct emulated_faults){ .cut = 1, .is_echoing = true };
    assert_int_equal(ACT(query, 2), OCPP_SETTLE_BAY_DONE);
    at.line.faults = (struct emulated_faults){ .twice = 3 };
    assert_int_equal(ACT(query, 2), OCPP_SETTLE_BAY_DONE);
    cabinet_fault(&at.cabinet, 2, CABINET_EJECT_JAMS, 1);
    assert_int_equal(ACT(eject, 2), OCPP_SETTLE_BAY_JAMMED);
    cabinet_fault(&at.cabinet, 2, CABINET_UNREADABLE, 1);
    assert_int_equal(ACT(read_mark, 2), OCPP_SETTLE_BAY_UNREADABLE);
    at.line.board[1].is_dead = true;
    assert_int_equal(ACT(eject, 8), OCPP_SETTLE_BAY_FAILED);
    assert_int_equal(ACT(query, 2), OCPP_SETTLE_BAY_DONE);
    at.line.board[1].is_dead = false;
    until(all_ready);
    assert_int_equal(ACT(query, 8), OCPP_SETTLE_BAY_DONE);
}

/* The other side is gone: acts fail, and the device is tried again, here in vain. */
static void a_device_that_goes_away_loses_its_boards_and_is_tried_again(void **state)
{
    (void)state;
    until(all_ready);
    assert_int_equal(close(at.boards), 0);
    at.boards = -1;
    until(is_closed); /* boards are lost before, where this machine stalls for longer than they may be silent */
    until(none_ready);
    assert_int_equal(ACT(query, 1), OCPP_SETTLE_BAY_FAILED);
    assert_true(ocpp_settle_tty_deadline(at.tty) > now().mono_ms - 5000);
}

static void a_device_that_comes_later_is_found(void **state)
{
    char link[] = "/tmp/ocpp-serial-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(link));
    char path[sizeof link + 8] = "";
    memcpy(path, link, strlen(link));
    memcpy(path + strlen(link), "/tty", 5);
    ocpp_settle_tty_free(at.tty);
    at.tty = ocpp_settle_tty_open(path, at.serial);
    assert_non_null(at.tty);
    assert_int_equal(ocpp_settle_tty_fd(at.tty), -1);
    assert_int_equal(symlink(at.name, path), 0);
    until(all_ready);
    assert_int_equal(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(link), 0);
}

static void what_is_no_terminal_is_not_spoken_to(void **state)
{
    (void)state;
    ocpp_settle_tty_free(at.tty);
    at.tty = ocpp_settle_tty_open("/dev/null", at.serial);
    assert_non_null(at.tty);
    assert_int_equal(ocpp_settle_tty_fd(at.tty), -1);
    assert_int_equal(ACT(query, 1), OCPP_SETTLE_BAY_FAILED);
}

static void every_rate_is_set_and_the_line_is_raw(void **state)
{
    static const struct {
        int baud;
        speed_t speed;
    } rates[] = { { 9600, B9600 }, { 19200, B19200 }, { 38400, B38400 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rates); i++) {
        struct termios modes;
        tear_down(NULL);
        set_up(NULL);
        ocpp_settle_tty_free(at.tty);
        ocpp_settle_serial_free(at.serial);
        at.settings.baud = rates[i].baud;
        at.serial = ocpp_settle_serial_new(&at.settings, now());
        assert_non_null(at.serial);
        at.tty = ocpp_settle_tty_open(at.name, at.serial);
        assert_int_equal(tcgetattr(ocpp_settle_tty_fd(at.tty), &modes), 0);
        assert_int_equal(cfgetospeed(&modes), rates[i].speed);
        assert_int_equal(modes.c_lflag & (ICANON | ECHO | ISIG), 0);
        assert_int_equal(modes.c_cflag & CSIZE, CS8);
        assert_int_equal(modes.c_cflag & (PARENB | CSTOPB), 0);
        until(all_ready);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(bytes_go_over_the_line_as_they_are),
        TEST(a_bank_leaves_and_comes_back_elsewhere),
        TEST(faults_of_the_line_and_of_slots_end_acts_as_they_should),
        TEST(a_device_that_goes_away_loses_its_boards_and_is_tried_again),
        TEST(a_device_that_comes_later_is_found),
        TEST(what_is_no_terminal_is_not_spoken_to),
        TEST(every_rate_is_set_and_the_line_is_raw),
    };
    return cmocka_run_group_tests_name("settle_serial_tty", tests, NULL, NULL);
}
