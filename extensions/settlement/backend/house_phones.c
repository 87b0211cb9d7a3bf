/* house_phones.c: phones are bound to cards. Who has only seen a QR code has nothing: the card has to be shown at a pile for this
 * purpose, or, of a charging card, the landlord has to let the phone in (B10). */
#include "house.h"
#include "account.h"
#include "timers.h"

#include <string.h>

enum { PHONE_NAME_MOST = 40, PHONES_REMEMBERED = 64 };

struct binding {
    const struct ocpp_settle_phone_wish *wish;
    const char *bearer;
};

/* --- who hears of it ----------------------------------------------------------------------------------------------------- */

/* |card| NULL: it is not known any more. */
static void tell_of_phone(struct command *command, const struct house_phone *phone, const struct house_card *card,
                          const char *text)
{
    command_tell_event(command, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_HOUSE,
                                                             .id = phone->id,
                                                             .state = ocpp_enum_name(&house_phone_state_enum, (int)phone->state),
                                                             .text = text,
                                                             .house = phone->house,
                                                             .tenant = card ? card->tenant : NULL });
}

static void tell_danger(struct command *command, const struct house_card *card, const char *station, const char *state,
                        const char *text)
{
    command_tell_event(command, &(struct ocpp_settle_event){ .kind = OCPP_SETTLE_EVENT_SECURITY,
                                                             .id = card->id,
                                                             .station = station,
                                                             .state = state,
                                                             .text = text,
                                                             .house = card->house,
                                                             .tenant = card->tenant });
}

/* --- asking -------------------------------------------------------------------------------------------------------------- */

static void refuse_secret(struct command *command)
{
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_CARD, "there is no such card with this secret");
}

/* Wrong secrets are counted even though the command is refused; while there were too many, none is looked at. */
static void count_wrong_secret(struct command *command, struct house_card *card)
{
    const struct ocpp_settle_policy *policy = command_policy(command);

    card->tries++;
    if (card->tries >= policy->house_secret_tries) {
        card->tries = 0;
        card->has_locked_until = true;
        card->locked_until = command_utc_ms(command) + 1000 * policy->house_secret_lock_s;
    }
    refuse_secret(command);
    command_bookkeeping(command, true);
    house_put_card(command, card);
    if (card->has_locked_until && card->tries == 0) {
        tell_danger(command, card, NULL, "Guessed", "too many wrong secrets of a card");
    }
    command_bookkeeping(command, false);
}

static bool knows_secret(struct command *command, struct house_card *card, const char *secret)
{
    const char *hash = account_digest(command, secret);

    if (!hash) {
        return false;
    }
    if (card->has_locked_until && card->locked_until > command_utc_ms(command)) {
        refuse_secret(command);
        return false;
    }
    if (!ocpp_settle_same_bytes(hash, card->secret_hash, strlen(hash))) {
        count_wrong_secret(command, card);
        return false;
    }
    card->tries = 0;
    card->has_locked_until = false;
    return true;
}

/* counting: phones of a card that wait or are bound. */
struct counting {
    int64_t asked;
    int64_t kept;
    const char *waits; /* the last one that does */
    const char *oldest;
    int64_t oldest_at;
};

static bool count_phone(struct command *command, const char *id, void *user)
{
    struct counting *counting = user;
    const struct house_phone *phone = command_read(command, command_key(command, "phone", id, NULL), &house_phone_type);

    counting->kept++;
    if (phone && phone->state == HOUSE_PHONE_STATE_ASKED && phone->expires_at > command_utc_ms(command)) {
        if (counting->asked == 0 || phone->asked_at < counting->oldest_at) {
            counting->oldest = id;
            counting->oldest_at = phone->asked_at;
        }
        counting->asked++;
        counting->waits = id;
    }
    return !command_failed(command);
}

static struct counting count_phones(struct command *command, const struct house_card *card)
{
    struct counting counting = { 0 };

    house_each(command, card->id, "phone", NULL, count_phone, &counting);
    return counting;
}

static bool has_room(struct command *command, const struct house_card *card)
{
    const int64_t most = command_policy(command)->house_phones_per_card;
    const struct counting counting = count_phones(command, card);

    if (card->state != HOUSE_CARD_STATE_ACTIVE) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the card is not active");
    } else if (card->phones >= most || counting.kept >= PHONES_REMEMBERED) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many phones as a card may have");
    }
    return !command_failed(command);
}

