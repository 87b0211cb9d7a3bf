/* vehicle_prompts.h: vehicles that are plugged in, their terminals, and what becomes of it: between
 *
 *   vehicle_prompts.c  who stands where, who is asked
 *   vehicle_asks.c     the backend's list, and its word about what a terminal asks for
 *   vehicle_starts.c   a grant, the transaction that begins with it and ends at its limits
 */
#ifndef SETTLEMENT_VEHICLE_PROMPTS_H
#define SETTLEMENT_VEHICLE_PROMPTS_H

#include "hearing.h"

#include <ocpp/settlement/prompts.h>

enum {
    VEHICLE_TERMINALS = 8,
    VEHICLE_ID_SIZE = 65,
    VEHICLE_TERMINAL_SIZE = 41,
    VEHICLE_TOKEN_SIZE = 256,
    VEHICLE_TICKET_SIZE = 65,
    VEHICLE_AMOUNT_SIZE = 25,
    VEHICLE_ASSOCIATION_SIZE = 3001
};

struct vehicle_terminal {
    char name[VEHICLE_TERMINAL_SIZE];
    bool is_prompted;
};

struct vehicle_place {
    int evse; /* 0: free */
    enum ocpp_settle_vehicle_stage stage;
    enum ocpp_settle_vehicle_id_kind kind;
    char vehicle[VEHICLE_ID_SIZE];
    char prompt[OCPP_SETTLE_ID_SIZE];
    bool is_known; /* the backend heard of the prompt */
    bool is_lost;  /* the backend went away: it is asked anew when it is back */
    int64_t list_version;
    bool has_list;
    struct vehicle_terminal terminals[VEHICLE_TERMINALS];
    size_t terminal_count;
    char answered[VEHICLE_TERMINAL_SIZE]; /* the terminal whose requests are forwarded */
    bool must_forward;                    /* they wait for the backend to have heard of the prompt */
    struct ocpp_settle_charging_wish wish;
    char amount[VEHICLE_AMOUNT_SIZE]; /* of the wish */
    char association[VEHICLE_ASSOCIATION_SIZE];
    int64_t until;    /* of the stage; OCPP_NEVER */
    int64_t again_at; /* the backend is asked (again) */
    /* granted */
    char start[OCPP_SETTLE_ID_SIZE];
    char token_id[VEHICLE_TOKEN_SIZE];
    char token_type[21];
    char ticket[VEHICLE_TICKET_SIZE];
    int64_t energy_wh;
    int64_t time_s;
    int64_t began_mono_ms;
    int64_t began_wh;  /* the register then */
    bool is_metered;   /* it is known */
    bool is_resumed;   /* it began before the last restart */
    bool is_stored;    /* the grant is durable: its transaction may begin */
    bool is_presented; /* its token was */
    bool is_stopped;   /* at a limit */
    bool is_gone;      /* the vehicle is, its transaction was not over yet */
};

/* --- vehicle_prompts.c */

struct vehicle_place *vehicle_at(struct ocpp_settle_agent *agent, int evse);
struct vehicle_place *vehicle_prompted_by(struct ocpp_settle_agent *agent, const char *prompt);
/* the terminals are those of |names|: new ones are asked, those who are gone are told */
void vehicle_take_terminals(struct ocpp_settle_agent *agent, struct vehicle_place *place, const char *const *names, size_t count);
/* whoever is asked, but |except| (NULL: nobody), is told that it is over */
void vehicle_prompt_over(struct ocpp_settle_agent *agent, struct vehicle_place *place, const char *except, const char *text);
/* nobody is asked any more: other ways to start */
void vehicle_wait(struct ocpp_settle_agent *agent, struct vehicle_place *place, const char *text);
void vehicle_news(struct ocpp_settle_agent *agent, const struct vehicle_place *place, enum ocpp_settle_refusal_code code,
                  const char *text);
/* another prompt for who stands there */
void vehicle_ask_anew(struct ocpp_settle_agent *agent, struct vehicle_place *place);
void vehicle_forget(struct vehicle_place *place);
/* the list of the place's vehicle, as it is kept */
void vehicle_keep_list(struct ocpp_settle_agent *agent, const struct vehicle_place *place, const char *const *names, size_t count,
                       int64_t for_s);
void vehicles_advance(struct ocpp_settle_agent *agent);
int64_t vehicles_deadline(const struct ocpp_settle_agent *agent);
/* the backend speaks the extension now, or no more */
void vehicles_link(struct ocpp_settle_agent *agent, bool is_on);

/* --- vehicle_asks.c */

void vehicle_tell_connected(struct ocpp_settle_agent *agent, struct vehicle_place *place);
/* what waits to be forwarded leaves, if it can */
void vehicle_forward(struct ocpp_settle_agent *agent, struct vehicle_place *place);

/* --- vehicle_starts.c */

enum ocpp_status vehicles_load(struct ocpp_settle_agent *agent);
void vehicle_start_advance(struct ocpp_settle_agent *agent, struct vehicle_place *place);
/* the transaction of a grant is over */
void vehicle_start_ended(struct ocpp_settle_agent *agent, struct vehicle_place *place);
/* a grant comes to nothing, which is told */
void vehicle_give_back(struct ocpp_settle_agent *agent, struct vehicle_place *place, enum ocpp_settle_start_failure why);
hearing_body vehicle_start_grant;
hearing_body vehicle_start_denied;
hearing_body vehicle_terminal_list;

#endif
