/* visit_numbers.c: what somebody keyed in at a pile, or a pile asks of a token: whether it is the number of a visit there. Wrong
 * ones are counted per pile; too many, and none is taken there for a while. The place stays usable by its user's phone (C4). */
#include "order_internal.h"
#include "visit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_SIZE = 160 };

static const char *keypad_key(struct command *command, const char *station)
{
    return command_key(command, "keypad", station, NULL);
}

static void wrong_one(struct command *command, const char *station, struct row_keypad keypad)
{
    const struct ocpp_settle_policy *policy = command_policy(command);

    keypad.tries++;
    if (keypad.tries >= policy->number_tries) {
        keypad.tries = 0;
        keypad.locked_until = command_utc_ms(command) + 1000 * policy->number_locked_s;
        command_tell(command, OCPP_SETTLE_EVENT_SECURITY, station, station, "NumbersGuessed", "too many wrong numbers in a row");
        command_state(command, "keypad", station, NULL, "Locked", "too many wrong numbers in a row");
    }
    command_put(command, keypad_key(command, station), &row_keypad_type, &keypad);
}

static enum ocpp_settle_number_verdict locked(struct command *command, const struct row_keypad *keypad, char *text)
{
    const int64_t left_s = (keypad->locked_until - command_utc_ms(command) + 999) / 1000;

    snprintf(text, TEXT_SIZE, "Too many wrong numbers: try again in %" PRId64 " minutes, or start with your phone.",
             (left_s + 59) / 60);
    return OCPP_SETTLE_NUMBER_VERDICT_LOCKED;
}

/* C5. A right number at the wrong pile is no guess: whoever has it is told where it opens something. */
static enum ocpp_settle_number_verdict elsewhere(struct command *command, const struct row_visit *visit, char *text)
{
    const struct row_place *place = visit_place(command, visit->station, visit->evse);

    snprintf(text, TEXT_SIZE, "Your place is at pile %s%s%s, connector %d.", visit->station, place && place->name ? ", " : "",
             place && place->name ? place->name : "", (int)visit->evse);
    return OCPP_SETTLE_NUMBER_VERDICT_WRONG_PILE;
}

static enum ocpp_settle_number_verdict judge_live(struct command *command, const struct row_visit *visit, const char *station,
                                                  char *text)
{
    if (visit_is_live(visit->state) && command_utc_ms(command) >= visit->until) {
        snprintf(text, TEXT_SIZE, "The time of this number is over.");
        return OCPP_SETTLE_NUMBER_VERDICT_TOO_LATE;
    }
    if (strcmp(visit->station, station) != 0) {
        return elsewhere(command, visit, text);
    }
    return OCPP_SETTLE_NUMBER_VERDICT_MATCH;
}

enum ocpp_settle_number_verdict visit_judge(struct command *command, const char *station, const char *number, char *text)
{
    const struct row_keypad *before = command_read(command, keypad_key(command, station), &row_keypad_type);
    const struct row_keypad keypad = before ? *before : (struct row_keypad){ .tries = 0 };

    const struct row_visit *visit = visit_with_number(command, number);

    text[0] = '\0';
    if (keypad.locked_until > command_utc_ms(command) && !(visit && visit->has_is_by_phone)) {
        return locked(command, &keypad, text);
    }
    if (!visit) {
        wrong_one(command, station, keypad);
        snprintf(text, TEXT_SIZE, "This is nobody's number.");
        return OCPP_SETTLE_NUMBER_VERDICT_UNKNOWN;
    }
    const enum ocpp_settle_number_verdict verdict = judge_live(command, visit, station, text);
    if (keypad.tries > 0 && verdict == OCPP_SETTLE_NUMBER_VERDICT_MATCH) { /* who guesses may have a number elsewhere */
        command_remove(command, keypad_key(command, station));
    }
    return verdict;
}

/* --- asked by a pile ----------------------------------------------------------------------------------------------------------
 */

void visit_number_entered(struct command *command, void *args)
{
    const struct incoming *in = args;
    const struct ocpp_settle_number_entry_req *message = in->message;
    struct ocpp_settle_number_entry_conf *answer = in->answer;
    char text[TEXT_SIZE];

    answer->verdict = visit_judge(command, in->station, message->number, text);
    answer->text = text[0] ? order_text(command, text) : NULL;
    if (answer->verdict == OCPP_SETTLE_NUMBER_VERDICT_LOCKED) {
        const struct row_keypad *keypad = command_read(command, keypad_key(command, in->station), &row_keypad_type);

        answer->has_locked_s = keypad != NULL;
        answer->locked_s = keypad ? (keypad->locked_until - command_utc_ms(command) + 999) / 1000 : 0;
    }
}

/* --- asked by a central system
 * -------------------------------------------------------------------------------------------------- */

struct asking {
    const char *station;
    const char *number;
    struct ocpp_settle_number *answer;
};

static void number_body(struct command *command, void *args)
{
    const struct asking *asking = args;

    asking->answer->verdict = visit_judge(command, asking->station, asking->number, asking->answer->text);
}

enum ocpp_status ocpp_settle_number(struct ocpp_settle *settle, const char *station, const struct ocpp_token *token,
                                    struct ocpp_settle_number *number, struct ocpp_now now)
{
    struct asking asking = { station, token->id, number };

    *number = (struct ocpp_settle_number){ .is_number = visit_number_has_form(token->id) };
    if (!number->is_number) {
        return OCPP_OK;
    }
    if (now.utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_STATE;
    }
    backend_enter(settle, now);
    return command_run(settle, "number", number_body, &asking, NULL);
}
