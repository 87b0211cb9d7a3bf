/* The line of a cabinet without any line: a driver, boards, and everything that can happen between them, on a clock of the test.
 * Each act of the contract ends in each way; whatever the line loses, doubles, delays or changes, nothing is done twice, told
 * twice or left open. */
#include "allocator.h"
#include "serial_cabinet_emulator.h"
#include "serial_line.h"
#include "unit.h"

#include <string.h>

enum { SLOTS = 8, EACH = 4, HEARD = 512 };

struct heard {
    const char *what;
    int slot;
    int percent;
    uint32_t act;
    enum ocpp_settle_bay_result result;
    bool is_present;
    char bank[48], hardware[48];
    int charge;
    enum ocpp_settle_bay_condition condition;
    unsigned char mark[24];
    size_t mark_size;
};

static struct place {
    struct cabinet cabinet;
    struct emulator line;
    struct ocpp_settle_serial_settings settings;
    struct ocpp_settle_serial *serial;
    struct ocpp_settle_bay bay;
    struct ocpp_now now;
    struct heard heard[HEARD];
    size_t count;
    bool asks_again; /* from within the outcome */
    uint32_t last_act;
} at;

static const unsigned char some_mark[24] = "0123456789abcdefghijklmn";

/* --- what is heard ------------------------------------------------------------------------------------------------- */

static struct heard *note(const char *what, int slot)
{
    assert_in_range(slot, 1, SLOTS);
    assert_true(at.count < HEARD);
    at.heard[at.count] = (struct heard){ .what = what, .slot = slot };
    return &at.heard[at.count++];
}

static void inserted(int slot, struct ocpp_now now, void *user)
{
    (void)now;
    (void)user;
    note("inserted", slot);
}

static void removed(int slot, struct ocpp_now now, void *user)
{
    (void)now;
    (void)user;
    note("removed", slot);
}

static void charged(int slot, int percent, struct ocpp_now now, void *user)
{
    (void)now;
    (void)user;
    note("charge", slot)->percent = percent;
}

static void jammed(int slot, struct ocpp_now now, void *user)
{
    (void)now;
    (void)user;
    note("jammed", slot);
}

static void ended(const struct ocpp_settle_bay_outcome *outcome, struct ocpp_now now, void *user)
{
    struct heard *heard = note("outcome", outcome->slot);

    (void)now;
    (void)user;
    heard->act = outcome->act;
    heard->result = outcome->result;
    heard->is_present = outcome->is_present;
    heard->charge = outcome->charge;
    heard->condition = outcome->condition;
    heard->mark_size = outcome->mark_size;
    memcpy(heard->bank, outcome->bank != NULL ? outcome->bank : "-", strlen(outcome->bank != NULL ? outcome->bank : "-"));
    memcpy(heard->hardware, outcome->hardware_id != NULL ? outcome->hardware_id : "-",
           strlen(outcome->hardware_id != NULL ? outcome->hardware_id : "-"));
    if (outcome->mark_size > 0) {
        memcpy(heard->mark, outcome->mark, outcome->mark_size);
    }
    if (at.asks_again) {
        at.asks_again = false;
        assert_int_equal(at.bay.read_mark(outcome->slot, ++at.last_act, at.bay.user), OCPP_OK);
    }
}

static int heard_times(const char *what, int slot)
{
    int times = 0;

    for (size_t i = 0; i < at.count; i++) {
        times += strcmp(at.heard[i].what, what) == 0 && at.heard[i].slot == slot;
    }
    return times;
}

/* --- the place ----------------------------------------------------------------------------------------------------- */

static void exchange(void)
{
    unsigned char bytes[EMULATOR_OUT];
    size_t size = emulator_say(&at.line, bytes, at.now);

    emulator_run(&at.line, at.now);
    ocpp_settle_serial_receive(at.serial, bytes, size, at.now);
    ocpp_settle_serial_advance(at.serial, at.now);
    const unsigned char *frame = ocpp_settle_serial_next_output(at.serial, &size, at.now);
    if (frame != NULL) {
        emulator_hear(&at.line, frame, size, at.now);
    }
}

