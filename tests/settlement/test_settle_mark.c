/* Marks of power banks: bytes, check, and what a write that was cut leaves. */
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/mark.h>

#include <string.h>

static const unsigned char handle[8] = { 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7 };
static const char *const fleet_keys[] = { "fleet", "older-fleet" };

struct world {
    struct settle_keys keys;
    struct ocpp_settle_mint backend;
    struct ocpp_settle_mint pile;
    struct ocpp_settle_judge judge;
};

static int start(void **state)
{
    static struct world world;
    struct settle_keys *keys = &world.keys;
    unsigned char key[32];
    uint16_t fleet;

    settle_keys_start(keys, 1);
    assert_int_equal(ocpp_settle_mark_fleet(&keys->contract, "operator", &fleet), OCPP_OK);
    assert_int_equal(ocpp_settle_mark_pile_key(&keys->contract, "fleet", 70000, key), OCPP_OK);
    assert_int_equal(keys->contract.keep_secret("mark", key, sizeof key, keys), OCPP_OK);
    world.backend = (struct ocpp_settle_mint){ &keys->contract, "fleet", fleet, 0 };
    world.pile = (struct ocpp_settle_mint){ &keys->contract, "mark", fleet, 70000 };
    world.judge = (struct ocpp_settle_judge){ &keys->contract, fleet_keys, 2, fleet };
    *state = &world;
    return 0;
}

static int end(void **state)
{
    settle_keys_end(&((struct world *)*state)->keys);
    return 0;
}

static void mint(const struct ocpp_settle_mint *by, enum ocpp_settle_mark_class renter, uint32_t generation,
                 unsigned char mark[24])
{
    assert_int_equal(ocpp_settle_mark_mint(by, renter, generation, handle, mark), OCPP_OK);
}

static enum ocpp_settle_mark_reading judged(const struct world *world, const unsigned char mark[24],
                                            struct ocpp_settle_mark *said)
{
    enum ocpp_settle_mark_reading reading;

    assert_int_equal(ocpp_settle_mark_judge(&world->judge, mark, &reading, said), OCPP_OK);
    return reading;
}

static void assert_text(const unsigned char mark[24], const char *expected)
{
    char text[OCPP_SETTLE_MARK_TEXT_SIZE];
    unsigned char back[24];

    ocpp_settle_mark_write(mark, text);
    assert_string_equal(text, expected);
    assert_int_equal(ocpp_settle_mark_parse(text, back), OCPP_OK);
    assert_memory_equal(back, mark, 24);
}

/* Reckoned in Python from what PROTOCOL.md says; the keys are the SHA-256 of their names. */
static void marks_are_as_the_protocol_says_to_the_byte(void **state)
{
    const struct world *world = *state;
    unsigned char mark[24];

    assert_int_equal(world->backend.fleet, 0x6936);
    mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 0x0102, mark);
    assert_text(mark, "000102116936a0a1a2a3a4a5a6a73749defcabc519000102");
    mint(&world->backend, OCPP_SETTLE_MARK_NEUTRAL, 0x0103, mark);
    assert_text(mark, "000103106936a0a1a2a3a4a5a6a7fce6e51a389d91000103");
    mint(&world->pile, OCPP_SETTLE_MARK_VEHICLE, 7, mark);
    assert_text(mark, "0000071a6936011170a3a4a5a6a78e6d42828015bf000007");
}

static void what_is_minted_is_read_and_judged(void **state)
{
    struct world *world = *state;
    const struct ocpp_settle_mint *const minters[] = { &world->backend, &world->pile };
    static const uint32_t generations[] = { 1, 255, 256, 65535, 65536, OCPP_SETTLE_MARK_GENERATION_LIMIT };

    for (int by = 0; by < 2; by++) {
        for (unsigned renter = 0; renter < 3; renter++) {
            for (size_t i = 0; i < COUNT_OF(generations); i++) {
                unsigned char mark[24];
                struct ocpp_settle_mark said;
                bool is_own;

                mint(minters[by], (enum ocpp_settle_mark_class)renter, generations[i], mark);
                assert_int_equal(judged(world, mark, &said),
                                 renter == OCPP_SETTLE_MARK_NEUTRAL ? OCPP_SETTLE_READ_NEUTRAL : OCPP_SETTLE_READ_MARKED);
                assert_int_equal(said.renter, renter);
                assert_int_equal(said.generation, generations[i]);
                assert_int_equal(said.pile, minters[by]->pile);
                assert_memory_equal(said.handle + 3, handle + 3, 5);
                assert_int_equal(ocpp_settle_mark_is_own(minters[by], mark, &is_own), OCPP_OK);
                assert_true(is_own);
                assert_int_equal(ocpp_settle_mark_is_own(minters[1 - by], mark, &is_own), OCPP_OK);
                assert_false(is_own);
            }
        }
    }
}

