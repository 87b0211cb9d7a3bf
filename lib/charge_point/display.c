/* display.c: messages as the firmware is told to show them, and the reports of them that the central system asked for.
 * OCPP 2.0.1 O01, O03, O04. */
#include "charge_point_internal.h"
#include "display_messages.h"

#include <string.h>

#include "arena.h"
#include "text.h"

struct display_block *ocpp_cp_display(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_DISPLAY);
}

/* --- what a display depends on ------------------------------------------------------------------------------------------ */

static enum ocpp_message_state state_of_connector(enum ocpp_connector_status status)
{
    switch (status) {
    case OCPP_CONNECTOR_CHARGING:
    case OCPP_CONNECTOR_SUSPENDED_EV:
    case OCPP_CONNECTOR_SUSPENDED_EVSE:
        return OCPP_MESSAGE_CHARGING;
    case OCPP_CONNECTOR_FAULTED:
        return OCPP_MESSAGE_FAULTED;
    case OCPP_CONNECTOR_UNAVAILABLE:
        return OCPP_MESSAGE_UNAVAILABLE;
    case OCPP_CONNECTOR_UNKNOWN:
    case OCPP_CONNECTOR_AVAILABLE:
    case OCPP_CONNECTOR_PREPARING:
    case OCPP_CONNECTOR_FINISHING:
    case OCPP_CONNECTOR_RESERVED:
    case OCPP_CONNECTOR_OCCUPIED:
        break;
    }
    return OCPP_MESSAGE_IDLE;
}

/* Where several differ, the one that offers most counts: charging, then idle, then unavailable, then faulted. */
static enum ocpp_message_state better(enum ocpp_message_state a, enum ocpp_message_state b)
{
    static const uint8_t ranks[] = {
        [OCPP_MESSAGE_CHARGING] = 0,
        [OCPP_MESSAGE_IDLE] = 1,
        [OCPP_MESSAGE_UNAVAILABLE] = 2,
        [OCPP_MESSAGE_FAULTED] = 3,
    };
    return ranks[a] <= ranks[b] ? a : b;
}

static enum ocpp_message_state state_of_evse(const struct ocpp_charge_point *cp, int evse)
{
    enum ocpp_message_state state = OCPP_MESSAGE_FAULTED;
    for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
        state = better(state, state_of_connector(ocpp_cp_connector_status(cp, evse, connector)));
    }
    return state;
}

/* Two drivers who understand different languages at one display: nobody's counts. */
static void add_languages(struct screen *screen, struct languages languages)
{
    const bool is_said = languages.first[0] != '\0' || languages.second[0] != '\0';
    const bool has_any = screen->languages[0] != NULL;
    if (is_said && !has_any) {
        screen->languages[0] = languages.first;
        screen->languages[1] = languages.second;
    } else if (is_said &&
               (strcmp(screen->languages[0], languages.first) != 0 || strcmp(screen->languages[1], languages.second) != 0)) {
        screen->languages[0] = screen->languages[1] = "";
    }
}

static struct screen screen_of(const struct ocpp_charge_point *cp, int display)
{
    const struct ocpp_display_settings *settings = cp->settings.display;
    const struct ocpp_display *shown = &ocpp_cp_display(cp)->displays[display];
    struct screen screen = {
        .display = display,
        .is_main = shown->is_main,
        .state = OCPP_MESSAGE_FAULTED,
        .turn_ms = settings->turn_ms == 0 ? USUAL_TURN_MS : settings->turn_ms,
        .own_turns = settings->own_turns == 0  ? 1
                     : settings->own_turns < 0 ? 0
                                               : settings->own_turns,
    };
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if (shown->evse != 0 && shown->evse != evse->number) {
            continue;
        }
        screen.state = better(screen.state, state_of_evse(cp, evse->number));
        if (ocpp_cp_has_transaction(evse)) {
            screen.transactions[screen.transaction_count++] = evse->transaction.uuid;
        }
        add_languages(&screen, ocpp_cp_driver_languages(cp, evse));
    }
    for (int i = 0; i < 2; i++) {
        screen.languages[i] = screen.languages[i] == NULL ? "" : screen.languages[i];
    }
    return screen;
}

static struct screen_view view_of(const struct ocpp_charge_point *cp, int display, struct ocpp_now now)
{
    const struct display_block *block = ocpp_cp_display(cp);
    if (block->count == 0 || cp->values[VARIABLE_DISPLAY_ENABLED] == 0) {
        return (struct screen_view){ .message = -1, .until_mono_ms = OCPP_NEVER };
    }
    const struct screen screen = screen_of(cp, display);
    const struct ocpp_now known = { .mono_ms = now.mono_ms, .utc_ms = ocpp_cp_utc(cp, now) };
    return ocpp_screen_view(block->messages, block->count, &screen, known);
}

