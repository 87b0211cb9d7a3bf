/* fuzz_central.c: stations of every version say anything to a central system whose application and store answer now, later or
 * never.
 *
 * The input is a script, one line per event, so that seeds can be read:
 *   >FRAME   the station sends FRAME          x   it reconnects, in the next version   t   half a minute passes
 *   s p u r g   start, stop, unlock, reset, trigger are ordered     b c i   a base report, a customer's data, the numbers of
 * items a message takes are asked for     o   what was ordered last is answered with {"status":"Accepted"}     l   decisions come
 * later from now on, or at once again   d they come h   writes wait from now on, or not again  f   they are durable  e   they
 * have failed
 *   w   a start with a limit is ordered   k   all that was recorded is pruned
 *   m   everything about displays, costs and vendors is ordered   y   a local list is to be brought in step
 *   v   everything about profiles and vehicles is ordered
 *   aTEXT   the last call that left is answered with the payload TEXT
 */
#include "energy_parts.h"
#include "target.h"

#include <ocpp/adapters.h>
#include <ocpp/central_drivers.h>
#include <ocpp/central_lists.h>
#include <ocpp/central_reports.h>
#include <ocpp/central_transactions.h>
#include <ocpp/frame.h>

#include "require.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WAITING = 64 };

struct waiting {
    void (*done)(enum ocpp_status status, void *user);
    void *user;
};

struct world {
    struct ocpp_central *central;
    struct ocpp_station *station;
    struct ocpp_storage *memory;
    struct ocpp_storage store;
    struct ocpp_now now;
    enum ocpp_version version;
    bool later;
    struct ocpp_question boot;
    struct ocpp_question authorize;
    struct ocpp_question cost;
    struct ocpp_question data;
    bool held;
    struct waiting waiting[WAITING];
    size_t waiting_count;
    int orders;
    char ordered[64]; /* the message id of the order that left last; "": none did */
};

/* --- the application ------------------------------------------------------------------------------------------------- */

static bool on_boot(struct ocpp_station *station, const struct ocpp_boot *boot, struct ocpp_question question,
                    struct ocpp_boot_decision *decision, void *user)
{
    struct world *world = user;

    ocpp_require(station == world->station && boot->vendor && boot->model);
    world->boot = question;
    decision->registration = OCPP_REGISTRATION_ACCEPTED;
    return !world->later;
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    struct world *world = user;

    ocpp_require(station == world->station && request->token.id);
    world->authorize = question;
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
    decision->group_id = "GROUP";
    return !world->later;
}

static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    struct world *world = user;

    ocpp_require(!station || station == world->station);
    ocpp_require(event->transaction->id[0]);
    ocpp_require(event->phase != OCPP_TRANSACTION_ENDED || event->transaction->ended);
    ocpp_require(event->sample_count == 0 || event->samples);
}

static void on_report(struct ocpp_station *station, const struct ocpp_report *report, void *user)
{
    struct world *world = user;

    ocpp_require(station == world->station && (unsigned)report->kind < OCPP_REPORT_KIND_COUNT);
    ocpp_require(report->status != OCPP_OK || (report->is_last && report->page_count > 0));
    for (size_t i = 0; i < report->variable_count; i++) {
        const struct ocpp_reported_variable *variable = &report->variables[i];
        ocpp_require((variable->name.key || variable->name.component) && variable->attribute_count > 0);
        ocpp_require(variable->attributes[0].type);
        ocpp_require(ocpp_report_find(report, &variable->name) || !variable->name.variable);
    }
    ocpp_require(report->kind != OCPP_REPORT_CUSTOMER || report->text);
}

static bool on_report_page(struct ocpp_station *station, const struct ocpp_report *page, void *user)
{
    struct world *world = user;

    ocpp_require(station == world->station && page->page_count == 1);
    return world->later;
}

static void on_event(struct ocpp_station *station, const struct ocpp_station_event *event, void *user)
{
    struct world *world = user;

    ocpp_require(station == world->station && event->name.component && event->value);
}