static void pass(int64_t ms)
{
    for (int64_t end = at.now.mono_ms + ms; at.now.mono_ms < end;) {
        exchange();
        at.now.mono_ms++;
    }
}

static void start_driver(void)
{
    at.serial = ocpp_settle_serial_new(&at.settings, at.now);
    assert_non_null(at.serial);
    at.bay = ocpp_settle_serial_bay(at.serial);
    ocpp_settle_serial_listen(at.serial, &(struct ocpp_settle_bay_listener){ inserted, removed, ended, charged, jammed, NULL });
}

static int set_up(void **state)
{
    (void)state;
    memset(&at, 0, sizeof at);
    at.now = (struct ocpp_now){ .mono_ms = 1000, .utc_ms = OCPP_UTC_UNKNOWN };
    cabinet_init(&at.cabinet, SLOTS, OCPP_SETTLE_MARK_ROOM_BYTES);
    for (int slot = 1; slot < SLOTS; slot++) {
        cabinet_stock(&at.cabinet, slot, "B1", some_mark, 50 + slot);
    }
    emulator_init(&at.line, &at.cabinet, EACH);
    at.settings = ocpp_settle_serial_settings_default();
    at.settings.boards = SLOTS / EACH;
    at.settings.slots_per_board = EACH;
    start_driver();
    pass(1000);
    assert_int_equal(ocpp_settle_serial_view(at.serial).boards_ready, SLOTS / EACH);
    at.count = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ocpp_settle_serial_free(at.serial);
    return 0;
}

/* The outcome of the act, which is told once. */
static struct heard *outcome_of(uint32_t act)
{
    struct heard *found = NULL;

    for (size_t i = 0; i < at.count; i++) {
        if (strcmp(at.heard[i].what, "outcome") == 0 && at.heard[i].act == act) {
            assert_null(found);
            found = &at.heard[i];
        }
    }
    if (found == NULL) {
        fail_msg("act %u never ended", act);
    }
    return found;
}

static struct heard *done(enum ocpp_status status, enum ocpp_settle_bay_result result)
{
    assert_int_equal(status, OCPP_OK);
    pass(3000);
    struct heard *heard = outcome_of(at.last_act);
    assert_int_equal(heard->result, result);
    return heard;
}

#define ACT(what, slot)          at.bay.what(slot, ++at.last_act, at.bay.user)
#define WRITE(slot, half, bytes) at.bay.write_mark(slot, ++at.last_act, half, bytes, 12, at.bay.user)

/* --- each act, each end -------------------------------------------------------------------------------------------- */

static void a_query_tells_what_is_there(void **state)
{
    (void)state;
    at.cabinet.slot[5].bank.condition = OCPP_SETTLE_BAY_DAMAGED;
    const struct heard *heard = done(ACT(query, 6), OCPP_SETTLE_BAY_DONE);
    assert_true(heard->is_present);
    assert_string_equal(heard->bank, "B1");
    assert_string_equal(heard->hardware, "hB1");
    assert_int_equal(heard->charge, 56);
    assert_int_equal(heard->condition, OCPP_SETTLE_BAY_DAMAGED);
    heard = done(ACT(query, 8), OCPP_SETTLE_BAY_DONE);
    assert_false(heard->is_present);
    assert_string_equal(heard->bank, "-");
    assert_int_equal(heard->charge, -1);
}

