/* pile_link.c: see pile_link.h. */
#include "pile_banks_inside.h"
#include "pile_link_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool fail(const struct pile *pile, const char *what, const char *why)
{
    fprintf(stderr, "ocpp-sim: %s: %s: %s\n", pile->identity, what, why);
    return false;
}

static bool has_network(const struct pile *pile)
{
    return !pile->options->no_network;
}

/* --- hardware of outlets
 * -------------------------------------------------------------------------------------------------------- */

static enum ocpp_status switch_outlet(int outlet, bool on, void *user)
{
    struct pile_link *link = user;

    if (link->closed[outlet] != on) {
        pile_log(link->pile, "outlet %d is switched %s", outlet, on ? "on" : "off");
    }
    link->closed[outlet] = on;
    return OCPP_OK;
}

static enum ocpp_status read_meter(int outlet, struct ocpp_settle_outlet_reading *reading, void *user)
{
    const struct pile_link *link = user;
    const struct pile_evse *evse = &link->pile->evses[outlet];

    if (evse->meter_is_silent) {
        return OCPP_ERR_STATE;
    }
    *reading = (struct ocpp_settle_outlet_reading){ .mwh = evse->register_mwh };
    return OCPP_OK;
}

/* What is plugged in, and what flowed since the last time. */
static void move_outlets(struct pile_link *link)
{
    struct pile *pile = link->pile;
    const int64_t now_ms = sim_now().mono_ms;
    const int64_t passed_ms = now_ms - link->moved_mono_ms;

    link->moved_mono_ms = now_ms;
    for (int i = 1; i <= pile->options->evses; i++) {
        struct pile_evse *evse = &pile->evses[i];

        if (link->closed[i] && evse->plugged[0] && !evse->vehicle_suspends) {
            const int64_t w_ms = (int64_t)PILE_POWER_W * passed_ms + link->rest_w_ms[i];

            evse->register_mwh += w_ms / 3600;
            link->rest_w_ms[i] = w_ms % 3600;
        }
        if (link->plugged[i] != evse->plugged[0]) {
            link->plugged[i] = evse->plugged[0];
            ocpp_settle_outlets_plug(link->outlets, i, evse->plugged[0], link->vehicles[i][0] ? link->vehicles[i] : NULL,
                                     sim_now());
        }
    }
}

static void on_outlets(const struct ocpp_settle_outlets_event *event, void *user)
{
    static const char *const words[] = { "has another state", "gets energy", "has ended its session", "refused",
                                         "is full of bills",  "security",    "waits for a card" };
    const struct pile_link *link = user;

    pile_log(link->pile, "outlet %d %s%s%s%s%s", event->outlet, words[event->kind], event->session ? " " : "",
             event->session ? event->session : "", event->text ? ": " : "", event->text ? event->text : "");
}

/* --- a pile with a network says who it is, and how its EVSEs stand
 * --------------------------------------------------------------- */

static struct ocpp_settle_agent *agent_of(const struct pile *pile)
{
    return pile->banks ? pile->banks->agent : NULL;
}

static void hear_hello(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user)
{
    static const char *const features[] = { "PhoneLink", "TerminalStart" };
    const struct pile_link *link = user;
    struct ocpp_settle_link_outlet_view views[OCPP_SETTLE_OUTLETS_LIMIT] = { { 0 } };
    struct ocpp_settle_link_hello_conf answer = { .pile = link->pile->identity, .serial = "", .online = true };

    (void)message;
    answer.features.items = features;
    answer.features.count = agent_of(link->pile) ? 2 : 1;
    answer.outlets.items = views;
    for (int i = 1; i <= link->pile->options->evses && i <= OCPP_SETTLE_OUTLETS_LIMIT; i++) {
        const struct pile_evse *evse = &link->pile->evses[i];

        views[i - 1].outlet = i;
        views[i - 1].state = evse->draws        ? OCPP_SETTLE_LINK_OUTLET_STATE_CHARGING
                             : evse->plugged[0] ? OCPP_SETTLE_LINK_OUTLET_STATE_OCCUPIED
                                                : OCPP_SETTLE_LINK_OUTLET_STATE_FREE;
        answer.outlets.count++;
    }
    (void)ocpp_settle_link_answer(link->link, call, &answer, now);
}

static const struct ocpp_settle_link_route online_routes[] = { { OCPP_SETTLE_LINK_ACTION_HELLO, false, hear_hello } };

/* --- on and off
 * ----------------------------------------------------------------------------------------------------------------- */

static bool certificate(struct ocpp_settle_link_proof *proof, void *user)
{
    const struct pile_link *link = user;

    return link->outlets && ocpp_settle_outlets_prove(link->outlets, proof);
}