static void a_handle_that_is_not_given_is_another_each_time(void **state)
{
    struct world *world = *state;
    unsigned char marks[2][24];

    for (int i = 0; i < 2; i++) {
        assert_int_equal(ocpp_settle_mark_mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 1, NULL, marks[i]), OCPP_OK);
    }
    assert_memory_not_equal(marks[0] + 6, marks[1] + 6, 8);
}

/* A15. No bit of a mark can be changed without being noticed, by the backend at the latest. */
static void no_bit_can_be_changed(void **state)
{
    struct world *world = *state;
    unsigned char mark[24];
    struct ocpp_settle_mark said;

    mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 0x010203, mark);
    for (unsigned bit = 0; bit < 8 * 24; bit++) {
        mark[bit / 8] ^= (unsigned char)(1U << bit % 8);
        const enum ocpp_settle_mark_reading reading = judged(world, mark, &said);
        assert_true(reading == OCPP_SETTLE_READ_TORN || reading == OCPP_SETTLE_READ_UNREADABLE);
        mark[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_MARKED);
}

/* What a forger can do who knows all of PROTOCOL.md and no key: the CRC fits, the check does not. */
static unsigned char crc_of(const unsigned char *bytes)
{
    unsigned crc = 0xff;

    for (int i = 0; i < 20; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (crc & 0x80U) != 0 ? (crc << 1 ^ 7U) & 0xffU : crc << 1;
        }
    }
    return (unsigned char)crc;
}

/* A15. */
static void a_mark_made_without_the_key_is_forged(void **state)
{
    struct world *world = *state;
    unsigned char mark[24];
    struct ocpp_settle_mark said;

    for (unsigned byte = 3; byte < 20; byte++) {
        mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 5, mark);
        mark[byte] ^= byte == 3 ? 3 : 1; /* another class, fleet, handle, check */
        mark[20] = crc_of(mark);
        const enum ocpp_settle_mark_reading expected =
            byte == 4 || byte == 5 ? OCPP_SETTLE_READ_FOREIGN : OCPP_SETTLE_READ_FORGED;
        assert_int_equal(judged(world, mark, &said), expected);
    }
    mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 5, mark);
    mark[2] = mark[23] = 6; /* a later generation */
    mark[20] = crc_of(mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_FORGED);
    assert_int_equal(said.generation, 6);
}

/* A15. One pile's key is worth nothing in the name of another, nor in the backend's. */
static void a_pile_can_mint_in_its_own_name_alone(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_mint liar = world->pile;
    unsigned char mark[24];
    struct ocpp_settle_mark said;

    liar.pile = 70001;
    mint(&liar, OCPP_SETTLE_MARK_PLAIN, 5, mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_FORGED);
    liar.pile = 0;
    mint(&liar, OCPP_SETTLE_MARK_PLAIN, 5, mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_FORGED);
}

static void a_mark_outlives_the_key_it_was_minted_with(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_mint older = world->backend;
    unsigned char mark[24];
    struct ocpp_settle_mark said;

    older.key_name = "older-fleet";
    mint(&older, OCPP_SETTLE_MARK_PLAIN, 5, mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_MARKED);
    world->judge.count = 1;
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_FORGED);
}

