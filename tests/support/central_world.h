/* central_world.h: a central system on a virtual clock with stations that are spoken for frame by frame.
 *
 * A test says what a station sends and asserts what it gets back and what the application was told. */
#ifndef OCPP_TESTS_CENTRAL_WORLD_H
#define OCPP_TESTS_CENTRAL_WORLD_H

#include <ocpp/adapters.h>

enum { TOLD_SIZE = 8192, FRAME_SIZE = 8192 };

struct central_world {
    struct ocpp_central *central;
    struct ocpp_central_handler handler;
    struct ocpp_storage *memory;
    struct ocpp_storage store; /* what the central system has: the memory, with failures and delays in front */
    struct ocpp_now now;
    bool tell_anomalies;  /* events end with " +" and the names of those that are new */
    char told[TOLD_SIZE]; /* one line per event since the last world_told() */
    char frame[FRAME_SIZE];

    void (*change_settings)(struct ocpp_central_settings *settings); /* NULL: nothing */

    enum ocpp_durability durability; /* from the next world_restart() on */

    /* decisions of the application */
    struct ocpp_boot_decision boot;
    struct ocpp_authorize_decision authorize;
    struct ocpp_authorize_request authorize_request; /* the last one; its token is gone */
    bool decide_later;
    struct ocpp_question question;
    bool take_calls;
    struct ocpp_call_token taken;
    enum ocpp_trigger trigger; /* of the transaction event that was told last */
    char contexts[160];        /* of the samples that were told last, by name, a space behind each */

    /* the store */
    int reads;      /* entries asked for by read */
    int fail_read;  /* the read that fails, counted from 1; 0: none */
    bool fail_each; /* walks through the store fail */
    int writes;
    int fail_write;   /* the write that fails, counted from 1; 0: none */
    bool hold_writes; /* done is told by world_release() or a flush only */
    bool lose_writes; /* a flush loses what is held */
    struct held_write *held;
    struct ocpp_storage *before; /* what the store was before the first of them */
};

struct central_world *world_new(void);

/* world_new_with: the same with another application; its |user| is the world. */
struct central_world *world_new_with(const struct ocpp_central_handler *instead);

/* world_new_extended: the first one, whose application |extend| may give further functions, and whose settings |change| may
 * change; both may be NULL. */
struct central_world *world_new_extended(void (*extend)(struct ocpp_central_handler *handler),
                                         void (*change)(struct ocpp_central_settings *settings));
void world_free(struct central_world *world);

/* world_restart: the central system is gone and comes back with what was stored; every station is disconnected. */
void world_restart(struct central_world *world);

struct ocpp_station *world_connect(struct central_world *world, const char *identity, enum ocpp_version version);

/* world_boot: the station boots and is accepted. */
void world_boot(struct central_world *world, struct ocpp_station *station);

/* world_says: the station sends |frame|, in which ' stands for "; what it gets back, also with ', or "" for silence. */
const char *world_says(struct central_world *world, struct ocpp_station *station, const char *frame);

/* world_hears: the next text for the station, " as '; "" when there is none. */
const char *world_hears(struct central_world *world, struct ocpp_station *station);

/* world_tell: adds to what world_told() says; for applications of other worlds. */
void world_tell(struct central_world *world, const char *format, ...) OCPP_PRINTF(2, 3);

/* world_told: what the application was told since it was asked last, one line per event. */
const char *world_told(struct central_world *world);

/* world_anomalies: the names of |bits| as "Gap,NoStart", "" for none. */
const char *world_anomalies(uint32_t bits);

void world_pass(struct central_world *world, int64_t ms);

/* world_release: the store's held writes are durable now, or nothing of them happened. */
void world_release(struct central_world *world, enum ocpp_status status);

#endif
