/* orders_visit.c: see orders_visit.h. Piles speak in texts, so that what they cost is little beside what is measured. */
#include "orders_visit.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/id.h>
#include <ocpp/settlement/orders.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* STEP_MS: between two steps of a visit. */
enum { TEXT = 2048, STEP_MS = 1000, HEARD = 4 * VISIT_CARS };

static const int64_t opened_utc_ms = INT64_C(1800000000000);

struct pile {
    char station[16];
    uint64_t seq;
    int64_t generation; /* of its bank's mark */
    char mark[65];      /* that its bank bears, or is to bear */
    char rental[OCPP_SETTLE_ID_SIZE];
    char order[OCPP_SETTLE_ID_SIZE];
    char insertion[OCPP_SETTLE_ID_SIZE];
};

struct visits {
    struct ocpp_settle_store *file;
    struct tape *tape;
    struct ocpp_settle_keys *keys;
    struct ocpp_settle *settle;
    struct ocpp_now now;
    int cars;
    int rounds;
    uint64_t ids;
    size_t paid;
    struct pile piles[VISIT_CARS];
    struct ocpp_settle_provider card;
    struct {
        char operation[OCPP_SETTLE_ID_SIZE];
        int64_t amount_minor;
    } owed[2 * VISIT_CARS]; /* answers of the provider */
    size_t owed_count;
    struct {
        const char *station;
        uint64_t token;
    } heard[HEARD]; /* messages of the backend that are to be answered */
    size_t heard_count;
};

void require(bool good, const char *what)
{
    if (!good) {
        (void)fprintf(stderr, "bench_settlement_orders: %s\n", what);
        exit(1);
    }
}

/* --- what the operator has ------------------------------------------------------------------------------------------- */

static const struct ocpp_settle_tax vat[] = { { .name = "VAT", .rate_ppm = 190000 } };
static const struct ocpp_settle_price_component prices[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 500000, .taxes = { vat, 1 } },
};
static const struct ocpp_settle_tariff_element elements[] = { { .components = { prices, 1 } } };
static const struct ocpp_settle_bank_tariff bank = { .deposit_minor = 1000,
                                                     .unit_s = 1800,
                                                     .unit_price_micro = 1000000,
                                                     .has_daily_cap_minor = true,
                                                     .daily_cap_minor = 600,
                                                     .buy_out_minor = 2000,
                                                     .rental_taxes = { vat, 1 },
                                                     .purchase_taxes = { vat, 1 } };
static const struct ocpp_settle_tariff tariff = {
    .id = "bench", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN, .elements = { elements, 1 }, .bank = &bank
};

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **found, const char **zone, void *user)
{
    (void)station, (void)user;
    *found = &tariff;
    *zone = "UTC";
    return true;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone, (void)utc_ms, (void)user;
    if (room > 0) {
        transitions[0] = (struct ocpp_settle_zone_transition){ 0, 0 };
    }
    return room > 0;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)token, (void)user;
    *payer = (struct ocpp_settle_payer){ .provider = "card" };
    return true;
}

static void on_event(const struct ocpp_settle_event *event, void *user)
{
    struct visits *visits = user;
    visits->paid += event->kind == OCPP_SETTLE_EVENT_ORDER && event->state != NULL && strcmp(event->state, "Paid") == 0;
}

static enum ocpp_status begin_payment(const struct ocpp_settle_payment_request *request, void *user)
{
    struct visits *visits = user;

    require(visits->owed_count < sizeof visits->owed / sizeof visits->owed[0], "too many payments at once");
    memcpy(visits->owed[visits->owed_count].operation, request->operation, strlen(request->operation) + 1);
    visits->owed[visits->owed_count++].amount_minor = request->amount_minor;
    return OCPP_OK;
}

static enum ocpp_status query_payment(const struct ocpp_settle_payment_request *request, void *user)
{
    (void)request, (void)user;
    return OCPP_OK;
}

/* --- piles ------------------------------------------------------------------------------------------------------------- */

static struct pile *pile_of(struct visits *visits, const char *station)
{
    return &visits->piles[atoi(station + strlen("PILE-"))];
}

/* The text of member |name| of |json|, behind |from|. */
static void take_member(const char *json, const char *from, const char *name, char *value, size_t room)
{
    const char *at = strstr(json, from);

    at = at != NULL ? strstr(at, name) : NULL;
    require(at != NULL, "a message without what it must have");
    at += strlen(name) + (at[strlen(name)] == '"');
    const size_t size = strcspn(at, "\",}");
    require(size < room, "a member is too long");
    memcpy(value, at, size);
    value[size] = '\0';
}

