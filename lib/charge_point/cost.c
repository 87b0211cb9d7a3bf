/* cost.c: what the driver is to read: tariffs when he is authorised and when they change, costs as they come, and messages for
 * everybody where nothing came. OCPP 2.0.1 I01 to I06; application note on pricing.
 *
 * What is said is kept in the place of its EVSE and told by the pump. Only what has not been told yet is told: of several costs
 * in one message the last. */
#include "charge_point_internal.h"
#include "pricing.h"

#include <string.h>

#include "arena.h"
#include "languages.h"
#include "text.h"

struct cost_block *ocpp_cp_cost(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_COST);
}

static bool heeds_note(const struct ocpp_charge_point *cp)
{
    const struct cost_words *words = ocpp_cp_words(cp, BLOCK_COST);
    return words != NULL && words->has_note;
}

/* --- texts, the one the driver understands best first -------------------------------------------------------------------- */

static struct languages languages_at(const struct ocpp_charge_point *cp, int place)
{
    const struct authorization *waiting = &cp->authorizations[place];
    const struct evse *evse = ocpp_cp_evse(cp, place);
    if (evse == NULL || (waiting->state == AUTHORIZATION_GRANTED && !ocpp_cp_has_transaction(evse))) {
        return (struct languages){ waiting->language, waiting->language2 };
    }
    return (struct languages){ evse->transaction.language, evse->transaction.language2 }; /* of the last one, too */
}

/* How well a text suits: what says no language is in that of the station. */
static int rank_of(const struct ocpp_charge_point *cp, const struct driver_text *text, struct languages driver)
{
    char station[PRICE_LANGUAGE_SIZE];
    ocpp_text_copy(station, sizeof(station), ocpp_cp_cost_text(cp, COST_LANGUAGE));
    const bool is_known = driver.first[0] != '\0' || driver.second[0] != '\0';
    const char *const wishes[2] = { is_known ? driver.first : station, driver.second };
    const char *language = text->language == NULL || text->language[0] == '\0' ? station : text->language;
    const int rank = language[0] == '\0' ? LANGUAGE_UNSUITED : ocpp_language_rank(language, wishes);
    return rank * 2 + (ocpp_text_equal_fold(language, station) ? 0 : 1); /* in doubt that of the station */
}

static void keep_text(struct kept_text *kept, const struct driver_text *text)
{
    kept->format = text->format;
    ocpp_text_copy(kept->language, sizeof(kept->language), text->language == NULL ? "" : text->language);
    ocpp_text_cut(kept->text, sizeof(kept->text), text->text, PRICE_TEXT_CHARACTERS);
}

/* Keeps the best of |texts|, as many as there is room for. Equal ones stay in their order. */
static void keep_texts(struct ocpp_charge_point *cp, int index, const struct driver_text *texts, size_t count)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[index];
    const struct languages driver = languages_at(cp, index);
    bool is_taken[MOST_PRICE_TEXTS] = { false };
    place->text_count = 0;
    while (place->text_count < ocpp_cp_cost(cp)->texts_per_place) {
        size_t best = count;
        int best_rank = 0;
        for (size_t i = 0; i < count && i < MOST_PRICE_TEXTS; i++) {
            const int rank = is_taken[i] ? 0 : rank_of(cp, &texts[i], driver);
            if (!is_taken[i] && (best == count || rank < best_rank)) {
                best = i;
                best_rank = rank;
            }
        }
        if (best == count) {
            return;
        }
        is_taken[best] = true;
        keep_text(&place->texts[place->text_count++], &texts[best]);
    }
}

/* --- said --------------------------------------------------------------------------------------------------------------- */

static bool is_tariff(enum ocpp_price_kind kind)
{
    return kind == OCPP_PRICE_TARIFF || kind == OCPP_PRICE_TARIFF_FALLBACK;
}

