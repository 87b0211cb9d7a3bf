/* prompts.h: a pile that asks the terminals of vehicles (a phone, a vehicle's own screen) what they want, forwards what they ask
 * for, and charges by what the backend says. A part of the agent (agent.h), for piles that set |terminals| in its settings.
 *
 *     vehicle(agent, evse, id)             a vehicle was plugged in, and the pile knows which (EVCCID, VIN, a tag)
 *        -> port.prompt(terminal, prompt)  each terminal associated with it is asked
 *     terminal_answer(agent, …)            one answered: both requests are forwarded
 *        -> port.news(terminal, news)      granted, with a ticket for the backend, or not
 *        -> a transaction of OCPP begins with the token of who pays, and ends at what the grant allows
 *     vehicle_left(agent, evse)
 *
 * How terminals are reached is the port's: the phone link mostly. The prompt a terminal is asked with is an id nobody can guess;
 * what it signs for it is good once. Without the backend nothing starts.
 */
#ifndef OCPP_SETTLEMENT_PROMPTS_H
#define OCPP_SETTLEMENT_PROMPTS_H

#include <ocpp/settlement/id.h>
#include <ocpp/settlement/model.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_settle_agent;

/* ocpp_settle_prompt: the charging prompt and the association prompt in one. Borrowed for the call. */
struct ocpp_settle_prompt {
    const char *prompt; /* an association request names it */
    const char *pile;   /* likewise */
    int evse;
    struct ocpp_settle_vehicle_id vehicle; /* likewise */
    int64_t within_s;                      /* to answer */
};

/* ocpp_settle_start_news: what became of the requests of a terminal. Texts are borrowed, NULL where there is none. */
struct ocpp_settle_start_news {
    const char *prompt;
    const char *start;                  /* granted: its id */
    const char *ticket;                 /* granted: to connect to the backend with, once */
    enum ocpp_settle_refusal_code code; /* UNSET: granted */
    const char *text;
};

/* ocpp_settle_terminal_port: how terminals are reached. Copied. Callbacks run inside entry points of the agent. */
struct ocpp_settle_terminal_port {
    /* prompt: |terminal| is asked. An error: it cannot be reached now; ocpp_settle_agent_terminal_here() asks again. */
    enum ocpp_status (*prompt)(const char *terminal, const struct ocpp_settle_prompt *prompt, void *user);
    /* over: |prompt| is over for |terminal|: another was faster, the vehicle left, it timed out, the backend cannot be reached.
     */
    void (*over)(const char *terminal, const char *prompt, const char *text, void *user);
    /* news: of what |terminal| asked for. */
    void (*news)(const char *terminal, const struct ocpp_settle_start_news *news, void *user);
    /* energy: the register of the meter of |evse| now, so that the charging ends where it should; looked at once a second. False:
     * it cannot be read. NULL: it ends with the reading of OCPP that shows it. */
    bool (*energy)(int evse, int64_t *register_wh, void *user);
    void *user;
};

/* ocpp_settle_agent_vehicle: |vehicle| is plugged in at |evse|. The same again changes nothing, another one takes its place.
 * Errors, and nothing happened: OCPP_ERR_ARGUMENT no such EVSE, no id of 1 to 64 letters and digits, or a pile without terminals;
 * OCPP_ERR_LIMIT as many vehicles as max_vehicles. */
OCPP_API enum ocpp_status ocpp_settle_agent_vehicle(struct ocpp_settle_agent *agent, int evse,
                                                    const struct ocpp_settle_vehicle_id *vehicle, struct ocpp_now now);

/* ocpp_settle_agent_vehicle_left: whoever stood at |evse| is gone: prompts are over, a grant that has not begun is given back. */
OCPP_API void ocpp_settle_agent_vehicle_left(struct ocpp_settle_agent *agent, int evse, struct ocpp_now now);

/* ocpp_settle_agent_terminal_here: |terminal| can be reached from now on: it is asked what waits for it. How many prompts that
 * were. */
OCPP_API int ocpp_settle_agent_terminal_here(struct ocpp_settle_agent *agent, const char *terminal, struct ocpp_now now);