static void take_mark(struct pile *pile, const char *json, const char *from)
{
    char number[24];

    take_member(json, from, "\"mark\":", pile->mark, sizeof pile->mark);
    take_member(json, from, "\"generation\":", number, sizeof number);
    pile->generation = atoll(number);
}

static enum ocpp_status hear(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    struct visits *visits = user;
    struct pile *pile = pile_of(visits, station);

    if (strcmp(data->message_id, "RentGrant") == 0) {
        take_member(data->data, "\"banks\":", "\"rental\":", pile->rental, sizeof pile->rental);
        take_member(data->data, "\"request\":", "\"order\":", pile->order, sizeof pile->order);
        take_mark(pile, data->data, "\"banks\":");
    } else if (strcmp(data->message_id, "BankDecision") == 0) {
        take_mark(pile, data->data, "\"verdict\":");
    }
    require(visits->heard_count < HEARD, "too many messages at once");
    visits->heard[visits->heard_count].station = pile->station;
    visits->heard[visits->heard_count++].token = token;
    return OCPP_OK;
}

static void take_answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *data, void *user)
{
    (void)station, (void)token, (void)user;
    if (data->result != OCPP_DATA_TRANSFER_ACCEPTED || strstr(data->data, "\"Refused\"") != NULL) {
        require(false, data->data != NULL ? data->data : "a pile was refused");
    }
}

static void new_id(struct visits *visits, char id[OCPP_SETTLE_ID_SIZE])
{
    unsigned char bytes[16] = { 0 };

    visits->ids++;
    for (int i = 0; i < 8; i++) {
        bytes[15 - i] = (unsigned char)(visits->ids >> (8 * i));
    }
    ocpp_settle_id_write(bytes, id);
}

static void say(struct visits *visits, const struct pile *pile, const char *name, const char *text)
{
    const struct ocpp_data_transfer data = {
        .vendor_id = "org.ocpp-c.settlement", .message_id = name, .kind = OCPP_DATA_JSON, .data = text
    };

    ocpp_settle_receive(visits->settle, pile->station, &data, ++visits->ids, visits->now);
}

static const char *moment(const struct visits *visits)
{
    static char text[128];
    char time[OCPP_TIME_TEXT_SIZE];

    (void)ocpp_time_format(visits->now.utc_ms, time);
    (void)snprintf(text, sizeof text, "{\"utc\":\"%s\",\"boot\":1,\"monoMs\":%lld,\"status\":\"Synchronised\"}", time,
                   (long long)visits->now.mono_ms);
    return text;
}

static const char *envelope(struct visits *visits, struct pile *pile)
{
    static char text[128];
    char id[OCPP_SETTLE_ID_SIZE];

    new_id(visits, id);
    (void)snprintf(text, sizeof text, "{\"id\":\"%s\",\"stream\":\"slot\",\"seq\":%llu}", id, (unsigned long long)++pile->seq);
    return text;
}

static void say_hello(struct visits *visits, int car)
{
    struct pile *pile = &visits->piles[car];
    char text[TEXT];

    (void)snprintf(pile->station, sizeof pile->station, "PILE-%d", car);
    pile->generation = 1;
    ocpp_settle_connected(visits->settle, pile->station, true, visits->now);
    (void)snprintf(
        text, sizeof text,
        "{\"versions\":[\"1\"],\"features\":[\"PowerBanks\"],\"maxBytes\":8192,\"serial\":\"S-%d\",\"now\":%s,\"slots\":1}", car,
        moment(visits));
    say(visits, pile, "Hello", text);
}

static void tell_bay(struct visits *visits, int car)
{
    struct pile *pile = &visits->piles[car];
    char text[TEXT];

    (void)snprintf(
        text, sizeof text,
        "{\"envelope\":%s,\"at\":%s,\"slots\":[{\"slot\":1,\"state\":\"Idle\",\"bank\":\"BANK-%d\",\"hardwareId\":\"HW-%d\","
        "\"generation\":1,\"mark\":\"Neutral\",\"charge\":80}]}",
        envelope(visits, pile), moment(visits), car, car);
    say(visits, pile, "Inventory", text);
}

static void ask_for_bank(struct visits *visits, int car)
{
    struct pile *pile = &visits->piles[car];
    char id[OCPP_SETTLE_ID_SIZE];
    char text[TEXT];

    new_id(visits, id);
    (void)snprintf(
        text, sizeof text,
        "{\"request\":\"%s\",\"token\":{\"id\":\"TOKEN-%d\",\"type\":\"ISO14443\"},\"banks\":[{\"slot\":1,\"bank\":\"BANK-%d\","
        "\"hardwareId\":\"HW-%d\",\"generation\":%lld}],\"at\":%s}",
        id, car, car, car, (long long)pile->generation, moment(visits));
    pile->rental[0] = '\0';
    say(visits, pile, "RentRequest", text);
}

