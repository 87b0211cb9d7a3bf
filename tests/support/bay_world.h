/* bay_world.h: a pile with a cabinet of power banks, its agent, and a backend that answers and remembers, over a station_world.
 * The clock goes on in steps; a power cut takes agent and charge point away and leaves store and cabinet. */
#ifndef OCPP_TESTS_BAY_WORLD_H
#define OCPP_TESTS_BAY_WORLD_H

#include <ocpp/settlement/agent.h>
#include <ocpp/settlement/mark.h>

#include "cabinet.h"
#include "settle_keys.h"
#include "station_world.h"

enum { BAY_SLOTS = 4, BAY_TOLD = 1024, BAY_EVENTS = 512 };

/* A message the backend heard. */
struct told {
    char name[32];
    char id[27];
    char stream[41];
    long seq;
    char *json;
    int times; /* how often it came */
    bool was_refused;
};

struct bay_world {
    struct world *world;
    struct cabinet cabinet;
    struct ocpp_settle_bay bay;
    struct settle_keys keys;
    struct ocpp_settle_agent_settings settings;
    size_t waited; /* messages, when the settings allowed for more of them */
    struct ocpp_settle_agent *agent;
    enum ocpp_version version;

    const char *operator_id; /* whose fleet the banks are; "op" */
    /* another backend than this file's: writes the payload of the answer to DataTransfer; NULL */
    void (*hears)(struct bay_world *bay, const char *name, const char *data, char *answer, size_t room);

    /* the backend */
    bool link_is_plain;       /* nothing is encrypted on the way */
    bool knows_nothing;       /* UnknownVendorId */
    const char *hello_result; /* instead of Accepted: "Rejected"; "": silence */
    bool is_unable;           /* Rejected, TryLater */
    bool wants_a_hello;       /* Rejected, NotAgreed, until the next Hello */
    const char *reception;    /* of the next messages with an envelope; NULL: Accepted */
    int reception_count;
    const char *refused_name;      /* only of this one; NULL: of any */
    const char *request_reception; /* of requests to rent; NULL: Accepted */
    bool loses_answers;            /* it hears, and nobody hears it */
    int64_t max_bytes;
    int offline_rentals;
    struct told told[BAY_TOLD];
    size_t told_count;
    size_t looked_at;
    long said;           /* messages it sent */
    char answer[16384];  /* to the last one: the JSON of it, or a word */
    char joined[262144]; /* parts of a message */
    struct ocpp_arena *arena;

    /* who stands there */
    struct ocpp_settle_agent_event_kind_seen {
        enum ocpp_settle_agent_event_kind kind;
        int slot;
        char text[64];
    } events[BAY_EVENTS];
    size_t event_count;
};

/* bay_world_new: a charge point accepted in |version| (OCPP_VERSION_NONE: no link), banks B1 to B3 neutral in slots 1 to 3, slot
 * 4 empty, all known: they came, were decided about and are for rent. */
struct bay_world *bay_world_new(enum ocpp_version version);
struct bay_world *bay_world_bare(enum ocpp_version version); /* banks are there, and nobody has looked yet */
/* bay_world_changed: likewise, with what |change| changes before anything is switched on (the station world is not there yet). */
struct bay_world *bay_world_changed(enum ocpp_version version, void (*change)(struct bay_world *bay));
void bay_world_free(struct bay_world *bay);

void bay_agent_on(struct bay_world *bay);
void bay_agent_off(struct bay_world *bay);
/* bay_power_cut: of a mark that is being written |bytes| are in the bank. bay_power_back: with the link, if there was one. */
void bay_power_cut(struct bay_world *bay, size_t bytes);
void bay_power_back(struct bay_world *bay, int seconds);
void bay_link(struct bay_world *bay, bool up);
void bay_run(struct bay_world *bay);
void bay_pass(struct bay_world *bay, int64_t ms);
/* bay_news: what the cabinet has told by now reaches the agent, over a line a moment later. */
void bay_news(struct bay_world *bay);

/* --- the backend -------------------------------------------------------------------------------------------------------------
 */

/* backend_heard: the next message of |name| that was not looked at; fails when there is none. _never: none was heard that was not
 * looked at. _count: so far, repetitions left out. Members of JSON: value_of(). */
const struct told *backend_heard(struct bay_world *bay, const char *name);
void backend_never_heard(struct bay_world *bay, const char *name);
int backend_count(const struct bay_world *bay, const char *name);
void backend_looks_away(struct bay_world *bay);

/* backend_says: a message with an envelope of its own in stream "s"; |members| is JSON without it, ' stands for ". The reception
 * of the answer. backend_says_raw: whole data; the answer's status or reception. */
const char *backend_says(struct bay_world *bay, const char *name, const char *members);
const char *backend_says_raw(struct bay_world *bay, const char *name, const char *data);

/* backend_mark: minted with the fleet's key. */
const char *backend_mark(struct bay_world *bay, enum ocpp_settle_mark_class renter, int64_t generation);
/* backend_grants: one bank of |request|, with the marks for it. backend_frees: the bank that came back to |slot| may be rented
 * again. */
const char *backend_grants(struct bay_world *bay, const char *request, const char *rental, int slot);
const char *backend_frees(struct bay_world *bay, int slot);
void backend_gives_key(struct bay_world *bay);

/* --- the pile ----------------------------------------------------------------------------------------------------------------
 */

enum ocpp_settle_slot_state shown_at(const struct bay_world *bay, int slot);
int64_t generation_at(const struct bay_world *bay, int slot);
/* generation_in: what the bank in |slot| bears; is it neutral? -1: torn or nothing */
int64_t generation_in(const struct bay_world *bay, int slot, bool *is_neutral);
const char *ask_for(struct bay_world *bay, const char *card, int count, enum ocpp_status expected); /* the request's id */
/* rent_from: a bank of |slot| is granted and ejected; nobody has taken it. The rental is "R" and the slot */
void rent_from(struct bay_world *bay, const char *card, int slot);
struct cabinet_bank take_from(struct bay_world *bay, int slot);
void push_into(struct bay_world *bay, int slot, const struct cabinet_bank *bank);
bool was_told(const struct bay_world *bay, enum ocpp_settle_agent_event_kind kind);

/* Never two open rentals of a bank, generations only rise … : what has to hold at any time. */
void bay_invariants(struct bay_world *bay);

/* bay_answer: the payload of an answer with |json| as data (NULL: none), as the version has it. bay_said: the whole answer to the
 * last message that backend_says_raw() said: its data as JSON, in the world's arena; NULL: none. */
void bay_answer(struct bay_world *bay, const char *status, const char *json, char *answer, size_t room);
const char *bay_said(struct bay_world *bay);

#endif