void ocpp_cp_price_say(struct ocpp_charge_point *cp, int index, const struct price_said *said)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[index];
    if (!ocpp_cp_cost_flag(cp, is_tariff(said->kind) ? COST_TARIFF_ENABLED : COST_COST_ENABLED)) {
        return;
    }
    if (said->texts != NULL) {
        keep_texts(cp, index, said->texts, said->text_count);
    }
    place->kind = said->kind;
    place->is_due = true;
    place->fallback_mono_ms = OCPP_NEVER;
    if (!is_tariff(said->kind)) {
        place->has_amount = said->amount != NULL;
        place->amount = said->amount != NULL ? *said->amount : OCPP_DECIMAL(0, 0);
    }
    ocpp_text_cut(place->qr_code, sizeof(place->qr_code), said->qr_code == NULL ? "" : said->qr_code, sizeof(place->qr_code) - 1);
    place->awaits_final = place->awaits_final && said->kind != OCPP_PRICE_FINAL && said->kind != OCPP_PRICE_FINAL_FALLBACK;
    cp->dirty = true;
}

/* A fallback may be set in several ways and languages: of those that are, the driver reads what suits him best. */
struct fallback {
    struct ocpp_charge_point *cp;
    int place;
    struct languages driver;
    int best_rank;
};

/* The text may stand in the scratch that the ranking uses: it is copied first. */
static void offer(struct fallback *fallback, const char *text, const char *language)
{
    struct price_place *place = &ocpp_cp_cost(fallback->cp)->places[fallback->place];
    char own[PRICE_TEXT_SIZE];
    if (text == NULL || text[0] == '\0') {
        return;
    }
    ocpp_text_cut(own, sizeof(own), text, PRICE_TEXT_CHARACTERS);
    const struct driver_text offered = { own, language, OCPP_MESSAGE_UTF8 };
    const int rank = rank_of(fallback->cp, &offered, fallback->driver);
    if (place->text_count == 0 || rank < fallback->best_rank) {
        keep_text(&place->texts[0], &offered);
        fallback->best_rank = rank;
        place->text_count = 1;
    }
}

static void offer_default(struct fallback *fallback, const char *value, const char *language, bool is_offline)
{
    struct price_message message;
    if (value[0] == '\0') {
        return;
    }
    if (ocpp_price_default_read(value, &message)) {
        const bool has_offline = is_offline && message.texts[1].text != NULL;
        offer(fallback, message.texts[has_offline ? 1 : 0].text, language);
    }
    ocpp_price_message_free(&message);
}

static void offer_tariffs(struct fallback *fallback)
{
    struct ocpp_charge_point *cp = fallback->cp;
    const bool is_offline = !ocpp_cp_may_send(cp);
    const size_t languages = ocpp_cp_cost(cp)->language_count;
    for (size_t i = 0; i < languages; i++) {
        const char *tag = ocpp_cp_cost(cp)->languages[i];
        if (is_offline) {
            offer(fallback, ocpp_cp_cost_language_text(cp, i, COST_OF_OFFLINE_TARIFF), tag);
        }
        offer(fallback, ocpp_cp_cost_language_text(cp, i, COST_OF_TARIFF), tag);
        offer_default(fallback, ocpp_cp_cost_language_text(cp, i, COST_OF_DEFAULT_PRICE_TEXT), tag, is_offline);
    }
    offer(fallback, ocpp_cp_cost_text(cp, COST_TARIFF_FALLBACK), NULL);
    offer_default(fallback, ocpp_cp_cost_text(cp, COST_DEFAULT_PRICE), NULL, is_offline);
}

static void offer_costs(struct fallback *fallback)
{
    struct ocpp_charge_point *cp = fallback->cp;
    for (size_t i = 0; i < ocpp_cp_cost(cp)->language_count; i++) {
        offer(fallback, ocpp_cp_cost_language_text(cp, i, COST_OF_COST), ocpp_cp_cost(cp)->languages[i]);
    }
    offer(fallback, ocpp_cp_cost_text(cp, COST_COST_FALLBACK), NULL);
}

/* Nothing is told where nothing is set. */
void ocpp_cp_price_fallback(struct ocpp_charge_point *cp, int index, enum ocpp_price_kind kind)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[index];
    struct fallback fallback = { .cp = cp, .place = index, .driver = languages_at(cp, index) };
    const struct price_said said = { .kind = kind };
    place->text_count = 0;
    place->fallback_mono_ms = OCPP_NEVER;
    if (is_tariff(kind)) {
        offer_tariffs(&fallback);
    } else {
        offer_costs(&fallback);
    }
    if (place->text_count > 0) {
        ocpp_cp_price_say(cp, index, &said);
    }
}