/* --- for the firmware --------------------------------------------------------------------------------------------------- */

/* A message with its text; false: it cannot be read. */
static bool fill(struct ocpp_charge_point *cp, size_t index, struct ocpp_display_message *shown)
{
    struct display_block *block = ocpp_cp_display(cp);
    const int display = block->messages[index].display;
    const struct message_record *record = ocpp_cp_message_read(cp, index);
    if (record == NULL) {
        return false;
    }
    block->uuid[0] = '\0';
    if (record->has_transaction) {
        ocpp_uuid_text(record->transaction, block->uuid);
    }
    *shown = (struct ocpp_display_message){
        .id = record->id,
        .priority = (enum ocpp_message_priority)record->priority,
        .state = (enum ocpp_message_state)record->state,
        .format = (enum ocpp_message_format)record->format,
        .language = record->language,
        .content = record->content,
        .starts_utc_ms = record->has_start ? record->start_utc_ms : OCPP_UTC_UNKNOWN,
        .ends_utc_ms = record->has_end ? record->end_utc_ms : OCPP_UTC_UNKNOWN,
        .transaction_uuid = block->uuid,
        .display = display,
    };
    return true;
}

/* Without a text there is nothing to show until the store gives it, or the message is gone. */
static void tell_display(struct ocpp_charge_point *cp, int display)
{
    struct display_block *block = ocpp_cp_display(cp);
    const struct screen_view view = view_of(cp, display, cp->now);
    const uint32_t serial = view.message < 0 ? 0 : block->messages[view.message].serial;
    struct ocpp_display_message shown;
    if (block->told[display] == serial) {
        return;
    }
    if (serial != 0 && !fill(cp, (size_t)view.message, &shown)) {
        return;
    }
    block->told[display] = serial;
    cp->dirty = true;
    if (cp->settings.display->show != NULL) {
        cp->settings.display->show(display, serial == 0 ? NULL : &shown, cp->settings.display->user);
    }
}

static void work(struct ocpp_charge_point *cp)
{
    const struct display_block *block = ocpp_cp_display(cp);
    ocpp_cp_messages_expire(cp);
    for (size_t i = 0; i < block->display_count && cp->now.mono_ms >= block->read_retry_mono_ms; i++) {
        tell_display(cp, (int)i);
    }
}

/* When the next message ends, shown or not. */
static int64_t next_end(const struct ocpp_charge_point *cp)
{
    const struct display_block *block = ocpp_cp_display(cp);
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    const int64_t retry = block->store_retry_mono_ms > cp->now.mono_ms ? block->store_retry_mono_ms : OCPP_NEVER;
    int64_t earliest = retry;
    for (size_t i = 0; i < block->count && utc_ms != OCPP_UTC_UNKNOWN; i++) {
        const int64_t end = block->messages[i].end_utc_ms;
        const bool is_over = end <= utc_ms; /* and could not be deleted, or the clock was put forward */
        const int64_t until =
            end == OCPP_UTC_UNKNOWN || (is_over && retry != OCPP_NEVER) ? retry : cp->now.mono_ms + (is_over ? 0 : end - utc_ms);
        earliest = until < earliest ? until : earliest;
    }
    return earliest;
}

static int64_t deadline(const struct ocpp_charge_point *cp)
{
    const struct display_block *block = ocpp_cp_display(cp);
    int64_t earliest = next_end(cp);
    if (block->read_retry_mono_ms > cp->now.mono_ms) {
        return earliest < block->read_retry_mono_ms ? earliest : block->read_retry_mono_ms;
    }
    for (size_t i = 0; i < block->display_count; i++) {
        const int64_t until = view_of(cp, (int)i, cp->now).until_mono_ms;
        earliest = until < earliest ? until : earliest;
    }
    return earliest;
}

enum ocpp_status ocpp_charge_point_display(struct ocpp_charge_point *cp, int display, struct ocpp_now now,
                                           struct ocpp_display_view *view)
{
    const struct display_block *block = ocpp_cp_display(cp);
    if (block == NULL || display < 0 || (size_t)display >= block->display_count) {
        return OCPP_ERR_ARGUMENT;
    }
    const struct screen_view found = view_of(cp, display, now);
    *view = (struct ocpp_display_view){ .turns = found.turns, .valid_until_mono_ms = found.until_mono_ms };
    view->has_message = found.message >= 0 && fill(cp, (size_t)found.message, &view->message);
    return OCPP_OK;
}