/* A18. */
static void a_mark_of_another_fleet_is_foreign(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_mint other = world->backend;
    unsigned char mark[24];
    struct ocpp_settle_mark said;

    other.fleet ^= 1;
    mint(&other, OCPP_SETTLE_MARK_PLAIN, 5, mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_FOREIGN);
    assert_int_equal(said.fleet, other.fleet);
    assert_int_equal(ocpp_settle_mark_read(mark, world->backend.fleet, &said), OCPP_SETTLE_READ_FOREIGN);
}

/* A8. */
static void what_was_never_written_or_nobody_knows_is_unreadable(void **state)
{
    struct world *world = *state;
    static const unsigned char kinds[] = { 0x01, 0x21, 0xf1, 0x13, 0x17, 0x1b, 0x1f };
    unsigned char mark[24];
    struct ocpp_settle_mark said;

    memset(mark, 0, sizeof mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_UNREADABLE);
    memset(mark, 0xff, sizeof mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_UNREADABLE);
    mark[20] = crc_of(mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_UNREADABLE);
    for (size_t i = 0; i < sizeof kinds; i++) { /* other versions, classes nobody knows */
        mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 5, mark);
        mark[3] = kinds[i];
        mark[20] = crc_of(mark);
        assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_UNREADABLE);
    }
    mint(&world->pile, OCPP_SETTLE_MARK_PLAIN, 5, mark); /* of pile number 0 */
    memset(mark + 6, 0, 3);
    mark[20] = crc_of(mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_UNREADABLE);
    mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 5, mark); /* generation 0 */
    mark[2] = mark[23] = 0;
    mark[20] = crc_of(mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_UNREADABLE);
}

/* The byte at the cut may have become anything. */
static void cut_everywhere(const struct world *world, const unsigned char before[24], const unsigned char wanted[24])
{
    for (unsigned written = 0; written < 24; written++) {
        for (unsigned spoiled = 0; spoiled < 256; spoiled++) {
            unsigned char found[24];
            struct ocpp_settle_mark said;

            memcpy(found, before, 24);
            memcpy(found, wanted, written);
            found[written] = (unsigned char)spoiled;
            if (memcmp(found, before, 24) == 0 || memcmp(found, wanted, 24) == 0) {
                continue;
            }
            assert_int_equal(ocpp_settle_mark_read(found, world->backend.fleet, &said), OCPP_SETTLE_READ_TORN);
        }
    }
}

/* A6. Power lost at any byte of a write: the old mark, the new one, or torn. */
static void a_write_that_is_cut_leaves_the_old_the_new_or_a_torn_mark(void **state)
{
    const struct world *world = *state;
    static const uint32_t generations[] = { 1, 0xfe, 0xff, 0x100, 0x1ff, 0xfeff, 0xffff, 0x10000, 0x1ffff, 0xfffffd };
    unsigned char before[24];
    unsigned char wanted[24];

    for (size_t i = 0; i < COUNT_OF(generations); i++) {
        mint(&world->backend, OCPP_SETTLE_MARK_NEUTRAL, generations[i], before);
        assert_int_equal(ocpp_settle_mark_mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, generations[i] + 1, NULL, wanted),
                         OCPP_OK);
        cut_everywhere(world, before, wanted);
        assert_int_equal(ocpp_settle_mark_mint(&world->backend, OCPP_SETTLE_MARK_NEUTRAL, generations[i] + 1, NULL, wanted),
                         OCPP_OK);
        cut_everywhere(world, before, wanted);
    }
}

/* A6. A torn mark is completed or undone by a write that may be cut again. */
static void undoing_a_torn_mark_may_be_cut_as_well(void **state)
{
    const struct world *world = *state;
    static const uint32_t generations[] = { 1, 0xfe, 0xff, 0x100, 0xfffe, 0xffff, 0x10000 };
    unsigned char marks[3][24]; /* before, wanted, undone */

    for (size_t i = 0; i < COUNT_OF(generations); i++) {
        for (uint32_t later = 0; later < 3; later++) {
            assert_int_equal(ocpp_settle_mark_mint(&world->backend,
                                                   later == 1 ? OCPP_SETTLE_MARK_PLAIN : OCPP_SETTLE_MARK_NEUTRAL,
                                                   generations[i] + later, NULL, marks[later]),
                             OCPP_OK);
        }
        for (unsigned first = 0; first <= 24; first++) {
            for (unsigned second = 0; second <= 24; second++) {
                unsigned char found[24];
                struct ocpp_settle_mark said;

                memcpy(found, marks[0], 24);
                memcpy(found, marks[1], first);
                memcpy(found, marks[2], second);
                if (memcmp(found, marks[0], 24) != 0 && memcmp(found, marks[1], 24) != 0 && memcmp(found, marks[2], 24) != 0) {
                    assert_int_equal(ocpp_settle_mark_read(found, world->backend.fleet, &said), OCPP_SETTLE_READ_TORN);
                }
            }
        }
    }
}