/* --- what happens ------------------------------------------------------------------------------------------------------- */

/* Nothing is known of the next driver. */
static void forget(struct price_place *place)
{
    place->kind = OCPP_PRICE_NONE;
    place->is_due = place->has_transaction = place->has_amount = place->has_prices = place->awaits_final = false;
    place->text_count = 0;
    place->qr_code[0] = '\0';
    place->running.is_set = false;
    place->fallback_mono_ms = OCPP_NEVER;
    place->triggers = (struct price_triggers){ .has_time = false };
    place->look_mono_ms = OCPP_NEVER;
}

/* What is said from now on is about the transaction at |evse| (NULL: none), if there is one. */
static void bind(struct price_place *place, const struct evse *evse)
{
    place->has_transaction = evse != NULL && ocpp_cp_has_transaction(evse);
    if (place->has_transaction) {
        memcpy(place->uuid, evse->transaction.uuid, UUID_BYTES);
    }
}

/* I01, I04: his tariff, or the one for everybody. Where the central system sends it in a message of its own, that is waited for a
 * while. */
static void granted(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[slot];
    forget(place);
    place->token = *token;
    bind(place, ocpp_cp_evse(cp, slot));
    if (why->info.message.text != NULL) {
        const struct price_said said = { .kind = OCPP_PRICE_TARIFF, .texts = &why->info.message, .text_count = 1 };
        ocpp_cp_price_say(cp, slot, &said);
        return;
    }
    const bool is_to_come = heeds_note(cp) && ocpp_cp_may_send(cp) && why->source == OCPP_TOKEN_SOURCE_CENTRAL;
    const int64_t wait_ms = ocpp_cp_cost_number(cp, COST_PRICE_WAIT);
    if (is_to_come && wait_ms > 0) {
        place->fallback_mono_ms = cp->now.mono_ms + wait_ms;
        return;
    }
    ocpp_cp_price_fallback(cp, slot, OCPP_PRICE_TARIFF_FALLBACK);
}

static void move(struct cost_block *block, struct price_place *from, struct price_place *to)
{
    struct kept_text *texts = to->texts;
    const struct price_place before = *to;
    *to = *from;
    to->texts = texts;
    to->awaits_unplug = before.awaits_unplug;
    to->was_plugged = before.was_plugged;
    memcpy(texts, from->texts, block->texts_per_place * sizeof(*texts));
    forget(from);
}

/* What was said to whoever presented a token at the reader for all goes with it to the EVSE. */
static void follow_token(struct ocpp_charge_point *cp, const struct evse *evse)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    struct price_place *floating = &block->places[0];
    const bool is_his = (floating->kind != OCPP_PRICE_NONE || floating->fallback_mono_ms != OCPP_NEVER) &&
                        evse->transaction.grants > 0 && ocpp_token_same(&floating->token, &evse->transaction.token);
    if (is_his && !floating->is_due) {
        move(block, floating, &block->places[evse->number]);
    }
}

/* I05: whoever ends without a link reads the message for that. */
static void ended(struct ocpp_charge_point *cp, const struct evse *evse)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
    place->triggers = (struct price_triggers){ .has_time = false };
    place->look_mono_ms = place->fallback_mono_ms = OCPP_NEVER;
    if (evse->transaction.grants == 0 || evse->transaction.early) {
        return;
    }
    place->awaits_final = ocpp_cp_may_send(cp);
    if (!ocpp_cp_may_send(cp)) {
        ocpp_cp_price_fallback(cp, evse->number, OCPP_PRICE_FINAL_FALLBACK);
    }
}

static void session(struct ocpp_charge_point *cp, struct evse *evse, enum block_session what)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
    if (what == BLOCK_TRANSACTION_ENDED) {
        ended(cp, evse);
        return;
    }
    if (what == BLOCK_TRANSACTION_BEGAN && place->has_transaction) { /* of the one before */
        forget(place);
    }
    follow_token(cp, evse);
    bind(place, evse);
}

