/* house_world.h: a rental house in a settle_world: "Elm", whose pile is PILE-1 (authorised), with a price of 0.40 EUR/kWh and 10
 * % tax, the tenants Ada (flat 1, card ADA) and Ben (flat 2, card BEN), and the landlord's privilege card LORD. Statements are
 * paid by hand unless the test says otherwise. After each step the invariants are checked.
 *
 *     struct house_world *h = house_world_new();
 *     house_session(h, "PILE-1", "7", "ADA", 1000, 11000);             // 10 kWh
 *     house_close(h);
 *     assert_int_equal(house_statement_of(h, h->ada).gross_minor, 440);
 *     house_world_free(h);
 */
#ifndef HOUSE_WORLD_H
#define HOUSE_WORLD_H

#include "settle_world.h"

#include <ocpp/settlement/houses.h>

struct house_world {
    struct settle_world *w;
    char house[OCPP_SETTLE_ID_SIZE];
    char ada[OCPP_SETTLE_ID_SIZE];
    char ben[OCPP_SETTLE_ID_SIZE];
    char ada_card[OCPP_SETTLE_ID_SIZE];
    char ben_card[OCPP_SETTLE_ID_SIZE];
    char lord_card[OCPP_SETTLE_ID_SIZE];
    char ada_secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    char ben_secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    char lord_secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    const char *provider; /* of tenants; NULL: by hand */
    const char *station;  /* "PILE-1" */
    bool is_guest;        /* the world is somebody else's */
};

/* house_world_in: the house in a world that is there already, at the pile |station|; house_world_free() leaves that world. */
struct house_world *house_world_in(struct settle_world *world, const char *station);

struct house_world *house_world_new(void);
struct house_world *house_world_new_with(const char *provider, void (*change)(struct settle_world *world));
void house_world_free(struct house_world *h);

/* house_operator: the caller that is the operator; house_phone: the one with |bearer|. Kept by the world's arena. */
const struct ocpp_settle_house_caller *house_operator(struct house_world *h);
const struct ocpp_settle_house_caller *house_phone(struct house_world *h, const char *bearer);

/* house_ok: the last command was not refused; its id, copied into |id| (may be NULL). house_refused: it was, with |code|. */
void house_ok(struct house_world *h, enum ocpp_status status, char *id);
void house_refused(struct house_world *h, enum ocpp_status status, const char *code);

/* The usual commands, by the operator, asserted to succeed. */
void house_price(struct house_world *h, int64_t price_micro);
void house_session(struct house_world *h, const char *station, const char *id, const char *token, int64_t from_wh, int64_t to_wh);
void house_close(struct house_world *h);
void house_act(struct house_world *h, const char *card, enum ocpp_settle_card_act act);
void house_issue(struct house_world *h, const char *tenant, const char *token, char *id, char *secret);

/* house_bind: a phone asks for |card|; |bearer| has OCPP_SETTLE_BEARER_SIZE bytes, |id| OCPP_SETTLE_ID_SIZE. house_bound: and the
 * landlord approves it. */
void house_bind(struct house_world *h, const char *card, const char *secret, char *bearer, char *id);
void house_bound(struct house_world *h, const char *card, const char *secret, char *bearer, char *id);

/* house_statement_of: the newest of |tenant|, asserted to exist; texts live as long as the world. house_statements_of: how many.
 */
struct ocpp_settle_statement house_statement_of(struct house_world *h, const char *tenant);
size_t house_statements_of(struct house_world *h, const char *tenant);

/* house_item: item |number| of |statement|, asserted to exist. */
struct ocpp_settle_session house_item(struct house_world *h, const char *statement, int64_t number);

/* house_card_of: as the operator sees it. */
struct ocpp_settle_card house_card_seen(struct house_world *h, const char *card);

/* house_pays: the landlord notes that |amount_minor| came for |statement|. */
void house_pays(struct house_world *h, const char *statement, int64_t amount_minor, const char *key);

#endif
