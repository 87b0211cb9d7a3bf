/* piles.c: what was agreed with each pile, and its clock. */
#include "piles.h"

#include "banks.h"
#include "house.h"
#include "outbox.h"
#include "terminal_starts.h"
#include "timers.h"

#include <ocpp/settlement/mark.h>
#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

/* What this backend speaks, newest first; what it has. */
static const enum ocpp_settle_feature our_features[] = { OCPP_SETTLE_FEATURE_POWER_BANKS, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS,
                                                         OCPP_SETTLE_FEATURE_CHUNKS, OCPP_SETTLE_FEATURE_TERMINAL_START,
                                                         OCPP_SETTLE_FEATURE_GUIDED_PAYMENT, OCPP_SETTLE_FEATURE_RENTAL_HOUSE };
enum { OUR_FEATURES = sizeof our_features / sizeof our_features[0] };

/* --- what was agreed ---------------------------------------------------------------------------------------------------------
 */

static const char *pile_key(struct command *command, const char *station)
{
    return command_key(command, "pile", station, NULL);
}

bool pile_has(const struct row_pile *pile, enum ocpp_settle_feature feature)
{
    const char *name = ocpp_enum_name(&ocpp_settle_feature_enum, (int)feature);

    for (size_t i = 0; i < pile->features.count; i++) {
        if (strcmp(pile->features.items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const struct row_pile *pile_with(struct command *command, const char *station, enum ocpp_settle_feature feature)
{
    const struct row_pile *pile = command_read(command, pile_key(command, station), &row_pile_type);

    if (pile && !pile->is_off && pile_has(pile, feature)) {
        return pile;
    }
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED, "the pile and the backend did not agree on that");
    return NULL;
}

bool pile_has_slot(struct command *command, const struct row_pile *pile, int64_t slot)
{
    if (slot > pile->slots) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT, "the bay has no such slot");
        return false;
    }
    return true;
}

/* --- its clock
 * ------------------------------------------------------------------------------------------------------------------ */

/* Far more than any clock is off by, and far less than overflows. */
enum { MOST_MS_BITS = 53 };

static int64_t bounded(int64_t value)
{
    const int64_t most = INT64_C(1) << MOST_MS_BITS;

    return value > most ? most : value < -most ? -most : value;
}

int64_t pile_claimed_utc_ms(struct command *command, const struct row_pile *pile, const struct ocpp_settle_moment *moment)
{
    int64_t at = command_utc_ms(command);

    if (moment->boot == pile->boot) {
        at = pile->seen_at + bounded(moment->mono_ms) - bounded(pile->mono_ms);
    } else if (moment->has_utc && moment->status != OCPP_SETTLE_TIME_STATUS_UNKNOWN) {
        at = bounded(moment->utc) + pile->clock_offset_ms;
    }
    return at < 0 ? 0 : at;
}

int64_t pile_utc_ms(struct command *command, const struct row_pile *pile, const struct ocpp_settle_moment *moment)
{
    const int64_t now = command_utc_ms(command), at = pile_claimed_utc_ms(command, pile, moment);

    return at < now ? at : now;
}

int64_t incoming_at(struct command *command, const char *station, const struct ocpp_settle_moment *moment)
{
    const struct row_pile *pile = command_read(command, pile_key(command, station), &row_pile_type);

    return pile ? pile_utc_ms(command, pile, moment) : command_utc_ms(command);
}

/* --- Hello
 * ---------------------------------------------------------------------------------------------------------------------- */

/* What was agreed, and its features as words for the record. */
struct agreed {
    struct ocpp_settle_hello_conf answer;
    const char *const *words;
};

static bool agree(struct command *command, const struct ocpp_settle_hello_req *hello, struct agreed *agreed)
{
    const size_t offered = hello->features.count + 1;
    enum ocpp_settle_feature *room = ocpp_arena_take(command_arena(command), offered * sizeof *room);
    const char **words = ocpp_arena_take(command_arena(command), offered * sizeof *words);

    if (!room || !words) {
        command_fail(command, OCPP_ERR_NOMEM);
        return false;
    }
    if (!ocpp_settle_wire_agree(hello, our_features, OUR_FEATURES, OCPP_SETTLE_WIRE_BYTES, room, &agreed->answer)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "no version is common");
        return false;
    }
    for (size_t i = 0; i < agreed->answer.features.count; i++) {
        words[i] = ocpp_enum_name(&ocpp_settle_feature_enum, (int)room[i]);
    }
    agreed->words = words;
    return true;
}

static int64_t next_number(struct command *command)
{
    const char *key = command_key(command, "piles", NULL);
    const struct row_pile_count *before = command_read(command, key, &row_pile_count_type);
    const struct row_pile_count after = { .count = before ? before->count + 1 : 1 };

    if (after.count > OCPP_SETTLE_MARK_PILE_LIMIT) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "so many piles have no numbers");
        return 0;
    }
    command_put(command, key, &row_pile_count_type, &after);
    return after.count;
}