static void link_down(struct ocpp_charge_point *cp)
{
    for (int i = 1; i <= cp->settings.evse_count; i++) {
        struct price_place *place = &ocpp_cp_cost(cp)->places[i];
        if (place->awaits_final) {
            place->awaits_final = false;
            ocpp_cp_price_fallback(cp, i, OCPP_PRICE_FINAL_FALLBACK);
        }
    }
}

static bool is_of(const struct price_place *place, const struct fact *fact)
{
    return place->has_transaction && memcmp(place->uuid, fact->uuid, UUID_BYTES) == 0;
}

/* I03.FR.05: where a transaction ends with the vehicle's departure nobody is there to read anything. */
static bool is_gone(const struct evse *evse)
{
    return evse->transaction.stop_points == 1 << TX_POINT_PARKING_BAY;
}

/* I02.FR.04, I03.FR.03, I06.FR.03. An account of what happened without a link comes too late for whoever it is about. */
static void fact_told(struct ocpp_charge_point *cp, enum telling telling, const struct fact *fact,
                      const struct fact_answer *answer)
{
    const struct evse *evse = ocpp_cp_evse(cp, fact->evse);
    if (fact->is_reading || evse == NULL) {
        return;
    }
    if (answer->has_wire_number) {
        ocpp_cp_unplugged_number(cp, fact->uuid, answer->wire_number);
    }
    struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
    const bool is_end = telling == TELL_END;
    const bool is_late = is_end && (ocpp_cp_fact_is_offline(cp, fact) || is_gone(evse));
    if (!is_of(place, fact) || is_late) {
        return;
    }
    place->awaits_final = place->awaits_final && !is_end;
    const bool has_text = answer->message.text != NULL;
    const struct price_said said = {
        .kind = !answer->has_cost ? OCPP_PRICE_TARIFF
                : is_end          ? OCPP_PRICE_FINAL
                                  : OCPP_PRICE_RUNNING,
        .texts = has_text ? &answer->message : NULL,
        .text_count = 1,
        .amount = answer->has_cost ? &answer->cost : NULL,
    };
    if (answer->has_cost || has_text) {
        ocpp_cp_price_say(cp, evse->number, &said);
    }
}

enum ocpp_status ocpp_cp_cost_updated(struct ocpp_charge_point *cp, const struct evse *evse, struct ocpp_decimal cost)
{
    const struct price_said said = { .kind = OCPP_PRICE_RUNNING, .amount = &cost };
    if (evse == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    ocpp_cp_price_say(cp, evse->number, &said);
    return OCPP_OK;
}

/* --- the pricing note ----------------------------------------------------------------------------------------------------- */

struct evse *ocpp_cp_evse_of_number(struct ocpp_charge_point *cp, int64_t number)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (evse->transaction.has_wire_number && evse->transaction.wire_number == number) {
            return evse;
        }
    }
    return NULL;
}

/* The places of whoever has |token|: where it charges, or waits to. */
static enum ocpp_status user_price(struct ocpp_charge_point *cp, const struct price_message *message)
{
    const struct price_said said = { .kind = OCPP_PRICE_TARIFF, .texts = message->texts, .text_count = message->text_count };
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    struct token token;
    ocpp_cp_token_set(&token, message->token, OCPP_TOKEN_UNKNOWN);
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        const struct authorization *waiting = &cp->authorizations[slot];
        const struct evse *evse = ocpp_cp_evse(cp, slot);
        const bool charges = evse != NULL && ocpp_cp_has_transaction(evse) && evse->transaction.grants > 0 &&
                             ocpp_token_same(&evse->transaction.token, &token);
        if (charges || (waiting->state == AUTHORIZATION_GRANTED && ocpp_token_same(&waiting->token, &token))) {
            ocpp_cp_price_say(cp, slot, &said);
            status = OCPP_OK;
        }
    }
    return status;
}