static void on_link_event(const struct ocpp_settle_link_event *event, void *user)
{
    static const char *const words[] = { "opened", "resumed", "ended", "broken" };
    const struct pile_link *link = user;

    pile_log(link->pile, "phone link: session %u %s", (unsigned)event->session, words[event->kind]);
}

static enum ocpp_status make_outlets(struct pile_link *link)
{
    struct ocpp_settle_outlets_settings settings = ocpp_settle_outlets_settings_default();

    settings.pile = link->pile->identity;
    settings.keys = *link->keys;
    settings.claim_name = link->pile->options->claim_code ? "claim" : NULL;
    settings.storage = link->pile->storage;
    settings.hardware = (struct ocpp_settle_outlet_hardware){ switch_outlet, read_meter, link };
    settings.outlet_count = link->pile->options->evses;
    settings.max_power_mw = INT64_C(1000) * PILE_POWER_W;
    settings.max_pages = link->pile->options->kept_bills > 0 ? link->pile->options->kept_bills : settings.max_pages;
    settings.on_event = on_outlets;
    settings.user = link;
    memset(link->plugged, 0, sizeof link->plugged);
    link->moved_mono_ms = sim_now().mono_ms;
    return ocpp_settle_outlets_new(&settings, sim_now(), &link->outlets);
}

static enum ocpp_status make_link(struct pile_link *link)
{
    struct ocpp_settle_link_settings settings = ocpp_settle_link_settings_default();

    settings.pile = link->pile->identity;
    settings.keys = *link->keys;
    settings.certificate = certificate;
    settings.on_event = on_link_event;
    settings.user = link;
    return ocpp_settle_link_new(&settings, &link->link);
}

/* Terminals of vehicles are reached through the pile; what they ask its agent forwards. */
static enum ocpp_status serve_online(struct pile_link *link)
{
    enum ocpp_status status = ocpp_settle_link_serve(link->link, online_routes, 1, link);

    if (status == OCPP_OK) {
        status = ocpp_settle_prompt_link_new(NULL, link->link, &link->prompts);
    }
    if (status == OCPP_OK) {
        ocpp_settle_prompt_link_use(link->prompts, agent_of(link->pile));
    }
    return status;
}

struct ocpp_settle_terminal_port pile_link_terminals(const struct pile *pile)
{
    return pile->link && pile->link->prompts ? ocpp_settle_prompt_link_port(pile->link->prompts)
                                             : (struct ocpp_settle_terminal_port){ .user = NULL };
}

bool pile_link_on(struct pile *pile)
{
    struct pile_link *link = pile->link;
    enum ocpp_status status;

    if (!link) {
        return true;
    }
    status = has_network(pile) ? OCPP_OK : make_outlets(link);
    if (status == OCPP_OK) {
        status = make_link(link);
    }
    if (status == OCPP_OK && link->outlets) {
        status = ocpp_settle_outlets_serve(link->outlets, link->link);
    } else if (status == OCPP_OK) {
        status = serve_online(link);
    }
    return status == OCPP_OK || fail(pile, "--link", ocpp_status_sentence(status));
}

void pile_link_off(struct pile *pile)
{
    struct pile_link *link = pile->link;

    if (!link) {
        return;
    }
    ocpp_settle_prompt_link_free(link->prompts);
    link->prompts = NULL;
    ocpp_settle_link_free(link->link);
    ocpp_settle_outlets_free(link->outlets);
    link->link = NULL;
    link->outlets = NULL;
}

/* --- the program
 * ---------------------------------------------------------------------------------------------------------------- */

/* The secret that the claim code is: its SHA-256. */
static enum ocpp_status keep_claim(struct pile_link *link)
{
    const char *code = link->pile->options->claim_code;
    const struct ocpp_settle_bytes piece = { code, code ? strlen(code) : 0 };
    unsigned char secret[OCPP_SETTLE_DIGEST_SIZE];
    enum ocpp_status status = OCPP_OK;

    if (code) {
        status = link->keys->sha256(&piece, 1, secret, link->keys->user);
    }
    if (code && status == OCPP_OK) {
        status = link->keys->keep_secret("claim", secret, sizeof secret, link->keys->user);
    }
    return status;
}

static bool open_keys(struct pile_link *link)
{
    char path[512] = "";
    struct ocpp_settle_keys_settings settings = { .folder = NULL };
    const struct options *options = link->pile->options;

    if (options->state) {
        if ((size_t)snprintf(path, sizeof path, "%s/%s.settle-keys", options->state, link->pile->identity) >= sizeof path) {
            return fail(link->pile, "--state", "too long");
        }
        (void)mkdir(options->state, 0700);
        settings.folder = path;
    }
    enum ocpp_status status = ocpp_settle_keys_open(&settings, &link->opened);
    if (status == OCPP_OK) {
        link->keys = taped_keys_use(&link->taped, link->opened, link->pile);
        status = keep_claim(link);
    }
    return status == OCPP_OK || fail(link->pile, "keys", ocpp_status_sentence(status));
}