void ocpp_charge_point_each_message(struct ocpp_charge_point *cp,
                                    bool (*visit)(const struct ocpp_display_message *message, void *user), void *user)
{
    const struct display_block *block = ocpp_cp_display(cp);
    for (size_t i = 0; block != NULL && i < block->count;) {
        const int64_t id = block->messages[i].id;
        struct ocpp_display_message message;
        if (fill(cp, i, &message) && !visit(&message, user)) {
            return;
        }
        i += i < block->count && block->messages[i].id == id; /* one that could not be read may have made room for the next */
    }
}

/* --- reports ------------------------------------------------------------------------------------------------------------ */

static bool matches(const struct message *message, const struct message_filter *filter)
{
    bool is_named = filter->id_count == 0;
    for (size_t i = 0; i < filter->id_count && !is_named; i++) {
        is_named = filter->ids[i] == message->id;
    }
    return is_named && (filter->priority < 0 || filter->priority == message->priority) &&
           (filter->state < 0 || filter->state == message->state);
}

static int free_report(const struct display_block *block)
{
    int i = 0;
    while (i < MOST_MESSAGE_REPORTS && block->reports[i].is_open) {
        i++;
    }
    return i;
}

enum ocpp_status ocpp_cp_message_report(struct ocpp_charge_point *cp, int64_t request_id, const struct message_filter *filter)
{
    struct display_block *block = ocpp_cp_display(cp);
    const int report = free_report(block);
    bool is_any = false;
    for (size_t i = 0; i < block->count; i++) {
        if (matches(&block->messages[i], filter)) {
            is_any = true;
            block->messages[i].reports |= (uint8_t)(report < MOST_MESSAGE_REPORTS ? 1 << report : 0);
        }
    }
    if (!is_any || report == MOST_MESSAGE_REPORTS) {
        return is_any ? OCPP_ERR_LIMIT : OCPP_ERR_NOT_FOUND;
    }
    block->reports[report] = (struct message_report){ .is_open = true, .request_id = request_id };
    cp->dirty = true;
    return OCPP_OK;
}

static void collect(const struct display_block *block, uint8_t bit, struct message_page *page)
{
    size_t bytes = 0;
    page->is_last = true;
    page->last_id = -1;
    for (size_t i = 0; i < block->count; i++) {
        if ((block->messages[i].reports & bit) == 0) {
            continue;
        }
        bytes += block->messages[i].content_bytes;
        if (page->count == MESSAGE_PAGE || (page->count > 0 && bytes > MESSAGE_PAGE_BYTES)) {
            page->is_last = false;
            return;
        }
        page->messages[page->count++] = i;
        page->last_id = block->messages[i].id;
    }
}

static void unmark(struct display_block *block, uint8_t bits)
{
    for (size_t i = 0; i < block->count; i++) {
        block->messages[i].reports &= (uint8_t)~bits;
    }
}

/* The next page leaves, and is forgotten with it: an error answer says that it was heard, and without the link there is nobody
 * left who asked. A report whose last messages were cleared meanwhile ends with a page that has none. */
static bool send_page(struct ocpp_charge_point *cp, const struct display_words *words, int report)
{
    struct display_block *block = ocpp_cp_display(cp);
    const uint8_t bit = (uint8_t)(1 << report);
    struct message_page page = { .request_id = block->reports[report].request_id };
    collect(block, bit, &page);
    const enum ocpp_status status = words->send_messages(cp, &page);
    if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
        return false;
    }
    if (status != OCPP_OK) {
        unmark(block, bit);
        block->reports[report].is_open = false;
        return false;
    }
    for (size_t i = 0; i < block->count && block->messages[i].id <= page.last_id; i++) {
        block->messages[i].reports &= (uint8_t)~bit;
    }
    block->reports[report].is_open = !page.is_last;
    return true;
}

static bool send(struct ocpp_charge_point *cp, bool is_early)
{
    const struct display_words *words = ocpp_cp_words(cp, BLOCK_DISPLAY);
    const struct display_block *block = ocpp_cp_display(cp);
    (void)is_early; /* what was asked for may leave at any time (B02.FR.02) */
    for (int i = 0; words != NULL && i < MOST_MESSAGE_REPORTS; i++) {
        if (block->reports[i].is_open && send_page(cp, words, i)) {
            return true;
        }
    }
    return false;
}

static void failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "a report of messages was not accepted: %s", ocpp_status_sentence(status));
}