static const struct ocpp_report_handler report_handler = { .on_report = on_report,
                                                           .on_report_page = on_report_page,
                                                           .on_event = on_event };

static void on_task(struct ocpp_station *station, const struct ocpp_station_task_status *status, void *user)
{
    const struct world *world = user;

    ocpp_require(station == world->station && strlen(status->word) < 64);
}

static void on_messages(struct ocpp_station *station, const struct ocpp_message_report *report, void *user)
{
    const struct world *world = user;

    ocpp_require(station == world->station && report->count <= 5);
    for (size_t i = 0; i < report->count; i++) {
        ocpp_require(report->messages[i].text.text);
    }
}

static void on_reservation(struct ocpp_station *station, int64_t id, const char *word, void *user)
{
    const struct world *world = user;

    (void)id;
    ocpp_require(station == world->station && strlen(word) < 16);
}

static bool on_cost(struct ocpp_station *station, const struct ocpp_transaction_event *event, struct ocpp_question question,
                    struct ocpp_driver_answer *answer, void *user)
{
    struct world *world = user;

    ocpp_require(station == world->station && event->transaction->id[0]);
    world->cost = question;
    *answer = (struct ocpp_driver_answer){ .has_total_cost = true, .total_cost = { 125, 2 }, .text = { .text = "Bye" } };
    return !world->later;
}

static bool on_data(struct ocpp_station *station, const struct ocpp_data_transfer *data, struct ocpp_question question,
                    struct ocpp_data_transfer_answer *answer, void *user)
{
    struct world *world = user;

    ocpp_require(station == world->station && data->vendor_id && (data->kind == OCPP_DATA_NONE) == !data->data);
    world->data = question;
    *answer = (struct ocpp_data_transfer_answer){ .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                  .kind = OCPP_DATA_TEXT,
                                                  .data = data->vendor_id };
    return !world->later;
}

static bool uses_pricing_note(struct ocpp_station *station, void *user)
{
    (void)station;
    (void)user;
    return true;
}

static void on_unplugged(struct ocpp_station *station, const char *transaction_id, int64_t timestamp_utc_ms, void *user)
{
    const struct world *world = user;

    (void)timestamp_utc_ms;
    ocpp_require(station == world->station && transaction_id[0]);
}

static const struct ocpp_driver_handler drivers = {
    .on_messages = on_messages,
    .on_reservation = on_reservation,
    .on_cost = on_cost,
    .on_data = on_data,
    .uses_pricing_note = uses_pricing_note,
    .on_unplugged = on_unplugged,
};

static void list_done(struct ocpp_station *station, const struct ocpp_list_result *result, void *user)
{
    struct world *world = user;

    (void)station;
    ocpp_require((result->status == OCPP_OK) == (result->outcome != OCPP_LIST_FAILED));
    world->orders--;
}

static void order_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    struct world *world = user;

    (void)station;
    ocpp_require(result->status == OCPP_OK || !result->accepted);
    world->orders--;
}

/* --- the store ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status store_read(const char *key, bool (*visit)(const char *, const void *, size_t, void *), void *visit_user,
                                   void *user)
{
    struct world *world = user;

    return world->memory->read(key, visit, visit_user, world->memory->user);
}

static enum ocpp_status store_each(const char *prefix, const char *from,
                                   bool (*visit)(const char *, const void *, size_t, void *), void *visit_user, void *user)
{
    struct world *world = user;

    return world->memory->each(prefix, from, visit, visit_user, world->memory->user);
}

static void settle(struct world *world, enum ocpp_status status)
{
    size_t count = world->waiting_count;
    struct waiting waiting[WAITING];

    memcpy(waiting, world->waiting, sizeof waiting);
    world->waiting_count = 0;
    for (size_t i = 0; i < count; i++) {
        waiting[i].done(status, waiting[i].user);
    }
}

static enum ocpp_status store_write(const struct ocpp_change *changes, size_t count, void (*done)(enum ocpp_status, void *),
                                    void *done_user, void *user)
{
    struct world *world = user;

    if (!world->held || !done) {
        return world->memory->write(changes, count, done, done_user, world->memory->user);
    }
    if (world->waiting_count == WAITING) {
        return OCPP_ERR_FULL;
    }
    enum ocpp_status status = world->memory->write(changes, count, NULL, NULL, world->memory->user);
    if (status == OCPP_OK) {
        world->waiting[world->waiting_count++] = (struct waiting){ done, done_user };
    }
    return status;
}

static void store_flush(void *user)
{
    settle(user, OCPP_OK);
}

/* --- the script ------------------------------------------------------------------------------------------------------- */

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 7, size);
}