static void ids_of_forty_characters_fit(void **state)
{
    static const char id[] = "0123456789012345678901234567890123456789";

    (void)state;
    memcpy(at.cabinet.slot[0].bank.id, id, sizeof id);
    memcpy(at.cabinet.slot[0].bank.hardware_id, id, sizeof id);
    const struct heard *heard = done(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
    assert_string_equal(heard->bank, id);
    assert_string_equal(heard->hardware, id);
}

static void a_mark_is_written_in_halves_and_read_back(void **state)
{
    static const unsigned char mark[] = { 0xA5, 0xA5, 0x01, 4, 5, 6, 7, 8, 9, 10, 11, 12,
                                          0xA5, 0x81, 3,    4, 0, 6, 7, 8, 9, 10, 11, 0xA5 };

    (void)state;
    done(WRITE(3, OCPP_SETTLE_BAY_FIRST_HALF, mark), OCPP_SETTLE_BAY_DONE);
    const struct heard *heard = done(ACT(read_mark, 3), OCPP_SETTLE_BAY_DONE);
    assert_memory_equal(heard->mark, mark, 12);
    assert_memory_equal(heard->mark + 12, some_mark + 12, 12);
    done(WRITE(3, OCPP_SETTLE_BAY_SECOND_HALF, mark + 12), OCPP_SETTLE_BAY_DONE);
    heard = done(ACT(read_mark, 3), OCPP_SETTLE_BAY_DONE);
    assert_int_equal(heard->mark_size, 24);
    assert_memory_equal(heard->mark, mark, 24);
    assert_int_equal(at.bay.write_mark(3, 99, OCPP_SETTLE_BAY_FIRST_HALF, mark, 11, at.bay.user), OCPP_ERR_ARGUMENT);
}

static void faults_of_a_slot_are_told_as_they_are(void **state)
{
    (void)state;
    cabinet_fault(&at.cabinet, 1, CABINET_WRITE_FAILS, 1);
    done(WRITE(1, OCPP_SETTLE_BAY_FIRST_HALF, some_mark), OCPP_SETTLE_BAY_FAILED);
    cabinet_fault(&at.cabinet, 1, CABINET_UNREADABLE, 1);
    done(ACT(read_mark, 1), OCPP_SETTLE_BAY_UNREADABLE);
    cabinet_fault(&at.cabinet, 1, CABINET_EJECT_JAMS, 2);
    done(ACT(eject, 1), OCPP_SETTLE_BAY_JAMMED);
    done(ACT(force_eject, 1), OCPP_SETTLE_BAY_JAMMED);
    cabinet_fault(&at.cabinet, 1, CABINET_EJECT_FAILS, 1);
    done(ACT(eject, 1), OCPP_SETTLE_BAY_FAILED);
    cabinet_fault(&at.cabinet, 1, CABINET_RETRACT_JAMS, 1);
    done(ACT(retract, 1), OCPP_SETTLE_BAY_JAMMED);
    done(ACT(retract, 1), OCPP_SETTLE_BAY_DONE);
    cabinet_fault(&at.cabinet, 1, CABINET_TEST_FAILS, 1);
    done(ACT(self_test, 1), OCPP_SETTLE_BAY_FAILED);
    done(ACT(self_test, 1), OCPP_SETTLE_BAY_DONE);
    done(ACT(force_eject, 1), OCPP_SETTLE_BAY_DONE);
    assert_true(at.cabinet.slot[0].is_open);
}

static void acts_of_all_slots_go_on_together(void **state)
{
    (void)state;
    for (int slot = 1; slot <= SLOTS; slot++) {
        assert_int_equal(ACT(query, slot), OCPP_OK);
    }
    pass(600); /* one after the other would be 800 */
    for (uint32_t act = 1; act <= SLOTS; act++) {
        assert_int_equal(outcome_of(act)->slot, (int)act);
    }
}

static void an_outcome_may_be_followed_by_an_act_at_once(void **state)
{
    (void)state;
    at.asks_again = true;
    assert_int_equal(ACT(query, 2), OCPP_OK);
    pass(2000);
    assert_int_equal(outcome_of(1)->result, OCPP_SETTLE_BAY_DONE);
    assert_int_equal(outcome_of(2)->mark_size, 24);
}

/* The contract: the one before is let finish, and its end is nobody's interest. */
static void an_act_that_replaces_another_waits_for_its_end(void **state)
{
    (void)state;
    at.cabinet.act_ms = 1000;
    assert_int_equal(ACT(eject, 2), OCPP_OK);
    pass(300);
    assert_int_equal(ACT(retract, 2), OCPP_OK);
    assert_int_equal(ACT(query, 3), OCPP_OK); /* nobody else waits for it */
    pass(3500);
    assert_int_equal(heard_times("outcome", 2), 1);
    assert_int_equal(outcome_of(2)->result, OCPP_SETTLE_BAY_DONE);
    assert_int_equal(outcome_of(3)->result, OCPP_SETTLE_BAY_DONE);
    assert_false(at.cabinet.slot[1].is_open);
    assert_int_equal(at.line.begun, 3);
}

static void sensors_charge_and_jams_are_told_once(void **state)
{
    struct cabinet_bank bank;

    (void)state;
    assert_true(cabinet_steal(&at.cabinet, 7, &bank, at.now));
    assert_true(cabinet_insert(&at.cabinet, 8, &bank, at.now));
    at.cabinet.listener.charge(5, 77, at.now, at.cabinet.listener.user);
    at.cabinet.listener.jammed(1, at.now, at.cabinet.listener.user);
    pass(1000);
    assert_int_equal(at.count, 4);
    assert_int_equal(heard_times("removed", 7), 1);
    assert_int_equal(heard_times("inserted", 8), 1);
    assert_int_equal(heard_times("charge", 5), 1);
    assert_int_equal(heard_times("jammed", 1), 1);
}

/* --- the line ------------------------------------------------------------------------------------------------------ */

/* One fault at a time hits any of the next answers; each time one eject is one eject, told once. */
static void whatever_the_line_does_an_act_is_done_once_and_told_once(void **state)
{
    int *const faults[] = { &at.line.faults.lost_requests, &at.line.faults.lost_answers, &at.line.faults.late_answers,
                            &at.line.faults.flipped,       &at.line.faults.cut,          &at.line.faults.twice,
                            &at.line.faults.garbage,       &at.line.faults.foreign };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(faults); i++) {
        for (int after_ms = 0; after_ms < 240; after_ms += 7) {
            for (int hits = 1; hits <= 2; hits++) {
                const unsigned ejects = at.cabinet.ejects;
                at.count = 0;
                assert_int_equal(ACT(eject, 1 + after_ms % 7), OCPP_OK);
                pass(after_ms);
                *faults[i] = hits;
                pass(3000);
                assert_int_equal(outcome_of(at.last_act)->result, OCPP_SETTLE_BAY_DONE);
                assert_int_equal(at.count, 1);
                assert_int_equal(at.cabinet.ejects, ejects + 1);
            }
        }
    }
    assert_int_equal(ocpp_settle_serial_view(at.serial).boards_ready, SLOTS / EACH);
    assert_true(ocpp_settle_serial_view(at.serial).repeats > 0);
    assert_true(ocpp_settle_serial_view(at.serial).strays > 0);
    assert_true(ocpp_settle_serial_view(at.serial).bad_bytes > 0);
}

