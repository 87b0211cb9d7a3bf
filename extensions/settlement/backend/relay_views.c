/* relay_views.c: piles without a network, authorisations and pages, for people and programs. */
#include "relay_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A view is a command that changes nothing. */
struct view_args {
    const char *name;
    int64_t number;
    void (*visit_pile)(const struct ocpp_settle_relay_pile *pile, void *user);
    bool (*visit_each_pile)(const struct ocpp_settle_relay_pile *pile, void *user);
    void (*visit_authorisation)(const struct ocpp_settle_relay_authorisation *authorisation, void *user);
    void (*visit_page)(const struct ocpp_settle_relay_page_view *page, void *user);
    bool (*visit_each_page)(const struct ocpp_settle_relay_page_view *page, void *user);
    void *user;
    bool is_found;
};

static enum ocpp_status look(struct ocpp_settle *settle, command_body *body, struct view_args *args)
{
    if (!settle->settings.relay) {
        return OCPP_ERR_STATE;
    }
    const enum ocpp_status status = command_run(settle, "look", body, args, NULL);
    return status == OCPP_OK && !args->is_found ? OCPP_ERR_NOT_FOUND : status;
}

/* --- parcels ----------------------------------------------------------------------------------------------------------- */

static const char *parcel_of(struct command *command, const char *authorisation, const char *acknowledgement)
{
    static const char *const none[] = { NULL };
    const struct ocpp_settle_trust_parcel *trust = relay_trust(command);

    if (!trust) {
        return NULL;
    }
    const struct ocpp_settle_pile_parcel parcel = { .trust = *trust,
                                                    .authorisation = authorisation,
                                                    .acknowledgements = { acknowledgement ? &acknowledgement : none,
                                                                          acknowledgement != NULL } };
    return relay_write(command, &ocpp_settle_pile_parcel_type, &parcel);
}

/* --- piles --------------------------------------------------------------------------------------------------------------- */

static struct ocpp_settle_relay_pile pile_view(const struct row_relay_pile *pile)
{
    return (struct ocpp_settle_relay_pile){
        .pile = pile->pile,
        .state = ocpp_enum_name(&row_relay_pile_state_enum, (int)pile->state),
        .kid = pile->kid,
        .reason = pile->reason,
        .enrolment = pile->enrolment,
        .outlets = pile->outlets,
        .last_page = pile->last_page,
        .gap_count = pile->last_page - pile->pages,
        .first_gap = pile->last_page > pile->whole ? pile->whole + 1 : 0,
        .told_page = pile->told_page,
        .seen_utc_ms = pile->has_seen_at ? pile->seen_at : OCPP_UTC_UNKNOWN,
        .open_authorisations = pile->open,
    };
}

static void pile_body(struct command *command, void *args)
{
    struct view_args *view = args;
    const struct row_relay_pile *pile =
        command_read(command, command_key(command, "relaypile", view->name, NULL), &row_relay_pile_type);

    if (pile) {
        const struct ocpp_settle_relay_pile shown = pile_view(pile);

        view->is_found = true;
        view->visit_pile(&shown, view->user);
    }
}

enum ocpp_status ocpp_settle_relay_find_pile(struct ocpp_settle *settle, const char *pile,
                                             void (*visit)(const struct ocpp_settle_relay_pile *pile, void *user), void *user)
{
    struct view_args args = { .name = pile, .visit_pile = visit, .user = user };

    return look(settle, pile_body, &args);
}

static bool show_pile(struct command *command, const char *key, const void *record, void *user)
{
    struct view_args *view = user;
    const struct ocpp_settle_relay_pile shown = pile_view(record);

    (void)command;
    (void)key;
    return view->visit_each_pile(&shown, view->user);
}

static void piles_body(struct command *command, void *args)
{
    struct view_args *view = args;

    view->is_found = true;
    command_each(command, command_key(command, "relaypile", "", NULL), &row_relay_pile_type, show_pile, view);
}

enum ocpp_status ocpp_settle_relay_piles(struct ocpp_settle *settle,
                                         bool (*visit)(const struct ocpp_settle_relay_pile *pile, void *user), void *user)
{
    struct view_args args = { .visit_each_pile = visit, .user = user };

    return look(settle, piles_body, &args);
}

/* --- authorisations -------------------------------------------------------------------------------------------------------- */

static void authorisation_body(struct command *command, void *args)
{
    struct view_args *view = args;
    const struct row_relay_authorisation *row = relay_find(command, view->name);

    if (!row) {
        return;
    }
    const bool is_ready = row->state == ROW_RELAY_STATE_READY;
    const struct ocpp_settle_relay_authorisation shown = {
        .id = row->id,
        .order = row->order,
        .pile = row->pile,
        .outlet = row->outlet,
        .state = ocpp_enum_name(&row_relay_state_enum, (int)row->state),
        .parcel = is_ready ? parcel_of(command, row->token, NULL) : NULL,
        .currency = row->currency,
        .exponent = (int)row->exponent,
        .frozen_minor = row->frozen_minor,
        .expires_utc_ms = row->expires_at,
    };
    if (!command_failed(command)) {
        view->is_found = true;
        view->visit_authorisation(&shown, view->user);
    }
}

enum ocpp_status ocpp_settle_relay_authorisation(struct ocpp_settle *settle, const char *id,
                                                 void (*visit)(const struct ocpp_settle_relay_authorisation *authorisation,
                                                               void *user),
                                                 void *user)
{
    struct view_args args = { .name = id, .visit_authorisation = visit, .user = user };

    return look(settle, authorisation_body, &args);
}

/* --- pages ------------------------------------------------------------------------------------------------------------------ */

