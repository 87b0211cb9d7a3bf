/* cost_world.h: a station world whose firmware shows prices, and remembers what it was told. */
#ifndef OCPP_TESTS_COST_WORLD_H
#define OCPP_TESTS_COST_WORLD_H

#include <ocpp/cost.h>

#include "station_world.h"

enum { SEEN_PRICES = 64 };

/* A price as it was told. */
struct seen_price {
    enum ocpp_price_kind kind;
    int evse;
    char transaction[40];
    char amount[48]; /* "": none */
    bool is_estimate;
    char currency[8];
    int decimals;
    size_t text_count;
    char texts[8][520];
    char languages[8][40];
    char qr_code[600];
    bool has_prices;
    bool is_idle;
};

struct cost_world {
    struct world *world;
    struct ocpp_cost_settings settings;
    struct seen_price prices[SEEN_PRICES];
    int told; /* how often */
};

struct cost_world *cost_world_new(void);
void cost_world_on(struct cost_world *seen, enum ocpp_version version);
void cost_world_free(struct cost_world *seen);

/* told_last: what was told last; fails the test when nothing was. told_kinds: how many of |kind|. */
const struct seen_price *told_last(const struct cost_world *seen);
int told_kinds(const struct cost_world *seen, enum ocpp_price_kind kind);
/* price_now: what the view says. */
struct seen_price price_now(struct cost_world *seen, int evse);

/* note: a message of the pricing note; its status. |data| has ' for ". */
const char *note(struct cost_world *seen, const char *message_id, const char *data);
/* drive: the driver of |card| plugs in and charges. */
void drive(struct cost_world *seen, int evse, const char *id);

#endif