/* Idleness counts from the message that first spoke of it. */
static void run(struct price_place *place, const struct price_message *message)
{
    const bool was_idle = place->running.is_set && place->running.is_idle;
    const int64_t since = place->running.idle_since;
    place->running = message->running;
    if (was_idle && message->running.is_idle) {
        place->running.idle_since = since;
    }
    place->has_prices = message->has_prices;
    place->charging = message->charging;
    place->idle = message->idle;
}

static enum ocpp_status note_cost(struct ocpp_charge_point *cp, enum price_message_kind kind, const struct price_message *message)
{
    struct evse *evse = ocpp_cp_evse_of_number(cp, message->number);
    if (evse == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
    const bool is_running = kind == PRICE_MESSAGE_RUNNING;
    const struct price_said said = {
        .kind = is_running ? OCPP_PRICE_RUNNING : OCPP_PRICE_FINAL,
        .texts = is_running ? NULL : message->texts,
        .text_count = message->text_count,
        .amount = &message->cost,
        .qr_code = message->qr_code,
    };
    place->has_prices = false;
    place->running.is_set = place->running.is_set && is_running;
    if (is_running) {
        run(place, message);
        ocpp_cp_triggers_set(cp, evse, &message->triggers);
    }
    ocpp_cp_price_say(cp, evse->number, &said);
    return OCPP_OK;
}

enum ocpp_status ocpp_cp_price_heard(struct ocpp_charge_point *cp, enum price_message_kind kind, const char *data)
{
    struct price_message message;
    enum ocpp_status status = OCPP_ERR_VALUE;
    if (ocpp_price_message_read(data, kind, &message)) {
        status = kind == PRICE_MESSAGE_USER ? user_price(cp, &message) : note_cost(cp, kind, &message);
    }
    ocpp_price_message_free(&message);
    return status;
}

/* --- for the firmware ----------------------------------------------------------------------------------------------------- */

/* What was said, carried on to |now| where there are prices to reckon with. */
static void reckon(const struct ocpp_charge_point *cp, const struct price_place *place, struct ocpp_now now,
                   struct ocpp_price *price)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, now);
    if (!price->has_prices || utc_ms == OCPP_UTC_UNKNOWN) {
        return;
    }
    const struct evse *evse = &cp->evses[price->evse - 1];
    const int64_t micro = ocpp_running_cost(&place->running, evse->last_meter_wh, utc_ms);
    int64_t cut;
    if (micro != place->running.cost && ocpp_decimal_to_integer(OCPP_DECIMAL(micro, MICRO), price->decimals, &cut) == OCPP_OK) {
        price->amount = OCPP_DECIMAL(cut, price->decimals);
        price->is_estimate = true;
    }
}

static void fill(struct ocpp_charge_point *cp, int index, struct ocpp_now now, struct ocpp_price *price)
{
    struct cost_block *block = ocpp_cp_cost(cp);
    const struct price_place *place = &block->places[index];
    for (size_t i = 0; i < place->text_count; i++) {
        const struct kept_text *text = &place->texts[i];
        block->shown[i] = (struct ocpp_price_text){ (enum ocpp_message_format)text->format, text->language, text->text };
    }
    block->uuid[0] = '\0';
    if (place->has_transaction) {
        ocpp_uuid_text(place->uuid, block->uuid);
    }
    ocpp_text_copy(block->currency, sizeof(block->currency), ocpp_cp_cost_text(cp, COST_CURRENCY));
    *price = (struct ocpp_price){
        .kind = place->kind,
        .evse = index,
        .transaction_uuid = block->uuid,
        .has_amount = place->has_amount,
        .amount = place->amount,
        .currency = block->currency,
        .decimals = (int)ocpp_cp_cost_number(cp, COST_DECIMALS),
        .texts = block->shown,
        .text_count = place->text_count,
        .qr_code = place->qr_code,
        .has_prices = place->has_prices,
        .is_idle = place->running.is_idle,
        .charging = place->charging,
        .idle = place->idle,
    };
    reckon(cp, place, now, price);
}

enum ocpp_status ocpp_charge_point_price(struct ocpp_charge_point *cp, int evse, struct ocpp_now now, struct ocpp_price *price)
{
    if (ocpp_cp_cost(cp) == NULL || evse < 0 || evse > cp->settings.evse_count) {
        return OCPP_ERR_ARGUMENT;
    }
    fill(cp, evse, now, price);
    return OCPP_OK;
}

