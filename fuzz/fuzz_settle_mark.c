/* fuzz_settle_mark.c: anything a power bank may bear. The first 24 bytes are its mark; then come the bytes of another, and how
 * much of it was written over the first.
 *
 * What must hold: what is judged to be ours is what minting says; a mark reads the same with a key and without; a write that was
 * cut leaves the old mark, the new one, or no mark; texts that are marks are marks again.
 */
#include "target.h"
#include "toy_keys.h"
#include "require.h"

#include <ocpp/settlement/mark.h>

#include <string.h>

static const char *const fleet_keys[] = { "fleet" };
static const struct ocpp_settle_judge judge = { &toy_keys, fleet_keys, 1, 0x6936 };
static const struct ocpp_settle_mint backend = { &toy_keys, "fleet", 0x6936, 0 };

static void judged(const unsigned char bytes[OCPP_SETTLE_MARK_SIZE])
{
    enum ocpp_settle_mark_reading with_key;
    struct ocpp_settle_mark said = { 0 };
    struct ocpp_settle_mark seen = { 0 };
    unsigned char again[OCPP_SETTLE_MARK_SIZE];

    ocpp_require(ocpp_settle_mark_judge(&judge, bytes, &with_key, &said) == OCPP_OK);
    const enum ocpp_settle_mark_reading without = ocpp_settle_mark_read(bytes, judge.fleet, &seen);
    ocpp_require(with_key == without || (with_key == OCPP_SETTLE_READ_FORGED &&
                                         (without == OCPP_SETTLE_READ_NEUTRAL || without == OCPP_SETTLE_READ_MARKED)));
    if ((with_key == OCPP_SETTLE_READ_NEUTRAL || with_key == OCPP_SETTLE_READ_MARKED) && said.pile == 0) {
        ocpp_require(ocpp_settle_mark_mint(&backend, said.renter, said.generation, said.handle, again) == OCPP_OK);
        ocpp_require(memcmp(again, bytes, sizeof again) == 0);
    }
}

static void cut(const unsigned char bytes[OCPP_SETTLE_MARK_SIZE], const uint8_t *data)
{
    unsigned char first[OCPP_SETTLE_MARK_SIZE];
    unsigned char second[OCPP_SETTLE_MARK_SIZE];
    unsigned char found[OCPP_SETTLE_MARK_SIZE];
    struct ocpp_settle_mark said;
    const uint32_t generation = 1 + (((uint32_t)data[0] << 16 | (uint32_t)data[1] << 8 | data[2]) % 0xfffff0);
    const size_t written = data[3] % (OCPP_SETTLE_MARK_SIZE + 1);

    ocpp_require(ocpp_settle_mark_mint(&backend, OCPP_SETTLE_MARK_NEUTRAL, generation, bytes, first) == OCPP_OK);
    ocpp_require(ocpp_settle_mark_mint(&backend, OCPP_SETTLE_MARK_VEHICLE, generation + 1 + data[4] % 8, bytes + 8, second) ==
                 OCPP_OK);
    memcpy(found, first, sizeof found);
    memcpy(found, second, written);
    if (written < sizeof found) {
        found[written] = data[5];
    }
    if (memcmp(found, first, sizeof found) != 0 && memcmp(found, second, sizeof found) != 0) {
        ocpp_require(ocpp_settle_mark_read(found, judge.fleet, &said) == OCPP_SETTLE_READ_TORN);
    }
}

static void as_text(const uint8_t *data, size_t size)
{
    char text[64] = { 0 };
    char again[OCPP_SETTLE_MARK_TEXT_SIZE];
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];

    memcpy(text, data, size < sizeof text ? size : sizeof text - 1);
    (void)ocpp_settle_mark_short_is_valid(text);
    if (ocpp_settle_mark_parse(text, bytes) == OCPP_OK) {
        ocpp_settle_mark_write(bytes, again);
        ocpp_require(strcmp(again, text) == 0);
        judged(bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_text(data, size);
    if (size >= OCPP_SETTLE_MARK_SIZE) {
        judged(data);
    }
    if (size >= OCPP_SETTLE_MARK_SIZE + 6) {
        cut(data, data + OCPP_SETTLE_MARK_SIZE);
    }
    return 0;
}
