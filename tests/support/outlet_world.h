/* outlet_world.h: a pile without a network in a world of its own: outlets with meters, a store that may fail, time that passes,
 * and a server that signs what a test wants signed.
 *
 *     outlet_world_open(&world);                   two outlets, root pinned, server key known
 *     status = ask_status(&world, 1);              what a phone would take along
 *     give(&world, authorise(&world, &(struct grant){ .outlet = 1, .frozen = "5.00" }), NULL);
 *     plug(&world, 1); outlet_pass_s(&world, 600); unplug(&world, 1);
 *     page = fetch(&world, 0);
 */
#ifndef OUTLET_WORLD_H
#define OUTLET_WORLD_H

#include "settle_keys.h"
#include "test_storage.h"

#include <ocpp/settlement/outlets.h>

enum { WORLD_OUTLETS = 2, WORLD_KWH_MWH = 1000000 };

/* 2026-11-21T12:00:00Z */
#define OUTLET_WORLD_UTC INT64_C(1795262400000)

struct world_outlet {
    bool is_on;
    bool is_broken; /* its meter does not answer */
    bool is_stuck;  /* its contactor does not close */
    int64_t meter_mwh;
    int64_t power_mw; /* that flows while it is on */
    int64_t rest;     /* of a mWh, in mW ms */
    int closings;
};

struct outlet_world {
    struct settle_keys keys;   /* of the pile */
    struct settle_keys server; /* root and server */
    struct ocpp_storage *disk;
    struct test_storage *storage;
    struct ocpp_settle_outlets_settings settings;
    struct ocpp_settle_outlets *outlets;
    struct ocpp_arena *arena;
    struct ocpp_now now;
    int64_t epoch_utc_ms; /* when the world began; OUTLET_WORLD_UTC */
    char pile[49];
    bool knows_utc;
    int64_t world_mono_ms; /* over restarts */
    struct world_outlet outlet[WORLD_OUTLETS + 1];
    int64_t seq;
    int ended;
    int refused;
    int security;
    int full;
    char said[200];
    void (*before_switch)(struct outlet_world *world, int outlet, bool on);
};

void outlet_world_open(struct outlet_world *world);
/* outlet_world_open_bare: |pile| as it leaves the factory: it trusts nobody. Its claim code is "CLAIM-" and its name. */
void outlet_world_open_bare(struct outlet_world *world, const char *pile, uint64_t seed);
void outlet_world_close(struct outlet_world *world);

/* outlet_world_boot: the pile starts (anew): |OCPP_OK| or why it does not. outlet_world_cut: as a power cut. */
enum ocpp_status outlet_world_boot(struct outlet_world *world);
void outlet_world_cut(struct outlet_world *world);

/* true time, whatever the pile knows. */
int64_t world_utc_ms(const struct outlet_world *world);

/* pass_ms: energy flows, the pile is called when it wants to be. */
void pass_ms(struct outlet_world *world, int64_t ms);
void outlet_pass_s(struct outlet_world *world, int64_t s);

void plug(struct outlet_world *world, int outlet);
void unplug(struct outlet_world *world, int outlet);

const struct ocpp_settle_pile_status *ask_status(struct outlet_world *world, int outlet);

/* grant: what the server signs; what is left out is as it should be. */
struct grant {
    int outlet;
    const char *frozen;
    const char *currency;
    const char *nonce; /* NULL: asked for now */
    const char *jti;
    const char *order;
    const char *aud;
    const char *vehicle;
    int64_t seq;        /* 0: the next */
    int64_t lasts_s;    /* exp - iat; 0: 600 */
    int64_t iat;        /* 0: now */
    const char *key;    /* of the server that signs; NULL: "server1" */
    const char *tariff; /* NULL: 0.45 a kWh and VAT of 19 % */
};

/* authorise: a PileParcel as JSON. */
const char *authorise(struct outlet_world *world, const struct grant *grant);

/* certify: a parcel with nothing but the key |name| of |epoch|, and |min_epoch| in a list of number |revocations| (0: no list).
 */
const char *certify(struct outlet_world *world, const char *name, int64_t epoch, int64_t revocations, int64_t min_epoch);

/* acknowledge: a parcel for |page|. |hash| NULL: that of the page as it stands. */
const char *acknowledge(struct outlet_world *world, int64_t page, const char *hash, enum ocpp_settle_page_result result);

/* give: what a phone brings. */
enum ocpp_status give(struct outlet_world *world, const char *parcel, struct ocpp_settle_outlets_taken *taken);

/* begins: authorises |outlet| with |frozen| and fails where it is refused. */
void begins(struct outlet_world *world, int outlet, const char *frozen);

/* fetch: the first page from |from| on, verified; NULL: none. |hash| (65 bytes, may be NULL). */
const struct ocpp_settle_bill_page *fetch(struct outlet_world *world, int64_t from, char *hash);

struct ocpp_settle_outlet_view shown(struct outlet_world *world, int outlet);

/* snapshot_of: a snapshot in EUR, zone UTC, of |tariff| (JSON with ' for "; NULL: as above). */
const struct ocpp_settle_snapshot *snapshot_of(struct ocpp_arena *arena, const char *tariff);

#endif