static struct row_pile *find_or_make(struct command *command, const char *station)
{
    struct row_pile *pile = command_edit(command, pile_key(command, station), &row_pile_type);

    if (pile || command_failed(command)) {
        return pile;
    }
    pile = ocpp_arena_take(command_arena(command), sizeof *pile);
    if (!pile) {
        command_fail(command, OCPP_ERR_NOMEM);
        return NULL;
    }
    pile->station = station;
    pile->number = next_number(command);
    pile->has_known_at = true;
    pile->known_at = command_utc_ms(command);
    return command_failed(command) ? NULL : pile;
}

static struct ocpp_settle_pile_policy policy_for(const struct ocpp_settle_policy *policy)
{
    return (struct ocpp_settle_pile_policy){
        .take_within_s = policy->take_within_s,
        .swap_within_s = policy->swap_within_s,
        .suspect_after = policy->suspect_after,
        .offline_rentals = policy->offline_rentals,
        .retry_s = policy->message_retry_s,
        .grant_within_s = policy->grant_within_s,
    };
}

bool pile_may_have_key(struct command *command, const char *station)
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;

    return settings->may_tell_key && settings->may_tell_key(station, settings->user);
}

void pile_mark_key(struct command *command, const struct row_pile *pile, char text[PILE_KEY_TEXT_SIZE])
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    unsigned char key[OCPP_SETTLE_DIGEST_SIZE] = { 0 };

    command_fail(command, ocpp_settle_mark_pile_key(&settings->keys, settings->fleet_key, (uint32_t)pile->number, key));
    backend_hex(key, sizeof key, text);
}

/* The key a pile marks banks with when it is alone, told over an encrypted link only. In the store stands a message without it:
 * it is put in when it is sent. The list of known renters made with another one is void. False: the pile has none. */
static bool tell_key(struct command *command, struct row_pile *pile, const struct ocpp_settle_hello_req *hello)
{
    static const char without[] = "0000000000000000000000000000000000000000000000000000000000000000";
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    struct ocpp_settle_mark_key_req message = { .epoch = settings->mark_key_epoch, .pile = pile->number, .key = without };

    if (hello->has_mark_key_epoch && hello->mark_key_epoch == settings->mark_key_epoch) {
        return true;
    }
    if (!pile_may_have_key(command, pile->station)) {
        return false;
    }
    pile->known_version = 0;
    command_send(command, pile->station, "key", &ocpp_settle_actions[OCPP_SETTLE_ACTION_MARK_KEY], &message, &message.envelope);
    return true;
}

static void note(struct command *command, struct row_pile *pile, const struct ocpp_settle_hello_req *hello,
                 const struct agreed *agreed)
{
    const int64_t now = command_utc_ms(command);
    const bool knows_time = hello->now.has_utc && hello->now.status != OCPP_SETTLE_TIME_STATUS_UNKNOWN;

    pile->version = agreed->answer.version;
    pile->features.items = agreed->words;
    pile->features.count = agreed->answer.features.count;
    pile->max_bytes = agreed->answer.max_bytes;
    pile->serial = hello->serial;
    pile->clock_offset_ms = knows_time ? now - bounded(hello->now.utc) : 0;
    pile->boot = hello->now.boot;
    pile->mono_ms = hello->now.mono_ms;
    pile->seen_at = now;
    pile->slots = hello->has_slots ? hello->slots : 0;
    pile->is_off = false;
    pile->known_version = hello->has_known_renters_version ? hello->known_renters_version : 0;
}

void piles_hello(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_hello_req *hello = in->message;
    struct ocpp_settle_hello_conf *answer = in->answer;
    struct agreed agreed = { .words = NULL };
    struct row_pile *pile = agree(command, hello, &agreed) ? find_or_make(command, in->station) : NULL;

    if (!pile) {
        return;
    }
    note(command, pile, hello, &agreed);
    *answer = agreed.answer;
    answer->operator_ = command_settle(command)->settings.operator_id;
    answer->now = command_utc_ms(command);
    answer->policy = policy_for(command_policy(command));
    if (pile_has(pile, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS) && tell_key(command, pile, hello)) {
        known_renters_tell(command, pile);
    }
    command_put(command, pile_key(command, in->station), &row_pile_type, pile);
    if (pile_has(pile, OCPP_SETTLE_FEATURE_RENTAL_HOUSE)) {
        house_pile_said_hello(command, in->station, hello->has_cards_version ? hello->cards_version : 0);
    }
    start_pile_back(command, in->station);
    command_effect(command, outbox_greeted, in->station, strlen(in->station) + 1);
    command_tell(command, OCPP_SETTLE_EVENT_PILE, in->station, in->station, "On", pile->version);
}