static void link_down(struct ocpp_charge_point *cp)
{
    struct display_block *block = ocpp_cp_display(cp);
    unmark(block, 0xff);
    memset(block->reports, 0, sizeof(block->reports));
}

/* --- the block ---------------------------------------------------------------------------------------------------------- */

static size_t size_of(const struct ocpp_charge_point_settings *settings)
{
    return settings->display == NULL ? 0 : sizeof(struct display_block);
}

static bool is_set(unsigned set, unsigned values)
{
    return set < 1u << values;
}

static bool are_displays(const struct ocpp_charge_point_settings *settings)
{
    const struct ocpp_display_settings *display = settings->display;
    if (display->display_count > MOST_DISPLAYS || (display->displays == NULL) != (display->display_count == 0)) {
        return false;
    }
    for (size_t i = 0; i < display->display_count; i++) {
        const struct ocpp_display *one = &display->displays[i];
        const size_t size = one->instance == NULL ? 0 : strlen(one->instance);
        if (one->evse < 0 || one->evse > settings->evse_count || size >= INSTANCE_SIZE ||
            (size > 0 && (!ocpp_text_valid(one->instance, size) || ocpp_text_count(one->instance, size) > 50))) {
            return false;
        }
    }
    return true;
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    const struct ocpp_display_settings *display = settings->display;
    (void)hardware;
    if (display == NULL) {
        return NULL;
    }
    const struct {
        bool is_right;
        const char *name;
    } rules[] = {
        { are_displays(settings), "display: displays" },
        { display->max_messages <= MOST_MESSAGES, "display: max_messages" },
        { is_set(display->formats, OCPP_MESSAGE_FORMATS), "display: formats" },
        { is_set(display->priorities, OCPP_MESSAGE_PRIORITIES), "display: priorities" },
        { is_set(display->states, OCPP_MESSAGE_STATES), "display: states" },
        { display->turn_ms == 0 || (display->turn_ms >= SHORTEST_TURN_MS && display->turn_ms <= 86400000), "display: turn_ms" },
        { display->own_turns >= -1 && display->own_turns <= MOST_OWN_TURNS, "display: own_turns" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].is_right) {
            return rules[i].name;
        }
    }
    return NULL;
}

static bool start(struct ocpp_charge_point *cp)
{
    static const struct ocpp_display usual = { .evse = 0, .is_main = true };
    static const unsigned usual_formats = OCPP_MESSAGE_BIT(OCPP_MESSAGE_ASCII) | OCPP_MESSAGE_BIT(OCPP_MESSAGE_UTF8);
    const struct ocpp_display_settings *settings = cp->settings.display;
    struct display_block *block = ocpp_cp_display(cp);
    block->displays = settings->displays == NULL ? &usual : settings->displays;
    block->display_count = settings->displays == NULL ? 1 : settings->display_count;
    block->room = settings->max_messages == 0 ? USUAL_MESSAGES : settings->max_messages;
    block->messages = ocpp_reallocate(cp->settings.allocator, NULL, block->room * sizeof(block->messages[0]));
    block->told = ocpp_reallocate(cp->settings.allocator, NULL, block->display_count * sizeof(block->told[0]));
    if (block->messages == NULL || block->told == NULL) {
        return false;
    }
    memset(block->told, 0, block->display_count * sizeof(block->told[0]));
    cp->values[VARIABLE_DISPLAY_ROOM] = (int64_t)block->room;
    cp->values[VARIABLE_DISPLAY_FORMATS] = settings->formats == 0 ? usual_formats : settings->formats;
    cp->values[VARIABLE_DISPLAY_PRIORITIES] =
        settings->priorities == 0 ? (1 << OCPP_MESSAGE_PRIORITIES) - 1 : (int64_t)settings->priorities;
    cp->values[VARIABLE_DISPLAY_STATES] = settings->states == 0 ? (1 << OCPP_MESSAGE_STATES) - 1 : (int64_t)settings->states;
    return true;
}

static void free_memory(struct ocpp_charge_point *cp)
{
    struct display_block *block = ocpp_cp_display(cp);
    ocpp_reallocate(cp->settings.allocator, block->messages, 0);
    ocpp_reallocate(cp->settings.allocator, block->told, 0);
}

const struct block ocpp_cp_display_block = {
    .size = size_of,
    .wrong_setting = wrong_setting,
    .start = start,
    .free = free_memory,
    .load = ocpp_cp_messages_load,
    .work = work,
    .deadline = deadline,
    .send = send,
    .failed = failed,
    .link_down = link_down,
};