static void take_bank(struct visits *visits, int car)
{
    struct pile *pile = &visits->piles[car];
    char text[TEXT];

    require(pile->rental[0] != '\0', "a bank was not granted");
    (void)snprintf(text, sizeof text,
                   "{\"envelope\":%s,\"rental\":\"%s\",\"order\":\"%s\",\"slot\":1,\"bank\":\"BANK-%d\",\"hardwareId\":\"HW-%d\","
                   "\"generation\":%lld,\"at\":%s}",
                   envelope(visits, pile), pile->rental, pile->order, car, car, (long long)pile->generation, moment(visits));
    say(visits, pile, "BankTaken", text);
}

static void return_bank(struct visits *visits, int car)
{
    struct pile *pile = &visits->piles[car];
    char text[TEXT];

    new_id(visits, pile->insertion);
    (void)snprintf(
        text, sizeof text,
        "{\"envelope\":%s,\"insertion\":\"%s\",\"slot\":1,\"bank\":\"BANK-%d\",\"hardwareId\":\"HW-%d\",\"markState\":\"Marked\","
        "\"mark\":\"%s\",\"generation\":%lld,\"condition\":\"Good\",\"charge\":40,\"at\":%s}",
        envelope(visits, pile), pile->insertion, car, car, pile->mark, (long long)pile->generation, moment(visits));
    say(visits, pile, "BankReturned", text);
}

static void reset_mark(struct visits *visits, int car)
{
    struct pile *pile = &visits->piles[car];
    char text[TEXT];

    (void)snprintf(text, sizeof text,
                   "{\"envelope\":%s,\"insertion\":\"%s\",\"slot\":1,\"bank\":\"BANK-%d\",\"generation\":%lld,\"at\":%s}",
                   envelope(visits, pile), pile->insertion, car, (long long)pile->generation, moment(visits));
    say(visits, pile, "MarkReset", text);
}

/* --- vehicles ---------------------------------------------------------------------------------------------------------- */

static void tell(struct visits *visits, int car, enum ocpp_transaction_phase phase, int64_t wh)
{
    char id[40];
    char token[24];

    (void)snprintf(id, sizeof id, "transaction-%d-%d", visits->rounds, car);
    (void)snprintf(token, sizeof token, "TOKEN-%d", car);
    const bool is_end = phase == OCPP_TRANSACTION_ENDED;
    const struct ocpp_transaction transaction = {
        .identity = visits->piles[car].station,
        .id = id,
        .version = OCPP_VERSION_2_0_1,
        .evse = 1,
        .connector = 1,
        .token = token,
        .token_type = OCPP_TOKEN_ISO14443,
        .started_utc_ms = visits->now.utc_ms,
        .ended = is_end,
        .ended_utc_ms = is_end ? visits->now.utc_ms : OCPP_UTC_UNKNOWN,
        .charging_state = OCPP_CHARGING_STATE_CHARGING,
        .has_meter_start = true,
        .meter_start_wh = 1000,
        .has_meter_last = true,
        .meter_last_wh = wh,
    };
    const struct ocpp_meter_sample sample = { .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                                          .value = { wh, 0 } },
                                              .context = OCPP_CONTEXT_SAMPLE_PERIODIC,
                                              .timestamp_utc_ms = visits->now.utc_ms };
    const struct ocpp_transaction_event event = { .phase = phase,
                                                  .transaction = &transaction,
                                                  .samples = &sample,
                                                  .sample_count = phase == OCPP_TRANSACTION_UPDATED,
                                                  .trigger = OCPP_TRIGGER_METER_VALUE_PERIODIC };
    require(ocpp_settle_transaction(visits->settle, &event, visits->now) == OCPP_OK, "a transaction was refused");
}

static void start(struct visits *visits, int car)
{
    tell(visits, car, OCPP_TRANSACTION_STARTED, 1000);
}

static void read_meter(struct visits *visits, int car)
{
    tell(visits, car, OCPP_TRANSACTION_UPDATED, 1000 + visits->now.mono_ms % 3600000 / STEP_MS * 1000);
}

static void leave(struct visits *visits, int car)
{
    tell(visits, car, OCPP_TRANSACTION_ENDED, 20000);
}

/* --- rounds ------------------------------------------------------------------------------------------------------------ */