/* Everything we say must be a frame by our own reading; only a message id that was too long comes back as it was. */
static void drain(struct world *world)
{
    struct ocpp_frame frame;
    const char *text;
    size_t size;

    while ((text = ocpp_station_next_output(world->station, &size, world->now))) {
        enum ocpp_status status = ocpp_frame_parse(&frame, text, size, world->version, NULL, NULL);
        ocpp_require(status == OCPP_OK || (status == OCPP_ERR_NOT_FRAME && frame.type == OCPP_FRAME_ERROR && frame.id));
        if (frame.type == OCPP_FRAME_CALL && frame.id && strlen(frame.id) < sizeof world->ordered) {
            strcpy(world->ordered, frame.id);
        }
        ocpp_frame_free(&frame);
    }
}

static void connect_station(struct world *world)
{
    struct ocpp_station_options options = { .identity = "P", .version = world->version, .quirks = OCPP_QUIRK_ALL };

    ocpp_require(ocpp_central_connect(world->central, &options, world->now, &world->station) == OCPP_OK);
}

static void reconnect(struct world *world)
{
    ocpp_station_disconnect(world->station, world->now);
    do {
        world->version = (enum ocpp_version)((world->version + 1) % OCPP_VERSION_COUNT);
    } while (!ocpp_central_speaks(world->version));
    connect_station(world);
}

static void order(struct world *world, char letter)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_CENTRAL };
    const struct ocpp_command_done done = { order_done, world };
    enum ocpp_status status = letter == 's'   ? ocpp_station_start(world->station, 1, &token, &done)
                              : letter == 'p' ? ocpp_station_stop(world->station, "1", &done)
                              : letter == 'u' ? ocpp_station_unlock(world->station, 1, 1, &done)
                              : letter == 'r' ? ocpp_station_reset(world->station, true, &done)
                                              : ocpp_station_trigger(world->station, "Heartbeat", 0, 0, &done);

    world->orders += status == OCPP_OK;
}

static void order_limited_start(struct world *world)
{
    const struct ocpp_command_done done = { order_done, world };
    const struct ocpp_limit_period period = { .limit = { 6, 0 } };
    const struct ocpp_limit_order limit = { .purpose = OCPP_LIMIT_OF_TRANSACTION,
                                            .kind = OCPP_LIMIT_RELATIVE,
                                            .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                            .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                            .start_utc_ms = OCPP_UTC_UNKNOWN,
                                            .unit = OCPP_RATE_POWER,
                                            .periods = &period,
                                            .period_count = 1 };
    const struct ocpp_start_order order = { .token = { "TAG", OCPP_TOKEN_CENTRAL }, .limit = &limit };

    world->orders += ocpp_station_start_with(world->station, &order, &done) == OCPP_OK;
}

static void prune(struct world *world)
{
    struct ocpp_prune all = { .ended_before_utc_ms = INT64_MAX, .abandoned_before_utc_ms = INT64_MAX, .max_looked_at = 3 };

    do {
        if (ocpp_central_prune(world->central, &all, world->now) != OCPP_OK) {
            return;
        }
    } while (all.cursor[0]);
}

static void order_report(struct world *world, char letter)
{
    const struct ocpp_customer_order customer = { .request_id = 6, .report = true, .identifier = "I" };
    const struct ocpp_command_done done = { order_done, world };
    struct ocpp_setting_address limit;

    ocpp_require(ocpp_items_per_message(world->version == OCPP_VERSION_1_6 ? "GetConfiguration" : "GetReport", &limit));
    enum ocpp_status status = letter == 'b'   ? ocpp_station_get_base_report(world->station, OCPP_REPORT_FULL, 5, &done)
                              : letter == 'c' ? ocpp_station_customer_information(world->station, &customer, &done)
                                              : ocpp_station_get_settings(world->station, &limit, 1, &done);

    world->orders += status == OCPP_OK;
}