static void a_line_that_echoes_does_no_harm(void **state)
{
    (void)state;
    at.line.faults.is_echoing = true;
    done(ACT(query, 4), OCPP_SETTLE_BAY_DONE);
    assert_int_equal(ocpp_settle_serial_view(at.serial).repeats, 0);
    assert_true(ocpp_settle_serial_view(at.serial).strays > 10);
}

static void garbage_without_end_does_no_harm(void **state)
{
    (void)state;
    assert_int_equal(ACT(query, 4), OCPP_OK);
    for (int i = 0; i < 20000; i++) {
        const unsigned char byte = (unsigned char)(i % 5 == 0 ? SERIAL_START : i * 37 % 251);
        ocpp_settle_serial_receive(at.serial, &byte, 1, at.now);
        at.now.mono_ms += i % 97 == 0;
        exchange();
    }
    pass(8000);
    assert_int_equal(heard_times("outcome", 4), 1);
    done(ACT(query, 4), OCPP_SETTLE_BAY_DONE);
}

static void a_dead_board_fails_its_acts_and_hinders_nobody(void **state)
{
    (void)state;
    at.line.board[0].is_dead = true;
    assert_int_equal(ACT(eject, 1), OCPP_OK);
    assert_int_equal(ACT(query, 5), OCPP_OK);
    pass(1500);
    assert_int_equal(outcome_of(1)->result, OCPP_SETTLE_BAY_FAILED);
    assert_int_equal(outcome_of(2)->result, OCPP_SETTLE_BAY_DONE);
    assert_false(ocpp_settle_serial_is_ready(at.serial, 1));
    assert_true(ocpp_settle_serial_is_ready(at.serial, 2));
    done(ACT(query, 1), OCPP_SETTLE_BAY_FAILED); /* at once, but never from within */
    done(ACT(query, 8), OCPP_SETTLE_BAY_DONE);
}