static void tell(struct ocpp_charge_point *cp, int index)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[index];
    struct ocpp_price price;
    if (cp->now.mono_ms >= place->fallback_mono_ms) {
        ocpp_cp_price_fallback(cp, index, OCPP_PRICE_TARIFF_FALLBACK);
    }
    if (!place->is_due) {
        return;
    }
    place->is_due = false;
    cp->dirty = true;
    if (cp->settings.cost->tell != NULL) {
        fill(cp, index, cp->now, &price);
        cp->settings.cost->tell(&price, cp->settings.cost->user);
    }
}

static void work(struct ocpp_charge_point *cp)
{
    ocpp_cp_triggers_work(cp);
    ocpp_cp_unplugged_work(cp);
    for (int i = 0; i <= cp->settings.evse_count; i++) {
        tell(cp, i);
    }
}

static int64_t deadline(const struct ocpp_charge_point *cp)
{
    int64_t earliest = ocpp_cp_triggers_deadline(cp);
    for (int i = 0; i <= cp->settings.evse_count; i++) {
        const int64_t due = ocpp_cp_cost(cp)->places[i].fallback_mono_ms;
        earliest = due < earliest ? due : earliest;
    }
    return earliest;
}

/* --- the block ---------------------------------------------------------------------------------------------------------- */

static size_t size_of(const struct ocpp_charge_point_settings *settings)
{
    return settings->cost == NULL ? 0 : sizeof(struct cost_block);
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    return settings->cost == NULL ? NULL : ocpp_cp_cost_wrong_setting(settings);
}

static bool start(struct ocpp_charge_point *cp)
{
    const struct ocpp_cost_settings *settings = cp->settings.cost;
    const struct ocpp_allocator *allocator = cp->settings.allocator;
    struct cost_block *block = ocpp_cp_cost(cp);
    const size_t places = (size_t)cp->settings.evse_count + 1;
    block->texts_per_place = settings->max_texts == 0 ? USUAL_TEXTS : settings->max_texts;
    block->unplugged_room = settings->max_unplugged == 0 ? (places - 1) * UNPLUGGED_PER_EVSE : settings->max_unplugged;
    block->places = ocpp_reallocate(allocator, NULL, places * sizeof(block->places[0]));
    block->texts = ocpp_reallocate(allocator, NULL, places * block->texts_per_place * sizeof(block->texts[0]));
    block->unplugged = ocpp_reallocate(allocator, NULL, block->unplugged_room * sizeof(block->unplugged[0]));
    if (block->places == NULL || block->texts == NULL || block->unplugged == NULL) {
        return false;
    }
    memset(block->places, 0, places * sizeof(block->places[0]));
    for (size_t i = 0; i < places; i++) {
        block->places[i].texts = block->texts + i * block->texts_per_place;
        forget(&block->places[i]);
    }
    return true;
}

static void free_memory(struct ocpp_charge_point *cp)
{
    const struct ocpp_allocator *allocator = cp->settings.allocator;
    struct cost_block *block = ocpp_cp_cost(cp);
    ocpp_reallocate(allocator, block->unplugged, 0);
    ocpp_reallocate(allocator, block->texts, 0);
    ocpp_reallocate(allocator, block->places, 0);
    ocpp_reallocate(allocator, block->own_texts, 0);
    ocpp_reallocate(allocator, block->own, 0);
}

const struct block ocpp_cp_cost_block = {
    .size = size_of,
    .wrong_setting = wrong_setting,
    .bring = ocpp_cp_cost_bring,
    .start = start,
    .free = free_memory,
    .load = ocpp_cp_unplugged_load,
    .work = work,
    .deadline = deadline,
    .send = ocpp_cp_unplugged_send,
    .send_deadline = ocpp_cp_unplugged_deadline,
    .failed = ocpp_cp_unplugged_answered,
    .link_down = link_down,
    .session = session,
    .granted = granted,
    .fact_told = fact_told,
};