static void end_phone(struct command *command, struct house_phone *phone, enum house_phone_state state, const char *why);

/* Who only has a picture of the code may not keep the card's holder from asking: the one that waits longest gives way. */
static void make_room(struct command *command, const struct house_card *card)
{
    const struct counting counting = count_phones(command, card);
    struct house_phone *oldest =
        counting.asked >= command_policy(command)->house_phones_per_card
            ? command_edit(command, command_key(command, "phone", counting.oldest, NULL), &house_phone_type)
            : NULL;

    if (oldest) {
        end_phone(command, oldest, HOUSE_PHONE_STATE_EXPIRED, "another phone asked");
    }
}

static void bind_body(struct command *command, void *args)
{
    const struct binding *binding = args;
    const struct ocpp_settle_policy *policy = command_policy(command);
    struct house_card *card =
        ocpp_settle_id_is_valid(binding->wish->card)
            ? command_edit(command, command_key(command, "card", binding->wish->card, NULL), &house_card_type)
            : NULL;

    if (!card) {
        refuse_secret(command);
        return;
    }
    if (!knows_secret(command, card, binding->wish->secret) || !has_room(command, card)) {
        return;
    }
    const int64_t waits_s = card->kind == HOUSE_CARD_KIND_CHARGING ? policy->house_approve_within_s : policy->house_bind_within_s;
    const struct house_phone phone = {
        .id = command_id(command),
        .house = card->house,
        .card = card->id,
        .state = HOUSE_PHONE_STATE_ASKED,
        .name = binding->wish->name,
        .bearer_hash = account_digest(command, binding->bearer),
        .asked_at = command_utc_ms(command),
        .expires_at = command_utc_ms(command) + 1000 * waits_s,
    };
    if (command_failed(command)) {
        return;
    }
    make_room(command, card);
    house_put_card(command, card);
    house_put_phone(command, &phone);
    command_put(command, command_key(command, "bearer", phone.bearer_hash, NULL), &house_listed_type,
                &(struct house_listed){ .id = phone.id });
    house_list(command, card->id, "phone", phone.id);
    command_timer(command, TIMER_PHONE_EXPIRES, phone.id, phone.expires_at);
    command_state(command, "phone", phone.id, NULL, "Asked", NULL);
    tell_of_phone(command, &phone, card, "a phone wants to be bound to a card");
    command_result(command, phone.id);
}

enum ocpp_status ocpp_settle_phone_bind(struct ocpp_settle *settle, const struct ocpp_settle_phone_wish *wish,
                                        char bearer[OCPP_SETTLE_BEARER_SIZE], const struct ocpp_settle_done *done,
                                        struct ocpp_now now)
{
    struct binding binding = { wish, bearer };

    if (!wish->card || !wish->secret || strlen(wish->secret) >= OCPP_SETTLE_CARD_SECRET_SIZE ||
        !house_text_fits(wish->name, PHONE_NAME_MOST)) {
        return OCPP_ERR_ARGUMENT;
    }
    house_secret(settle, bearer, 2);
    return house_run(settle, "bind phone", bind_body, &binding, done, now);
}

/* --- letting in ---------------------------------------------------------------------------------------------------------- */

static void let_in(struct command *command, struct house_card *card, struct house_phone *phone, const char *by)
{
    phone->state = HOUSE_PHONE_STATE_BOUND;
    phone->has_bound_at = true;
    phone->bound_at = command_utc_ms(command);
    phone->bound_by = by;
    card->phones++;
    house_put_phone(command, phone);
    house_put_card(command, card);
    command_timer_stop(command, TIMER_PHONE_EXPIRES, phone->id);
    command_state(command, "phone", phone->id, "Asked", "Bound", by);
    tell_of_phone(command, phone, card, by);
}