static enum ocpp_settle_page_result result_of(enum row_relay_page_state state)
{
    return state == ROW_RELAY_PAGE_STATE_SUSPENSE      ? OCPP_SETTLE_PAGE_RESULT_SUSPENSE
           : state == ROW_RELAY_PAGE_STATE_QUARANTINED ? OCPP_SETTLE_PAGE_RESULT_QUARANTINED
                                                       : OCPP_SETTLE_PAGE_RESULT_ACCEPTED;
}

static struct ocpp_settle_relay_page_view page_view(struct command *command, const struct row_relay_page *page)
{
    return (struct ocpp_settle_relay_page_view){
        .pile = page->pile,
        .page = page->page,
        .hash = page->hash,
        .result = result_of(page->state),
        .reason = page->reason,
        .order = page->order,
        .parcel = parcel_of(command, NULL, page->acknowledgement),
        .reconciled = page->reconciled,
        .payload = page->payload,
    };
}

static void page_body(struct command *command, void *args)
{
    struct view_args *view = args;
    const struct row_relay_page *page =
        command_read(command, relay_page_key(command, "relaypage", view->name, view->number), &row_relay_page_type);

    if (page) {
        const struct ocpp_settle_relay_page_view shown = page_view(command, page);

        if (!command_failed(command)) {
            view->is_found = true;
            view->visit_page(&shown, view->user);
        }
    }
}

enum ocpp_status ocpp_settle_relay_find_page(struct ocpp_settle *settle, const char *pile, int64_t page,
                                             void (*visit)(const struct ocpp_settle_relay_page_view *page, void *user),
                                             void *user)
{
    struct view_args args = { .name = pile, .number = page, .visit_page = visit, .user = user };

    return look(settle, page_body, &args);
}

/* The key of what waits ends like that of its page. */
static bool show_waiting(struct command *command, const char *key, const void *record, void *user)
{
    static const char waits[] = "relaywait/";
    struct view_args *view = user;
    const char *at = strstr(key, waits);
    const char *page_key = at ? order_text(command, key) : NULL;

    (void)record;
    if (!page_key) {
        return true;
    }
    char *kind = (char *)(uintptr_t)(page_key + (at - key));
    memcpy(kind, "relaypage/", sizeof waits - 1);
    const struct row_relay_page *page = command_read(command, page_key, &row_relay_page_type);
    if (!page) {
        return !command_failed(command);
    }
    const struct ocpp_settle_relay_page_view shown = page_view(command, page);
    return !command_failed(command) && view->visit_each_page(&shown, view->user);
}

static void waiting_body(struct command *command, void *args)
{
    struct view_args *view = args;

    view->is_found = true;
    command_each(command, command_key(command, "relaywait", "", NULL), &row_relay_nonce_type, show_waiting, view);
}

enum ocpp_status ocpp_settle_relay_waiting(struct ocpp_settle *settle,
                                           bool (*visit)(const struct ocpp_settle_relay_page_view *page, void *user), void *user)
{
    struct view_args args = { .visit_each_page = visit, .user = user };

    return look(settle, waiting_body, &args);
}

/* --- gaps ------------------------------------------------------------------------------------------------------------------ */

struct gap_search {
    struct ocpp_settle_relay_gaps *at;
    struct ocpp_settle_bill_gap *gap;
    int64_t expected; /* all pages before it are there */
    int64_t last;     /* of the pile */
    size_t prefix_size;
    bool is_found;
};

/* Pages are not read, only their numbers: they are the ends of their keys. */
static bool see_page(const struct ocpp_settle_row *row, void *user)
{
    struct gap_search *search = user;
    const int64_t number = (int64_t)strtoull(row->key + search->prefix_size, NULL, 16);

    if (number > search->expected) {
        search->gap->first_page = search->expected;
        search->gap->last_page = number - 1;
        search->is_found = true;
        return false;
    }
    search->expected = number + 1;
    return true;
}

static void look_in_pile(struct command *command, const struct row_relay_pile *pile, struct gap_search *search)
{
    const struct ocpp_settle_store *store = &command_settle(command)->settings.store;
    const bool is_same = strcmp(search->at->station, pile->pile) == 0;

    search->expected = is_same && search->at->page > pile->whole ? search->at->page : pile->whole + 1;
    search->last = pile->last_page;
    const char *prefix = command_key(command, "relaypage", pile->pile, "", NULL);
    const char *from = relay_page_key(command, "relaypage", pile->pile, search->expected);
    if (prefix && from && search->expected <= search->last) {
        search->prefix_size = strlen(prefix);
        command_fail(command, store->each(prefix, from, see_page, search, store->user));
    }
    (void)snprintf(search->at->station, sizeof search->at->station, "%s", pile->pile);
    search->at->page = search->is_found ? search->gap->last_page + 1 : search->expected;
}

static bool gap_of_pile(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_relay_pile *pile = record;
    struct gap_search *search = user;

    (void)key;
    if (pile->last_page > pile->whole) {
        look_in_pile(command, pile, search);
    }
    return !search->is_found && !command_failed(command);
}

static void gap_body(struct command *command, void *args)
{
    struct gap_search *search = args;
    const char *from = search->at->station[0] ? command_key(command, "relaypile", search->at->station, NULL) : NULL;

    command_each_from(command, command_key(command, "relaypile", "", NULL), from, &row_relay_pile_type, gap_of_pile, search);
}

bool ocpp_settle_relay_next_gap(struct ocpp_settle_bill_gap *gap, void *gaps)
{
    struct ocpp_settle_relay_gaps *at = gaps;
    struct gap_search search = { .at = at, .gap = gap };

    if (at->status != OCPP_OK || !at->settle->settings.relay) {
        return false;
    }
    at->status = command_run(at->settle, "look", gap_body, &search, NULL);
    gap->station = at->station;
    return at->status == OCPP_OK && search.is_found;
}