/* What happened meanwhile is told when it is back. */
static void a_board_that_comes_back_tells_what_stands_in_it(void **state)
{
    (void)state;
    at.line.board[0].is_dead = true;
    pass(2000);
    assert_true(cabinet_steal(&at.cabinet, 2, NULL, at.now));
    emulator_restart(&at.line, 1);
    pass(6000);
    assert_true(ocpp_settle_serial_is_ready(at.serial, 1));
    assert_int_equal(heard_times("removed", 2), 1);
    assert_int_equal(heard_times("inserted", 1), 1);
    done(ACT(eject, 1), OCPP_SETTLE_BAY_DONE);
}

static void a_board_that_starts_anew_has_lost_its_acts(void **state)
{
    (void)state;
    at.cabinet.act_ms = 1000;
    assert_int_equal(ACT(eject, 1), OCPP_OK);
    assert_int_equal(ACT(eject, 5), OCPP_OK);
    pass(300);
    emulator_restart(&at.line, 1);
    assert_int_equal(ACT(query, 2), OCPP_OK); /* not lost: it had not been asked for */
    pass(2500);
    assert_int_equal(outcome_of(1)->result, OCPP_SETTLE_BAY_FAILED);
    assert_int_equal(outcome_of(2)->result, OCPP_SETTLE_BAY_DONE);
    assert_int_equal(outcome_of(3)->result, OCPP_SETTLE_BAY_DONE);
    assert_int_equal(at.line.board[0].hellos, 2);
}

