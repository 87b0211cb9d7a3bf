/* fuzz_settle_phone_link.c: what comes over the phone link, at both of its sides. The first byte says which: the bytes behind it go as
 * they are to a pile (0) or to a phone (1), or they are a script (others) for a wire between the two, on which frames are lost,
 * repeated, altered, glued and made up.
 *
 * What must hold: nothing is done twice; after a script, on a wire that does nothing to them, what was asked is answered.
 */
#include "target.h"
#include "toy_keys.h"
#include "link_frame.h"
#include "require.h"

#include <ocpp/settlement/phone.h>

#include <string.h>

enum { ROUNDS = 400 };

struct sides {
    struct ocpp_settle_link *link;
    struct ocpp_settle_phone *phone;
    const uint8_t *script;
    size_t left;
    int64_t now_ms;
    int acts;
    int answers;
};

static struct ocpp_now now_of(const struct sides *sides)
{
    return (struct ocpp_now){ sides->now_ms, OCPP_UTC_UNKNOWN };
}

static void hear_start(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    struct sides *sides = user;
    const struct ocpp_settle_link_start_outlet_conf answer = { "S" };

    ocpp_require(((const struct ocpp_settle_link_start_outlet_req *)message)->outlet == 1);
    sides->acts++;
    ocpp_require(ocpp_settle_link_answer(sides->link, call, &answer, now) == OCPP_OK);
}

static const struct ocpp_settle_link_route routes[] = { { OCPP_SETTLE_LINK_ACTION_START_OUTLET, true, hear_start } };

static void answered(const struct ocpp_settle_phone_answer *answer, void *user)
{
    ocpp_require(answer->answer != NULL);
    ((struct sides *)user)->answers++;
}

static bool judge(const struct ocpp_settle_phone_pile *pile, void *user)
{
    (void)user;
    ocpp_require(strcmp(pile->proof->pile, "P") == 0);
    return true;
}

static void open_sides(struct sides *sides)
{
    struct ocpp_settle_link_settings link = ocpp_settle_link_settings_default();
    struct ocpp_settle_phone_settings phone = ocpp_settle_phone_settings_default();

    link.pile = "P";
    link.keys = toy_keys;
    link.kid = "k";
    link.frame_bytes = 40;
    link.open_gap_ms = 0;
    phone.keys = toy_keys;
    phone.judge = judge;
    phone.attempts = 100;
    ocpp_require(ocpp_settle_link_new(&link, &sides->link) == OCPP_OK);
    ocpp_require(ocpp_settle_link_serve(sides->link, routes, 1, sides) == OCPP_OK);
    ocpp_require(ocpp_settle_phone_new(&phone, &sides->phone) == OCPP_OK);
}

static uint8_t next(struct sides *sides)
{
    if (sides->left == 0) {
        return 0;
    }
    sides->left--;
    return *sides->script++;
}

static void hand_over(struct sides *sides, bool is_to_pile, const unsigned char *bytes, size_t size)
{
    if (is_to_pile) {
        ocpp_settle_link_receive(sides->link, bytes, size, now_of(sides));
    } else {
        ocpp_settle_phone_receive(sides->phone, bytes, size, now_of(sides));
    }
}

/* A frame of the script's own, with the right check. */
static void make_up(struct sides *sides, bool is_to_pile)
{
    unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE] = { 0 };
    unsigned char content[24];
    unsigned char frame[LINK_FRAME_LIMIT];

    if (next(sides) % 2 == 0) {
        (void)!ocpp_settle_phone_binding(sides->phone, binding);
    }
    for (size_t i = 0; i < sizeof content; i++) {
        content[i] = next(sides);
    }
    const size_t size = 1 + next(sides) % sizeof content;
    hand_over(sides, is_to_pile, frame, link_frame_write(binding, content, size, frame));
}

static void mistreat(struct sides *sides, bool is_to_pile, const unsigned char *bytes, size_t size)
{
    unsigned char copy[LINK_FRAME_LIMIT];

    memcpy(copy, bytes, size);
    switch (next(sides) % 8) {
    case 0:
    case 1:
    case 2:
        break;
    case 3:
        return;
    case 4:
        hand_over(sides, is_to_pile, copy, size);
        break;
    case 5:
        copy[next(sides) % size] ^= next(sides);
        break;
    case 6:
        make_up(sides, is_to_pile);
        break;
    default:
        size--;
        break;
    }
    hand_over(sides, is_to_pile, copy, size);
}

static bool turn(struct sides *sides)
{
    const unsigned char *bytes;
    size_t size = ocpp_settle_phone_next_output(sides->phone, &bytes, now_of(sides));
    bool moved = size != 0;

    if (size != 0) {
        mistreat(sides, true, bytes, size);
    }
    size = ocpp_settle_link_next_output(sides->link, &bytes, now_of(sides));
    if (size != 0) {
        mistreat(sides, false, bytes, size);
    }
    return moved || size != 0;
}

static void play(struct sides *sides)
{
    const struct ocpp_settle_link_start_outlet_req start = { 1, { "b", "s" } };
    char id[OCPP_SETTLE_ID_SIZE] = "";

    ocpp_settle_phone_connected(sides->phone, now_of(sides));
    ocpp_require(ocpp_settle_phone_ask(sides->phone, OCPP_SETTLE_LINK_ACTION_START_OUTLET, &start, id, answered, sides,
                                       now_of(sides)) == OCPP_OK);
    for (int i = 0; i < ROUNDS && sides->answers == 0; i++) {
        while (turn(sides)) {
        }
        sides->now_ms += 8000;
        ocpp_settle_phone_advance(sides->phone, now_of(sides));
        ocpp_settle_link_advance(sides->link, now_of(sides));
    }
    ocpp_require(sides->acts <= 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sides sides = { .script = data, .left = size, .now_ms = 1000 };
    const uint8_t kind = next(&sides);

    open_sides(&sides);
    if (kind == 0) {
        ocpp_settle_link_receive(sides.link, sides.script, sides.left, now_of(&sides));
    } else if (kind == 1) {
        ocpp_settle_phone_connected(sides.phone, now_of(&sides));
        ocpp_settle_phone_receive(sides.phone, sides.script, sides.left, now_of(&sides));
    } else {
        play(&sides);
    }
    ocpp_settle_link_free(sides.link);
    ocpp_settle_phone_free(sides.phone);
    return 0;
}