static void answer(struct world *world)
{
    char text[128];

    memcpy(text, "[3,\"", 4);
    strcpy(text + 4, world->ordered);
    strcat(text, "\",{\"status\":\"Accepted\"}]");
    if (world->ordered[0]) {
        world->ordered[0] = '\0';
        ocpp_require(ocpp_station_receive(world->station, text, strlen(text), world->now) != OCPP_ERR_STATE);
    }
}

static void order_for_drivers(struct world *world)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_CENTRAL };
    const struct ocpp_command_done done = { order_done, world };
    const struct ocpp_price_text texts[] = { { OCPP_MESSAGE_UTF8, "", "1" }, { OCPP_MESSAGE_HTML, "de", "2" } };
    const struct ocpp_data_transfer data = { "V", "M", OCPP_DATA_TEXT, "a" };
    const struct ocpp_running_cost running = { .transaction_id = "1", .has_next = true, .triggers = { .statuses = 2 } };
    const struct ocpp_final_cost final = { .transaction_id = "1", .texts = texts, .text_count = 2, .qr_code = "Q" };
    const struct ocpp_station_message message = { .id = 1, .text = texts[1], .names_display = true, .display_evse = 1 };
    const struct ocpp_message_criteria criteria = { .has_priority = true };
    const enum ocpp_status told[] = {
        ocpp_station_set_message(world->station, &message, &done),
        ocpp_station_get_messages(world->station, 1, &criteria, &done),
        ocpp_station_clear_message(world->station, 1, &done),
        ocpp_station_tell_cost(world->station, &running, &done),
        ocpp_station_tell_final_cost(world->station, &final, &done),
        ocpp_station_tell_price(world->station, &token, texts, 2, &done),
        ocpp_station_send_data(world->station, &data, &done),
    };

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        world->orders += told[i] == OCPP_OK;
    }
}

/* The list is another one in every version, so that there is always something to do. */
static void sync_list(struct world *world)
{
    static const struct ocpp_list_entry entries[] = {
        { .token = { "A", OCPP_TOKEN_CENTRAL },
          .authorization = OCPP_AUTHORIZATION_ACCEPTED,
          .expires_utc_ms = OCPP_UTC_UNKNOWN },
        { .token = { "B", OCPP_TOKEN_CENTRAL }, .authorization = OCPP_AUTHORIZATION_ACCEPTED, .group_id = "G" },
        { .token = { "C", OCPP_TOKEN_CENTRAL }, .authorization = OCPP_AUTHORIZATION_BLOCKED, .expires_utc_ms = OCPP_UTC_UNKNOWN },
    };
    const struct ocpp_list_done done = { list_done, world };
    const struct ocpp_list_order order = {
        .entries = entries, .count = 1 + (size_t)world->version % 3, .before = entries, .before_count = 3, .page_entries = 1
    };

    world->orders += ocpp_station_sync_list(world->station, &order, &done) == OCPP_OK;
}

static void answer_call(struct world *world, const char *payload, size_t size)
{
    char frame[1024];
    const int used = snprintf(frame, sizeof frame, "[3,\"%s\",%.*s]", world->ordered, (int)(size < 800 ? size : 800), payload);

    ocpp_require(ocpp_station_receive(world->station, frame, (size_t)used, world->now) != OCPP_ERR_STATE);
}

