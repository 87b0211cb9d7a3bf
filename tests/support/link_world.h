/* link_world.h: phones and piles of the phone link on a wire that a test holds: whole, or hostile by a seed.
 *
 *     struct link_world world;
 *     link_world_start(&world, 7);
 *     link_world_connect(&world, 0, 0);       phone 0 to pile 0
 *     link_world_run(&world, 5000);           5 s
 *     link_world_end(&world);
 *
 * Link ocpp_settle_test_support, ocpp_settlement_phone and ocpp_settlement_adapters.
 */
#ifndef LINK_WORLD_H
#define LINK_WORLD_H

#include "settle_keys.h"

#include <ocpp/settlement/phone.h>

enum { LINK_WORLD_PILES = 2, LINK_WORLD_PHONES = 3, LINK_WORLD_WIRE = 512, LINK_WORLD_ACTS = 64 };

/* link_world_odds: in a thousand frames, what becomes of them. */
struct link_world_odds {
    int dropped;
    int repeated; /* now or later */
    int delayed;  /* behind others */
    int altered;
    int cut;
    int swapped; /* goes to the other pile, or the other phone */
    int glued;   /* without its end: one frame with the next */
};

struct link_world_frame {
    unsigned char bytes[256];
    size_t size;
    int to; /* pile or phone */
    int64_t at_ms;
    bool is_used;
};

struct link_world_late {
    struct ocpp_settle_link_call call;
    char mark[64];
    bool waits;
};

struct link_world_pile {
    struct ocpp_settle_link *link;
    int phone;                                       /* whose wire it is on; -1: none */
    int acts;                                        /* that were done */
    char done[LINK_WORLD_ACTS][OCPP_SETTLE_ID_SIZE]; /* what was asked to be done, by the token in it */
    struct ocpp_settle_link_call open[LINK_WORLD_ACTS];
    int open_count;
    bool answers_later;
    struct link_world_late late[8]; /* what could not be answered at once */
    int events[8];
};

struct link_world_phone {
    struct ocpp_settle_phone *phone;
    int pile; /* -1: none */
    int answers;
    int refusals;
    enum ocpp_settle_refusal_code code; /* of the last refusal */
    char session[64];                   /* of the last answer to StartOutlet */
    int outlets;                        /* of the last answer to Hello */
    int pushes;
    void (*on_pushed)(const struct ocpp_settle_phone_event *event); /* NULL: they are counted only */
    int events[8];
    bool is_certified;
};

struct link_world {
    struct settle_keys keys;
    struct ocpp_settle_trust trust;
    struct link_world_pile piles[LINK_WORLD_PILES];
    struct link_world_phone phones[LINK_WORLD_PHONES];
    struct link_world_frame to_pile[LINK_WORLD_WIRE];
    struct link_world_frame to_phone[LINK_WORLD_WIRE];
    struct link_world_odds odds;
    uint64_t seed;
    int64_t now_ms;
    size_t frames;
    size_t longest; /* frame */
    const char *certificate;
    const char *server_keys[1];
    struct ocpp_arena *arena;
    struct ocpp_settle_link_settings pile_settings; /* for what is opened from now on */
    struct ocpp_settle_phone_settings phone_settings;
};

void link_world_start(struct link_world *world, uint64_t seed);

/* link_world_open: piles and phones, by the settings. */
void link_world_open(struct link_world *world);
void link_world_end(struct link_world *world);

struct ocpp_now link_world_now(const struct link_world *world);
void link_world_connect(struct link_world *world, int phone, int pile);
void link_world_cut(struct link_world *world, int phone);

/* link_world_restart: the pile was without power. */
void link_world_restart(struct link_world *world, int pile);

void link_world_run(struct link_world *world, int64_t ms);

/* link_world_ask: Hello. link_world_act: StartOutlet, which the pile does and remembers; |mark| is told in it. |id| as of
 * ocpp_settle_phone_ask(). */
enum ocpp_status link_world_ask(struct link_world *world, int phone);
enum ocpp_status link_world_act(struct link_world *world, int phone, const char *mark, char id[OCPP_SETTLE_ID_SIZE]);

/* link_world_done: how often |mark| was done at any pile. */
int link_world_done(const struct link_world *world, const char *mark);

uint64_t link_world_bits(struct link_world *world);

#endif