/* A new driver numbers its acts from the beginning; the boards do not take them for repetitions of the old one's. */
static void a_driver_that_starts_anew_has_its_acts_done(void **state)
{
    (void)state;
    done(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
    at.cabinet.act_ms = 1000;
    assert_int_equal(ACT(query, 2), OCPP_OK);
    pass(100);
    ocpp_settle_serial_free(at.serial);
    start_driver();
    at.count = 0;
    at.last_act = 0;
    const unsigned begun = at.line.begun;
    done(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
    assert_int_equal(at.line.begun, begun + 1);
    assert_int_equal(heard_times("outcome", 2), 0);
}

static void a_board_of_another_cabinet_is_not_used(void **state)
{
    (void)state;
    at.line.version = 2;
    ocpp_settle_serial_free(at.serial);
    start_driver();
    done(ACT(query, 1), OCPP_SETTLE_BAY_FAILED);
    assert_int_equal(ocpp_settle_serial_view(at.serial).boards_ready, 0);
    at.line.version = 1;
    pass(6000);
    done(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
}

static void news_without_sense_are_passed_over_and_do_not_block_those_behind(void **state)
{
    static const unsigned char nonsense[][6] = { { 9, 1, 1 }, { 2, 9, 1 }, { 2, 0, 1 }, { 3, 1, 200 }, { 2, 1, 7 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(nonsense); i++) {
        emulator_tell(&at.line, 1, nonsense[i], 3);
    }
    emulator_tell(&at.line, 1, (const unsigned char[]){ 3, 2, 33 }, 3);
    pass(1000);
    assert_int_equal(at.count, 1);
    assert_int_equal(at.heard[0].percent, 33);
    assert_int_equal(ocpp_settle_serial_view(at.serial).bad_news, COUNT_OF(nonsense));
}

/* More than 255 events: their numbers begin again; more than 65,535 tags likewise. */
static void numbers_begin_again(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++) {
        emulator_tell(&at.line, 1, (const unsigned char[]){ 3, 2, (unsigned char)(i % 100) }, 3);
        pass(250);
        assert_int_equal(at.count, 1);
        assert_int_equal(at.heard[0].percent, i % 100);
        at.count = 0;
    }
    at.serial->last_tag = UINT16_MAX - 1;
    for (int i = 0; i < 3; i++) {
        done(ACT(query, 1), OCPP_SETTLE_BAY_DONE);
    }
}

/* --- limits -------------------------------------------------------------------------------------------------------- */

static void an_act_of_a_slot_that_is_not_there_is_not_begun(void **state)
{
    static const int wrong[] = { -1, 0, SLOTS + 1, 1000 };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(at.bay.query(wrong[i], 1, at.bay.user), OCPP_ERR_ARGUMENT);
        assert_int_equal(at.bay.write_mark(wrong[i], 1, OCPP_SETTLE_BAY_FIRST_HALF, some_mark, 12, at.bay.user),
                         OCPP_ERR_ARGUMENT);
    }
    pass(1000);
    assert_int_equal(at.count, 0);
}

static void a_setting_outside_its_range_makes_no_driver(void **state)
{
    const struct ocpp_settle_serial_settings right = ocpp_settle_serial_settings_default();
    static const struct {
        size_t at;
        int wrong;
    } changes[] = {
        { offsetof(struct ocpp_settle_serial_settings, boards), 0 },
        { offsetof(struct ocpp_settle_serial_settings, boards), 33 },
        { offsetof(struct ocpp_settle_serial_settings, boards), 9 }, /* 72 slots */
        { offsetof(struct ocpp_settle_serial_settings, slots_per_board), 0 },
        { offsetof(struct ocpp_settle_serial_settings, slots_per_board), 65 },
        { offsetof(struct ocpp_settle_serial_settings, baud), 4800 },
        { offsetof(struct ocpp_settle_serial_settings, baud), 115201 },
        { offsetof(struct ocpp_settle_serial_settings, answer_ms), 4 },
        { offsetof(struct ocpp_settle_serial_settings, attempts), 0 },
        { offsetof(struct ocpp_settle_serial_settings, turn_ms), -1 },
        { offsetof(struct ocpp_settle_serial_settings, poll_ms), 9 },
        { offsetof(struct ocpp_settle_serial_settings, busy_poll_ms), 0 },
        { offsetof(struct ocpp_settle_serial_settings, lost_ms), 99 },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct ocpp_settle_serial_settings settings = right;
        memcpy((char *)&settings + changes[i].at, &changes[i].wrong, sizeof changes[i].wrong);
        assert_null(ocpp_settle_serial_new(&settings, at.now));
    }
}

static void what_a_cabinet_cannot_do_is_not_offered(void **state)
{
    (void)state;
    ocpp_settle_serial_free(at.serial);
    at.settings.cannot_retract = at.settings.cannot_force_eject = at.settings.cannot_test = true;
    start_driver();
    assert_true(at.bay.retract == NULL && at.bay.force_eject == NULL && at.bay.self_test == NULL);
    assert_true(at.bay.eject != NULL);
    assert_int_equal(at.bay.slots, SLOTS);
}

static void without_memory_there_is_no_driver_and_nothing_is_left(void **state)
{
    struct test_allocator memory;
    struct ocpp_settle_serial_settings settings = ocpp_settle_serial_settings_default();

    (void)state;
    settings.allocator = &memory.allocator;
    test_allocator_start(&memory, 1);
    assert_null(ocpp_settle_serial_new(&settings, at.now));
    test_allocator_start(&memory, 0);
    struct ocpp_settle_serial *serial = ocpp_settle_serial_new(&settings, at.now);
    assert_non_null(serial);
    test_allocator_start(&memory, 1);
    memory.blocks = 1;
    assert_null(ocpp_settle_tty_open("/dev/null", serial));
    ocpp_settle_serial_free(serial);
    assert_int_equal(memory.blocks, 0);
}

/* Who sleeps until the deadline misses nothing, and never turns in circles. */
static void the_deadline_is_enough_to_get_on(void **state)
{
    int turns = 0;

    (void)state;
    assert_int_equal(ACT(eject, 1), OCPP_OK);
    at.line.faults.lost_answers = 2;
    for (const int64_t end = at.now.mono_ms + 3000; at.now.mono_ms < end; turns++) {
        exchange();
        const int64_t deadline = ocpp_settle_serial_deadline(at.serial);
        const int64_t other = emulator_deadline(&at.line);
        const int64_t next = deadline < other ? deadline : other;
        at.now.mono_ms = next > at.now.mono_ms ? next : at.now.mono_ms;
        assert_true(turns < 1000);
    }
    assert_int_equal(outcome_of(1)->result, OCPP_SETTLE_BAY_DONE);
}

/* Every pair of the table: what an act awaits is left by what it awaits and by what ends it, by nothing else. */
static void the_table_of_an_act_is_closed(void **state)
{
    static const enum serial_act_state expected[SERIAL_ACT_STATES][SERIAL_ACT_EVENTS] = {
        /*  BEGIN           SENT          ACCEPTED          WAS_BUSY        REFUSED          SILENCE          ENDED        TOLD */
        { SERIAL_WAITING, SERIAL_IDLE, SERIAL_IDLE, SERIAL_IDLE, SERIAL_IDLE, SERIAL_IDLE, SERIAL_IDLE, SERIAL_IDLE },
        { SERIAL_WAITING, SERIAL_ASKED, SERIAL_WAITING, SERIAL_WAITING, SERIAL_WAITING, SERIAL_LOST_ACT, SERIAL_WAITING,
          SERIAL_WAITING },
        { SERIAL_WAITING, SERIAL_ASKED, SERIAL_UNDER_WAY, SERIAL_WAITING, SERIAL_LOST_ACT, SERIAL_LOST_ACT, SERIAL_ASKED,
          SERIAL_ASKED },
        { SERIAL_WAITING, SERIAL_UNDER_WAY, SERIAL_UNDER_WAY, SERIAL_UNDER_WAY, SERIAL_UNDER_WAY, SERIAL_LOST_ACT, SERIAL_IDLE,
          SERIAL_UNDER_WAY },
        { SERIAL_WAITING, SERIAL_LOST_ACT, SERIAL_LOST_ACT, SERIAL_LOST_ACT, SERIAL_LOST_ACT, SERIAL_LOST_ACT, SERIAL_LOST_ACT,
          SERIAL_IDLE },
    };

    (void)state;
    for (int s = 0; s < SERIAL_ACT_STATES; s++) {
        for (int e = 0; e < SERIAL_ACT_EVENTS; e++) {
            assert_int_equal(serial_act_next((enum serial_act_state)s, (enum serial_act_event)e), expected[s][e]);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_query_tells_what_is_there),
        TEST(ids_of_forty_characters_fit),
        TEST(a_mark_is_written_in_halves_and_read_back),
        TEST(faults_of_a_slot_are_told_as_they_are),
        TEST(acts_of_all_slots_go_on_together),
        TEST(an_outcome_may_be_followed_by_an_act_at_once),
        TEST(an_act_that_replaces_another_waits_for_its_end),
        TEST(sensors_charge_and_jams_are_told_once),
        TEST(whatever_the_line_does_an_act_is_done_once_and_told_once),
        TEST(a_line_that_echoes_does_no_harm),
        TEST(garbage_without_end_does_no_harm),
        TEST(a_dead_board_fails_its_acts_and_hinders_nobody),
        TEST(a_board_that_comes_back_tells_what_stands_in_it),
        TEST(a_board_that_starts_anew_has_lost_its_acts),
        TEST(a_driver_that_starts_anew_has_its_acts_done),
        TEST(a_board_of_another_cabinet_is_not_used),
        TEST(news_without_sense_are_passed_over_and_do_not_block_those_behind),
        TEST(numbers_begin_again),
        TEST(an_act_of_a_slot_that_is_not_there_is_not_begun),
        TEST(a_setting_outside_its_range_makes_no_driver),
        TEST(what_a_cabinet_cannot_do_is_not_offered),
        TEST(without_memory_there_is_no_driver_and_nothing_is_left),
        TEST(the_deadline_is_enough_to_get_on),
        TEST(the_table_of_an_act_is_closed),
    };
    return cmocka_run_group_tests_name("settle_serial_line", tests, NULL, NULL);
}
