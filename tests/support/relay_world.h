/* relay_world.h: a backend and piles without a network, with nothing between them but what a test carries. Checked after each
 * step.
 *
 *     relay_world_open(&world, 1);
 *     jti = wish(&world, 0, 1, "CARD-A", 2000);            status to the server, hold, authorisation
 *     hand_over(&world, 0, jti);                            to the pile
 *     plug(&world.pile[0], 1); relay_pass_s(&world, 3600); unplug(&world.pile[0], 1);
 *     carry(&world, 0, 1);                                  the bill to the server, the acknowledgement back
 */
#ifndef RELAY_WORLD_H
#define RELAY_WORLD_H

#include "outlet_world.h"
#include "settle_world.h"

#include <ocpp/settlement/relay.h>

enum { RELAY_PILES = 2 };

struct relay_world {
    struct settle_world *backend;
    struct outlet_world pile[RELAY_PILES];
    int piles;
    struct ocpp_settle_relay relay;
    char kid[OCPP_SETTLE_JWS_KID_SIZE];      /* of the server's key */
    const char *vehicle;                     /* of wishes; NULL: any */
    int64_t list;                            /* number of the last revocations */
    struct ocpp_settle_relay_page_view page; /* as shown last; texts live as long as the backend's world */
};

void relay_world_open(struct relay_world *world, int piles);
void relay_world_close(struct relay_world *world);
void relay_pass_s(struct relay_world *world, int64_t s);

/* relay_rotate: the server signs by |key_name| from now on, which the root certifies with |epoch|; server keys below |min_epoch|
 * count no more. The backend starts anew. */
void relay_rotate(struct relay_world *world, const char *key_name, int64_t epoch, int64_t min_epoch);

/* relay_status_of: a status of |pile| as a token. tell_status: brought to the server; whether it was taken. */
const char *relay_status_of(struct relay_world *world, int pile, int outlet);
bool tell_status(struct relay_world *world, const char *token);

/* wish: asks the server; the authorisation's id, or NULL where it was refused (done_code). */
const char *wish_for(struct relay_world *world, int pile, const char *status, int outlet, const char *token,
                     int64_t frozen_minor);
const char *wish(struct relay_world *world, int pile, int outlet, const char *token, int64_t frozen_minor);

struct ocpp_settle_relay_authorisation authorisation_of(struct relay_world *world, const char *jti);

/* hand_over: the authorisation to the pile; why it was refused. */
enum ocpp_settle_refusal_code hand_over(struct relay_world *world, int pile, const char *jti);

/* charge: wish, hand over, plug, so many seconds at 3.6 kW, unplug; the authorisation. */
const char *charge(struct relay_world *world, int pile, const char *token, int64_t frozen_minor, int64_t seconds);

/* bill_of: page |number| of |pile|, as it would be carried; NULL: it is not kept. bring: to the server; whether it was taken. */
const char *bill_token(struct relay_world *world, int pile, int64_t number);
bool bring(struct relay_world *world, const char *bill);

/* shown_page: what the server has of it, in |page|; false: nothing. carry: bring, and the acknowledgement back. */
bool shown_page(struct relay_world *world, const char *pile, int64_t number);
void carry(struct relay_world *world, int pile, int64_t number);

struct ocpp_settle_relay_pile pile_at_server(struct relay_world *world, int pile);

#endif