static void a_bank_can_be_worn_out_and_classes_are_three(void **state)
{
    const struct world *world = *state;
    const struct ocpp_settle_mint beyond = { world->pile.keys, "mark", 0, OCPP_SETTLE_MARK_PILE_LIMIT + 1 };
    unsigned char mark[24] = { 77 };
    unsigned char key[32];

    assert_int_equal(ocpp_settle_mark_mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 0, handle, mark), OCPP_ERR_LIMIT);
    assert_int_equal(
        ocpp_settle_mark_mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, OCPP_SETTLE_MARK_GENERATION_LIMIT + 1, handle, mark),
        OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_settle_mark_mint(&world->backend, (enum ocpp_settle_mark_class)3, 1, handle, mark), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_mark_mint(&beyond, OCPP_SETTLE_MARK_PLAIN, 1, handle, mark), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_mark_pile_key(world->pile.keys, "fleet", 0, key), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_mark_pile_key(world->pile.keys, "fleet", OCPP_SETTLE_MARK_PILE_LIMIT + 1, key),
                     OCPP_ERR_ARGUMENT);
    assert_int_equal(mark[0], 77);
}

static void trouble_with_keys_is_told_and_nothing_is_written(void **state)
{
    struct world *world = *state;
    unsigned char mark[24];
    unsigned char untouched[24] = { 1, 2, 3 };
    enum ocpp_settle_mark_reading reading = OCPP_SETTLE_READ_TORN;
    struct ocpp_settle_mark said;
    bool is_own;

    mint(&world->pile, OCPP_SETTLE_MARK_PLAIN, 5, mark);
    for (size_t n = 1; n <= 3; n++) { /* derive, inner and outer hash */
        world->keys.calls = 0;
        world->keys.fail_at = n;
        assert_int_equal(ocpp_settle_mark_judge(&world->judge, mark, &reading, &said), OCPP_ERR_CRYPTO);
        assert_int_equal(reading, OCPP_SETTLE_READ_TORN);
    }
    world->keys.calls = 0;
    world->keys.fail_at = 1;
    assert_int_equal(ocpp_settle_mark_mint(&world->pile, OCPP_SETTLE_MARK_PLAIN, 5, handle, untouched), OCPP_ERR_CRYPTO);
    assert_int_equal(untouched[0], 1);
    world->keys.calls = 0;
    assert_int_equal(ocpp_settle_mark_is_own(&world->pile, mark, &is_own), OCPP_ERR_CRYPTO);
    world->keys.fail_at = 0;
}

static void texts_that_are_no_marks_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "00",
        "000102116936a0a1a2a3a4a5a6a73749defcabc51900010",
        "000102116936a0a1a2a3a4a5a6a73749defcabc5190001022",
        "000102116936A0a1a2a3a4a5a6a73749defcabc519000102",
        "000102116936g0a1a2a3a4a5a6a73749defcabc519000102",
        " 00102116936a0a1a2a3a4a5a6a73749defcabc519000102",
    };
    static const char *const wrong_short[] = { "", "041061050", "041061050R0", "041061050I", "041061050r" };
    static const unsigned char random[7] = { 1, 2, 3, 4, 5, 6, 7 };
    unsigned char bytes[24];
    char text[OCPP_SETTLE_MARK_SHORT_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(ocpp_settle_mark_parse(wrong[i], bytes), OCPP_ERR_VALUE);
    }
    ocpp_settle_mark_short_write(random, text);
    assert_string_equal(text, "041061050R");
    assert_true(ocpp_settle_mark_short_is_valid(text));
    for (size_t i = 0; i < COUNT_OF(wrong_short); i++) {
        assert_false(ocpp_settle_mark_short_is_valid(wrong_short[i]));
    }
}