static void end_phone(struct command *command, struct house_phone *phone, enum house_phone_state state, const char *why)
{
    const char *from = ocpp_enum_name(&house_phone_state_enum, (int)phone->state);
    struct house_card *card = command_edit(command, command_key(command, "card", phone->card, NULL), &house_card_type);
    const char *to = ocpp_enum_name(&house_phone_state_enum, (int)state);

    if (card && phone->state == HOUSE_PHONE_STATE_BOUND && card->phones > 0) {
        card->phones--;
        house_put_card(command, card);
    }
    phone->state = state;
    phone->has_ended_at = true;
    phone->ended_at = command_utc_ms(command);
    house_put_phone(command, phone);
    house_unlist(command, phone->card, "phone", phone->id);
    command_remove(command, command_key(command, "bearer", phone->bearer_hash, NULL));
    command_timer_stop(command, TIMER_PHONE_EXPIRES, phone->id);
    command_state(command, "phone", phone->id, from, to, why);
    tell_of_phone(command, phone, card, why);
}

struct refusing {
    struct house_card *card;
};

static bool refuse_one(struct command *command, const char *id, void *user)
{
    struct house_phone *phone = command_edit(command, command_key(command, "phone", id, NULL), &house_phone_type);

    (void)user;
    if (phone && phone->state == HOUSE_PHONE_STATE_ASKED) {
        end_phone(command, phone, HOUSE_PHONE_STATE_EXPIRED, "two phones asked, and one card was shown");
    }
    return !command_failed(command);
}

/* Which of two phones is the one in the hand of who shows the card nobody can say: both ask again. */
static const char *refuse_all(struct command *command, const struct house_card *card, const char *station)
{
    house_each(command, card->id, "phone", NULL, refuse_one, NULL);
    tell_danger(command, card, station, "TwoPhones", "two phones asked for one card");
    return "another phone asks for this card as well: begin again";
}

const char *house_card_presented(struct command *command, struct house_card *card, const char *station)
{
    const struct counting counting = count_phones(command, card);
    const int64_t within_ms = 1000 * command_policy(command)->house_bind_within_s;
    struct house_phone *phone =
        counting.waits ? command_edit(command, command_key(command, "phone", counting.waits, NULL), &house_phone_type) : NULL;

    card->has_shown_at = true;
    card->shown_at = command_utc_ms(command);
    card->shown_where = station;
    house_put_card(command, card);
    if (counting.asked > 1) {
        return refuse_all(command, card, station);
    }
    if (!phone || phone->asked_at + within_ms < command_utc_ms(command)) {
        return "no phone has asked for this card: scan its code first";
    }
    if (card->state != HOUSE_CARD_STATE_ACTIVE || card->phones >= command_policy(command)->house_phones_per_card) {
        return "this card cannot have a phone more";
    }
    let_in(command, card, phone, "card");
    return "the phone is bound";
}

void house_phone_presented(struct command *command, struct house_card *card, const char *id, const char *station)
{
    const int64_t within_ms = 1000 * command_policy(command)->house_bind_within_s;
    struct house_phone *phone =
        ocpp_settle_id_is_valid(id) ? command_edit(command, command_key(command, "phone", id, NULL), &house_phone_type) : NULL;

    if (!phone || strcmp(phone->card, card->id) != 0 || phone->state != HOUSE_PHONE_STATE_ASKED ||
        phone->asked_at + within_ms < command_utc_ms(command)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_PHONE, "the phone has not asked for this card, or too long ago");
        return;
    }
    if (card->state != HOUSE_CARD_STATE_ACTIVE || card->phones >= command_policy(command)->house_phones_per_card) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "this card cannot have a phone more");
        return;
    }
    card->has_shown_at = true;
    card->shown_at = command_utc_ms(command);
    card->shown_where = station;
    if (count_phones(command, card).asked > 1) { /* whose phone was there when the holder wanted to bind one nobody can say */
        house_put_card(command, card);
        (void)refuse_all(command, card, station);
        return;
    }
    let_in(command, card, phone, "card");
    command_result(command, phone->id);
}

struct phone_act {
    const struct ocpp_settle_house_caller *caller;
    const char *phone;
};

static void approve_body(struct command *command, void *args)
{
    const struct phone_act *act = args;
    struct house_scope scope;
    struct house_phone *phone;
    struct house_card *card;

    if (!house_enter(command, act->caller, OCPP_SETTLE_RIGHT_MANAGE_TENANTS, &scope)) {
        return;
    }
    phone = house_edit_phone(command, scope.house->id, act->phone);
    card = phone ? house_edit_card(command, scope.house->id, phone->card) : NULL;
    if (!card) {
        return;
    }
    if (card->kind == HOUSE_CARD_KIND_PRIVILEGE) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "a privilege card has to be shown at the pile");
    } else if (phone->state != HOUSE_PHONE_STATE_ASKED || phone->expires_at <= command_utc_ms(command) ||
               card->state != HOUSE_CARD_STATE_ACTIVE) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the phone does not wait, or its card is not active");
    } else if (card->phones >= command_policy(command)->house_phones_per_card) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many phones as a card may have");
    } else {
        let_in(command, card, phone, scope.by);
        house_did(command, &scope, &(struct house_act){ .what = "approve phone", .subject = phone->id });
        command_result(command, phone->id);
    }
}