static void decide(struct world *world)
{
    const struct ocpp_boot_decision boot = { OCPP_REGISTRATION_PENDING, 5 };
    const struct ocpp_authorize_decision authorize = {
        .authorization = OCPP_AUTHORIZATION_BLOCKED, .group_id = "G", .languages = { "de", "more than eight" }, .message = "M"
    };

    energy_parts_decide(world->station, world->now);
    enum ocpp_status booted = ocpp_station_decide_boot(world->station, world->boot, &boot, world->now);
    enum ocpp_status authorized = ocpp_station_decide_authorize(world->station, world->authorize, &authorize, world->now);

    const struct ocpp_driver_answer cost = { .has_priority = true, .priority = -9, .text = { OCPP_MESSAGE_ASCII, "en", "T" } };
    const struct ocpp_data_transfer_answer data = { .result = OCPP_DATA_TRANSFER_REJECTED,
                                                    .kind = OCPP_DATA_JSON,
                                                    .data = "[1]" };
    enum ocpp_status told = ocpp_station_decide_cost(world->station, world->cost, &cost, world->now);
    enum ocpp_status said = ocpp_station_decide_data(world->station, world->data, &data, world->now);

    ocpp_require(told == OCPP_OK || told == OCPP_ERR_NOT_FOUND);
    ocpp_require(said == OCPP_OK || said == OCPP_ERR_NOT_FOUND);
    ocpp_require(booted == OCPP_OK || booted == OCPP_ERR_NOT_FOUND);
    ocpp_require(authorized == OCPP_OK || authorized == OCPP_ERR_NOT_FOUND);
}

static void run_line(struct world *world, const char *line, size_t size)
{
    switch (line[0]) {
    case '>':
        ocpp_require(ocpp_station_receive(world->station, line + 1, size - 1, world->now) != OCPP_ERR_STATE);
        break;
    case 'x':
        reconnect(world);
        break;
    case 't':
        world->now.mono_ms += 30000;
        world->now.utc_ms += 30000;
        ocpp_central_advance(world->central, world->now);
        break;
    case 's':
    case 'p':
    case 'u':
    case 'r':
    case 'g':
        order(world, line[0]);
        break;
    case 'b':
    case 'c':
    case 'i':
        order_report(world, line[0]);
        break;
    case 'o':
        answer(world);
        break;
    case 'w':
        order_limited_start(world);
        break;
    case 'k':
        prune(world);
        break;
    case 'm':
        order_for_drivers(world);
        break;
    case 'v': {
        const struct ocpp_command_done done = { order_done, world };
        world->orders += energy_parts_order(world->station, &done);
        break;
    }
    case 'y':
        sync_list(world);
        break;
    case 'a':
        answer_call(world, line + 1, size - 1);
        break;
    case 'l':
        world->later = !world->later;
        break;
    case 'd':
        decide(world);
        break;
    case 'h':
        world->held = !world->held;
        break;
    case 'f':
        settle(world, OCPP_OK);
        break;
    case 'e':
        settle(world, OCPP_ERR_STORAGE);
        break;
    default:
        break;
    }
    drain(world);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    struct world world = { .now = { 1000, 1767225600000 }, .version = OCPP_VERSION_1_6 };
    const struct ocpp_central_handler handler = {
        .on_boot = on_boot,
        .on_authorize = on_authorize,
        .on_transaction = on_transaction,
        .on_task = on_task,
        .reports = &report_handler,
        .drivers = &drivers,
        .energy = &energy_parts_energy,
        .vehicles = &energy_parts_vehicles,
        .user = &world,
    };
    const char *at = (const char *)data;
    const char *end = at + size;

    energy_parts_start(&world.later);
    world.memory = ocpp_memory_storage_new(NULL, 16 << 20);
    ocpp_require(world.memory);
    world.store =
        (struct ocpp_storage){ store_read, store_each, store_write, store_flush, world.memory->max_value_bytes, &world };
    settings.random = fill;
    settings.max_display_messages = 5;
    world.central = ocpp_central_new(&settings, &handler, &world.store);
    ocpp_require(world.central);
    connect_station(&world);
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((next ? next : end) - at);
        if (length > 0) {
            run_line(&world, at, length);
        }
        at += length + 1;
    }
    ocpp_station_disconnect(world.station, world.now);
    world.station = NULL;
    ocpp_central_free(world.central);
    ocpp_require(world.orders == 0); /* every order that was taken was ended, once */
    ocpp_memory_storage_free(world.memory);
    return 0;
}