static void a_handle_is_sixteen_digits(void **state)
{
    const struct world *world = *state;
    unsigned char mark[24];
    struct ocpp_settle_mark said;
    char text[OCPP_SETTLE_MARK_HANDLE_TEXT_SIZE];

    mint(&world->backend, OCPP_SETTLE_MARK_PLAIN, 5, mark);
    assert_int_equal(judged(world, mark, &said), OCPP_SETTLE_READ_MARKED);
    ocpp_settle_mark_handle_write(&said, text);
    assert_string_equal(text, "a0a1a2a3a4a5a6a7");
}

/* A19. */
static void pile_and_backend_know_a_renter_by_the_same_digest(void **state)
{
    struct world *world = *state;
    const struct ocpp_settle_keys *keys = &world->keys.contract;
    char at_pile[OCPP_SETTLE_RENTER_DIGEST_SIZE];
    char at_backend[OCPP_SETTLE_RENTER_DIGEST_SIZE];
    char longest[OCPP_SETTLE_RENTER_TOKEN_LIMIT + 2];

    assert_int_equal(ocpp_settle_renter_digest(keys, "mark", "ISO14443", "04a2B7", at_pile), OCPP_OK);
    assert_int_equal(ocpp_settle_renter_digest_for(keys, "fleet", 70000, "ISO14443", "04A2b7", at_backend), OCPP_OK);
    assert_string_equal(at_pile, at_backend);
    assert_string_equal(at_pile, "44bb80d4b15ff5c28a87e20cac0d08a988c3397b6064d4fb9a5a5fb2677d412b");
    assert_int_equal(ocpp_settle_renter_digest_for(keys, "fleet", 70001, "ISO14443", "04A2b7", at_backend), OCPP_OK);
    assert_string_not_equal(at_pile, at_backend); /* a list of one pile says nothing about another's */
    assert_int_equal(ocpp_settle_renter_digest(keys, "mark", "ISO14443", "", at_pile), OCPP_OK);
    assert_int_equal(ocpp_settle_renter_digest(keys, "mark", "ISO1444", "3", at_backend), OCPP_OK);
    assert_string_not_equal(at_pile, at_backend);
    memset(longest, 'a', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(ocpp_settle_renter_digest(keys, "mark", "", longest, at_pile), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_settle_renter_digest_for(keys, "fleet", 70000, "", longest, at_pile), OCPP_ERR_LENGTH);
    longest[sizeof longest - 2] = '\0';
    assert_int_equal(ocpp_settle_renter_digest(keys, "mark", "", longest, at_pile), OCPP_OK);
}

#define MARK_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MARK_TEST(marks_are_as_the_protocol_says_to_the_byte),
        MARK_TEST(what_is_minted_is_read_and_judged),
        MARK_TEST(a_handle_that_is_not_given_is_another_each_time),
        MARK_TEST(no_bit_can_be_changed),
        MARK_TEST(a_mark_made_without_the_key_is_forged),
        MARK_TEST(a_pile_can_mint_in_its_own_name_alone),
        MARK_TEST(a_mark_outlives_the_key_it_was_minted_with),
        MARK_TEST(a_mark_of_another_fleet_is_foreign),
        MARK_TEST(what_was_never_written_or_nobody_knows_is_unreadable),
        MARK_TEST(a_write_that_is_cut_leaves_the_old_the_new_or_a_torn_mark),
        MARK_TEST(undoing_a_torn_mark_may_be_cut_as_well),
        MARK_TEST(a_bank_can_be_worn_out_and_classes_are_three),
        MARK_TEST(trouble_with_keys_is_told_and_nothing_is_written),
        MARK_TEST(texts_that_are_no_marks_are_refused),
        MARK_TEST(a_handle_is_sixteen_digits),
        MARK_TEST(pile_and_backend_know_a_renter_by_the_same_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