static bool may_revoke(const struct house_scope *scope, const struct house_phone *phone)
{
    return (scope->rights & OCPP_SETTLE_RIGHT_MANAGE_TENANTS) || (scope->card && strcmp(scope->card, phone->card) == 0);
}

static void revoke_body(struct command *command, void *args)
{
    const struct phone_act *act = args;
    struct house_scope scope;
    struct house_phone *phone;

    if (!house_enter(command, act->caller, HOUSE_ALL_RIGHTS, &scope)) {
        return;
    }
    phone = house_edit_phone(command, scope.house->id, act->phone);
    if (phone && !may_revoke(&scope, phone)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_PHONE, "there is no such phone");
    } else if (phone && phone->state != HOUSE_PHONE_STATE_ASKED && phone->state != HOUSE_PHONE_STATE_BOUND) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the phone has no right any more");
    } else if (phone) {
        end_phone(command, phone, HOUSE_PHONE_STATE_REVOKED, "revoked");
        house_did(command, &scope, &(struct house_act){ .what = "revoke phone", .subject = phone->id });
        command_result(command, phone->id);
    }
}

enum ocpp_status ocpp_settle_phone_approve(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                           const char *phone, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return caller->house && phone
               ? house_run(settle, "approve phone", approve_body, &(struct phone_act){ caller, phone }, done, now)
               : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_settle_phone_revoke(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                          const char *phone, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return caller->house && phone
               ? house_run(settle, "revoke phone", revoke_body, &(struct phone_act){ caller, phone }, done, now)
               : OCPP_ERR_ARGUMENT;
}

void house_phone_expires(struct command *command, void *id)
{
    struct house_phone *phone = command_edit(command, command_key(command, "phone", id, NULL), &house_phone_type);

    if (phone && phone->state == HOUSE_PHONE_STATE_ASKED) {
        end_phone(command, phone, HOUSE_PHONE_STATE_EXPIRED, "nobody let it in");
    }
}

/* --- who ----------------------------------------------------------------------------------------------------------------- */

struct asking_scope {
    const char *bearer;
    struct ocpp_settle_phone_scope *scope;
    bool is_known;
};

static void copy_text(char *to, size_t room, const char *from)
{
    const size_t size = from ? strlen(from) : 0;

    to[0] = '\0';
    if (size < room && from) {
        memcpy(to, from, size + 1);
    }
}

static void scope_body(struct command *command, void *args)
{
    struct asking_scope *asking = args;
    const struct house_phone *phone;
    const struct house_card *card;

    asking->is_known = false;
    if (!house_phone_of(command, asking->bearer, &phone, &card)) {
        return;
    }
    *asking->scope = (struct ocpp_settle_phone_scope){ .rights = house_phone_counts(phone, card) ? house_rights(card) : 0 };
    copy_text(asking->scope->house, sizeof asking->scope->house, card->house);
    copy_text(asking->scope->card, sizeof asking->scope->card, card->id);
    copy_text(asking->scope->tenant, sizeof asking->scope->tenant, card->tenant);
    copy_text(asking->scope->phone, sizeof asking->scope->phone, phone->id);
    copy_text(asking->scope->token, sizeof asking->scope->token, card->token);
    asking->is_known = card->state == HOUSE_CARD_STATE_ACTIVE;
}

enum ocpp_status ocpp_settle_phone_scope(struct ocpp_settle *settle, const char *bearer, struct ocpp_settle_phone_scope *scope,
                                         struct ocpp_now now)
{
    struct asking_scope asking = { bearer, scope, false };
    const enum ocpp_status status = bearer ? house_run(settle, "show", scope_body, &asking, NULL, now) : OCPP_ERR_ARGUMENT;

    return status != OCPP_OK ? status : asking.is_known ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}