/* Where it is, is of this run, and no recording's. */
static bool open_port(struct pile_link *link)
{
    char reason[256];
    char line[LINK_PORT_PATH + 32];

    if (!link_port_listen(&link->port, link->pile->options->link, reason, sizeof reason)) {
        return fail(link->pile, "--link", reason);
    }
    link->has_port = true;
    snprintf(line, sizeof line, "phone link at %s", link->port.path);
    pile_note_aside(link->pile, line);
    if (link->pile->tape) {
        pile_note_aside(link->pile, "recorded: who has the recording can read what phones and the pile tell each other");
    }
    return true;
}

bool pile_link_open(struct pile *pile)
{
    if (!pile->options->link) {
        return true;
    }
    pile->link = calloc(1, sizeof *pile->link);
    if (!pile->link) {
        return fail(pile, "--link", "out of memory");
    }
    pile->link->pile = pile;
    pile->link->port = (struct link_port){ .listener = -1, .fd = -1, .other_fd = -1 };
    if (!(pile->tape && !pile->tape->recorder) && !open_port(pile->link)) {
        return false;
    }
    return open_keys(pile->link);
}

void pile_link_close(struct pile *pile)
{
    if (!pile->link) {
        return;
    }
    link_port_close(&pile->link->port);
    ocpp_settle_keys_close(pile->link->opened);
    free(pile->link);
    pile->link = NULL;
}

/* --- what happens at outlets
 * --------------------------------------------------------------------------------------------------- */

static struct pile_link *alone(struct pile *pile)
{
    return pile->link && pile->link->outlets ? pile->link : NULL;
}

/* Likewise, for what people do next: they see what was plugged in a moment ago. */
static struct pile_link *alone_now(struct pile *pile)
{
    struct pile_link *link = alone(pile);

    if (link) {
        move_outlets(link);
    }
    return link;
}

static bool is_any_closed(const struct pile_link *link)
{
    for (int i = 1; i <= link->pile->options->evses; i++) {
        if (link->closed[i]) {
            return true;
        }
    }
    return false;
}

/* While energy flows in steps: a pile reads its meters meanwhile, and stops where it has to. */
bool pile_link_pass(struct pile *pile, int64_t seconds)
{
    enum { STEP_S = 15 };
    struct pile_link *link = alone(pile);

    while (link && seconds > 0) {
        const int64_t step = is_any_closed(link) && seconds > STEP_S ? STEP_S : seconds;

        sim_clock_pass(step);
        pile_link_move(link);
        seconds -= step;
    }
    return link != NULL;
}

bool pile_link_vehicle(struct pile *pile, int evse, const char *vehicle)
{
    struct pile_link *link = alone(pile);

    if (link) {
        snprintf(link->vehicles[evse], sizeof link->vehicles[evse], "%s", vehicle);
    }
    if (link && link->plugged[evse]) {
        ocpp_settle_outlets_plug(link->outlets, evse, true, vehicle, sim_now());
    }
    return link != NULL;
}

bool pile_link_stop(struct pile *pile, int evse)
{
    struct pile_link *link = alone_now(pile);

    if (link) {
        (void)ocpp_settle_outlets_stop(link->outlets, evse, OCPP_SETTLE_SESSION_END_LOCAL, sim_now());
    }
    return link != NULL;
}

bool pile_link_card(struct pile *pile, int evse, const char *token)
{
    static const char *const words[] = { "starts", "stops", "is shown to who waits for it", "is logged out",
                                         "is told what it used" };
    struct pile_link *link = alone_now(pile);
    struct ocpp_settle_outlets_shown shown;

    if (!link) {
        return false;
    }
    const enum ocpp_status status = ocpp_settle_outlets_card(link->outlets, evse, token, NULL, sim_now(), &shown);
    pile_log(pile, "card at outlet %d %s%s%s", evse,
             status == OCPP_OK ? words[shown.what] : "is refused: ", status == OCPP_OK ? " " : ocpp_status_sentence(status),
             shown.session);
    return true;
}

bool pile_link_fault(struct pile *pile, int evse, bool on)
{
    struct pile_link *link = alone_now(pile);

    if (link) {
        ocpp_settle_outlets_fault(link->outlets, evse, on, sim_now());
    }
    return link != NULL;
}

/* --- time --------------------------------------------------------------------------------------------------------------------
 */

void pile_link_move(struct pile_link *link)
{
    if (link->outlets) {
        move_outlets(link);
        ocpp_settle_outlets_advance(link->outlets, sim_now());
    }
    ocpp_settle_link_advance(link->link, sim_now());
}

void pile_link_tick(struct pile *pile)
{
    struct pile_link *link = pile->link;

    if (link && link->link) {
        pile_link_move(link);
        pile_link_talk(link);
    }
}