/* ocpp_settle_terminal_requests: what a terminal answers. Borrowed for the call. */
struct ocpp_settle_terminal_requests {
    const char *terminal;
    const char *prompt;
    struct ocpp_settle_charging_wish wish; /* the charging request */
    const char *association;               /* the association request: an AssociationClaim, signed; at most 3,000 characters */
};

/* ocpp_settle_agent_terminal_answer: both requests are forwarded, once the backend has heard of the prompt; port.news() tells
 * what became of them. Errors, and nothing happened: OCPP_ERR_NOT_FOUND no such prompt for that terminal (any more);
 * OCPP_ERR_BUSY another terminal was faster; OCPP_ERR_STATE the backend cannot be reached (E4); OCPP_ERR_ARGUMENT a text that is
 * missing or too long, no such wish. */
OCPP_API enum ocpp_status ocpp_settle_agent_terminal_answer(struct ocpp_settle_agent *agent,
                                                            const struct ocpp_settle_terminal_requests *requests,
                                                            struct ocpp_now now);

/* ocpp_settle_vehicle_view: who stands at an EVSE. Texts live until the next entry point. */
struct ocpp_settle_vehicle_view {
    enum ocpp_settle_vehicle_stage {
        OCPP_SETTLE_VEHICLE_NONE,
        OCPP_SETTLE_VEHICLE_WAITING,  /* nobody is asked (any more): other ways to start */
        OCPP_SETTLE_VEHICLE_LISTING,  /* the backend is asked for its terminals */
        OCPP_SETTLE_VEHICLE_PROMPTED, /* its terminals are asked */
        OCPP_SETTLE_VEHICLE_ASKING,   /* one answered: the backend thinks */
        OCPP_SETTLE_VEHICLE_STARTING, /* granted: the transaction is to begin */
        OCPP_SETTLE_VEHICLE_CHARGING
    } stage;
    struct ocpp_settle_vehicle_id vehicle;
    const char *prompt;
    const char *start;
    int64_t energy_wh; /* it may have; 0: not limited */
    int64_t time_s;
};

OCPP_API struct ocpp_settle_vehicle_view ocpp_settle_agent_vehicle_at(const struct ocpp_settle_agent *agent, int evse);

/* --- over the phone link ------------------------------------------------------------------------------------------------------
 */

struct ocpp_settle_link;

/* ocpp_settle_prompt_link: terminals that speak over the phone link (link.h): they announce themselves, are prompted in their
 * session and answer in it.
 *
 *     ocpp_settle_prompt_link_new(…, &prompts)      once the link is made
 *     settings.terminals = &port                    of ocpp_settle_prompt_link_port(), for the agent
 *     ocpp_settle_prompt_link_use(prompts, agent)   once the agent is made
 *
 * Whoever announces a name is prompted for it: what it may start is decided by what it signs. At most
 * OCPP_SETTLE_PROMPT_LINK_TERMINALS are known, the one not heard for longest makes room. */
enum { OCPP_SETTLE_PROMPT_LINK_TERMINALS = 8 };
struct ocpp_settle_prompt_link;

/* ocpp_settle_prompt_link_new: serves Announce and Answer on |link|. Errors: OCPP_ERR_STATE somebody serves them already;
 * OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_prompt_link_new(const struct ocpp_allocator *allocator,
                                                                    struct ocpp_settle_link *link,
                                                                    struct ocpp_settle_prompt_link **prompts);

/* ocpp_settle_prompt_link_port: prompt, over and news over the link; |energy| is NULL: who has a meter at hand gives callbacks of
 * his own that call these. */
OCPP_API struct ocpp_settle_terminal_port ocpp_settle_prompt_link_port(struct ocpp_settle_prompt_link *prompts);

/* ocpp_settle_prompt_link_use: |agent| is whose prompts they are; NULL: nobody's, what is asked is refused. */
OCPP_API void ocpp_settle_prompt_link_use(struct ocpp_settle_prompt_link *prompts, struct ocpp_settle_agent *agent);

/* ocpp_settle_prompt_link_free: after agent and link. NULL is fine. */
OCPP_API void ocpp_settle_prompt_link_free(struct ocpp_settle_prompt_link *prompts);

OCPP_END_DECLARATIONS

#endif