static void answer_payments(struct visits *visits)
{
    const size_t count = visits->owed_count;

    visits->owed_count = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ocpp_settle_payment_answer good = { .result = OCPP_SETTLE_PAYMENT_OK,
                                                         .reference = "ref",
                                                         .amount_minor = visits->owed[i].amount_minor,
                                                         .currency = "EUR",
                                                         .expires_utc_ms = OCPP_NEVER };
        char operation[OCPP_SETTLE_ID_SIZE];

        memcpy(operation, visits->owed[i].operation, sizeof operation);
        (void)ocpp_settle_payment_answered(visits->settle, operation, &good, visits->now);
    }
}

static void answer_messages(struct visits *visits)
{
    const struct ocpp_data_transfer_answer good = { .status = OCPP_OK,
                                                    .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                    .kind = OCPP_DATA_JSON,
                                                    .data = "{\"receipt\":{\"reception\":\"Accepted\"}}" };
    const size_t count = visits->heard_count;

    visits->heard_count = 0;
    for (size_t i = 0; i < count; i++) {
        ocpp_settle_answered(visits->settle, visits->heard[i].station, visits->heard[i].token, &good, visits->now);
    }
}

static void flush(struct visits *visits)
{
    const struct ocpp_settle_store store = tape_store(visits->tape);
    store.flush(store.user);
}

/* Until nothing is left to do: commits, answers of the provider and of piles, timers that are due. */
static void settle_down(struct visits *visits)
{
    do {
        flush(visits);
        answer_payments(visits);
        answer_messages(visits);
        flush(visits);
        ocpp_settle_advance(visits->settle, visits->now);
        flush(visits);
    } while (visits->owed_count > 0 || visits->heard_count > 0 || ocpp_settle_deadline(visits->settle) <= visits->now.mono_ms);
}

static void step_all(struct visits *visits, void (*step)(struct visits *visits, int car))
{
    visits->now.mono_ms += STEP_MS;
    visits->now.utc_ms = opened_utc_ms + visits->now.mono_ms;
    for (int car = 0; car < visits->cars; car++) {
        step(visits, car);
    }
    settle_down(visits);
}

void visits_round(struct visits *visits)
{
    static void (*const steps[])(struct visits * visits, int car) = { start,      read_meter, ask_for_bank,
                                                                      take_bank,  read_meter, return_bank,
                                                                      reset_mark, read_meter, leave };

    visits->paid = 0;
    visits->rounds++;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        step_all(visits, steps[i]);
    }
    require(visits->paid == (size_t)visits->cars, "an order was not paid");
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

static void open_backend(struct visits *visits, const struct ocpp_allocator *allocator)
{
    struct ocpp_settle_settings settings = ocpp_settle_settings_default();

    visits->card = (struct ocpp_settle_provider){ .name = "card",
                                                  .capabilities = 31,
                                                  .hold_lasts_ms = OCPP_NEVER,
                                                  .begin = begin_payment,
                                                  .query = query_payment,
                                                  .user = visits };
    settings.allocator = allocator;
    settings.keys = *visits->keys;
    settings.store = tape_store(visits->tape);
    settings.transport = (struct ocpp_settle_transport){ .send = hear, .answer = take_answer, .user = visits };
    settings.providers = &visits->card;
    settings.provider_count = 1;
    settings.find_tariff = find_tariff;
    settings.find_transitions = find_transitions;
    settings.find_payer = find_payer;
    settings.on_event = on_event;
    settings.user = visits;
    require(ocpp_settle_new(&settings, visits->now, &visits->settle) == OCPP_OK, "no backend");
}

struct visits *visits_open(const char *path, int cars, const struct ocpp_allocator *allocator)
{
    struct ocpp_settle_sqlite_settings file = ocpp_settle_sqlite_settings_default();
    const struct ocpp_settle_keys_settings keys = { .max_keys = 8 };
    struct visits *visits = calloc(1, sizeof *visits);
    char reason[256] = "";

    require(visits != NULL, "out of memory");
    file.group = true;
    file.group_limit = 100000;
    require(ocpp_settle_sqlite_open(path, &file, &visits->file, reason, sizeof reason) == OCPP_OK, reason);
    require(ocpp_settle_keys_open(&keys, &visits->keys) == OCPP_OK, "no keys");
    visits->tape = tape_new(visits->file);
    visits->cars = cars;
    visits->now.utc_ms = opened_utc_ms;
    open_backend(visits, allocator);
    step_all(visits, say_hello);
    step_all(visits, tell_bay);
    return visits;
}

struct tape *visits_tape(struct visits *visits)
{
    return visits->tape;
}

void visits_close(struct visits *visits)
{
    ocpp_settle_free(visits->settle);
    ocpp_settle_sqlite_close(visits->file);
    ocpp_settle_keys_close(visits->keys);
    tape_free(visits->tape);
    free(visits);
}
