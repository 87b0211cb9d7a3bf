/* gate_number.c: the keypad: a number that is kept here opens its place; another one is asked of the backend. Who guesses waits,
 * also over a power cut (C4). */
#include "gate_inside.h"

#include <string.h>

enum { MOST_RESERVATIONS = 128, DIGITS = 8 };

static bool write_whole(const char *keyed, char number[GATE_NUMBER_SIZE])
{
    const char *digits = strncmp(keyed, "RSV", 3) == 0 ? keyed + 3 : keyed;
    if (strlen(digits) != DIGITS || strspn(digits, "0123456789") != DIGITS) {
        return false;
    }
    memcpy(number, "RSV", 3);
    memcpy(number + 3, digits, DIGITS + 1);
    return true;
}

static void tell(struct ocpp_settle_agent *agent, const char *text)
{
    const struct ocpp_settle_agent_event event = { .kind = OCPP_SETTLE_AGENT_NUMBER,
                                                   .evse = agent->gates->keypad.evse,
                                                   .text = text };
    pile_event(agent, &event);
}

static void right(struct ocpp_settle_agent *agent)
{
    struct keypad *keypad = &agent->gates->keypad;
    if (keypad->failures > 0) {
        keypad->failures = 0;
        keypad_note(agent);
    }
}

static void wrong(struct ocpp_settle_agent *agent)
{
    struct keypad *keypad = &agent->gates->keypad;
    keypad->failures++;
    if (keypad->failures >= agent->settings.number_tries) {
        keypad->failures = 0;
        keypad->locked_until = agent->now.mono_ms + agent->settings.number_locked_ms;
    }
    keypad_note(agent);
}

/* All are compared, each in a time that tells nothing. */
static const struct ocpp_reservation_view *find_kept(const struct ocpp_reservation_view *views, size_t count, int evse,
                                                     const char *number)
{
    const struct ocpp_reservation_view *found = NULL;
    for (size_t i = 0; i < count; i++) {
        const bool fits =
            (evse == 0 || views[i].evse == 0 || views[i].evse == evse) && strlen(views[i].token.id) == GATE_NUMBER_SIZE - 1;
        const bool same = fits && ocpp_settle_same_bytes(views[i].token.id, number, GATE_NUMBER_SIZE - 1);
        found = same ? &views[i] : found;
    }
    return found;
}

static enum ocpp_status present(struct ocpp_settle_agent *agent, int evse, const char *number, enum ocpp_token_type type)
{
    const struct ocpp_token token = { .id = number, .type = type };
    return ocpp_charge_point_token(agent->settings.cp, evse, &token, agent->now);
}

/* Not within a callback of the charge point. */
void keypad_present(struct ocpp_settle_agent *agent)
{
    struct keypad *keypad = &agent->gates->keypad;
    if (keypad->is_right) {
        keypad->is_right = false;
        if (present(agent, keypad->evse, keypad->number, OCPP_TOKEN_KEY_CODE) != OCPP_OK) {
            agent_log(agent, OCPP_LOG_WARNING, "keypad", "a number could not be presented");
        }
    }
}

/* --- the backend's word
 * ---------------------------------------------------------------------------------------------------------- */

static void judge(struct ocpp_settle_agent *agent, const struct ocpp_settle_number_entry_conf *answer)
{
    struct keypad *keypad = &agent->gates->keypad;
    if (answer->verdict == OCPP_SETTLE_NUMBER_VERDICT_MATCH) {
        right(agent);
        keypad->is_right = true;
        return;
    }
    if (answer->verdict == OCPP_SETTLE_NUMBER_VERDICT_UNKNOWN) {
        wrong(agent);
    }
    tell(agent, answer->text != NULL ? answer->text : "This number opens nothing here.");
}

static void judged(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *transfer, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct ocpp_settle_outcome outcome;
    (void)cp;
    pile_enter(agent, pile_now(agent));
    const enum ocpp_status status = ocpp_settle_wire_outcome(&agent->wire, &ocpp_settle_actions[OCPP_SETTLE_ACTION_NUMBER_ENTRY],
                                                             transfer, agent->scratch, &outcome);
    agent->gates->keypad.is_asking = false;
    if (status == OCPP_OK && outcome.verdict == OCPP_SETTLE_VERDICT_DONE && outcome.answer != NULL) {
        judge(agent, outcome.answer);
    } else {
        tell(agent, "Nobody can be asked about this number now.");
    }
    pile_leave(agent);
}

static enum ocpp_status ask(struct ocpp_settle_agent *agent, int evse, const char *number)
{
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_NUMBER_ENTRY];
    const struct ocpp_settle_number_entry_req message = { .evse = evse, .number = number };
    struct ocpp_data_transfer data;
    enum ocpp_status status = ocpp_settle_wire_write(&agent->wire, action, &message, agent->scratch, &data);
    if (status == OCPP_OK) {
        status = ocpp_charge_point_data_transfer(agent->settings.cp, &data, judged, agent, agent->now);
    }
    agent->gates->keypad.is_asking = status == OCPP_OK;
    return status;
}

/* --- keyed in
 * -------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status keyed_in(struct ocpp_settle_agent *agent, int evse)
{
    struct ocpp_reservation_view views[MOST_RESERVATIONS];
    struct keypad *keypad = &agent->gates->keypad;
    const size_t count = ocpp_charge_point_reservations(agent->settings.cp, views, MOST_RESERVATIONS);
    const struct ocpp_reservation_view *kept =
        find_kept(views, count < MOST_RESERVATIONS ? count : MOST_RESERVATIONS, evse, keypad->number);
    if (kept != NULL) {
        right(agent);
        return present(agent, kept->evse != 0 ? kept->evse : evse, keypad->number, kept->token.type);
    }
    if (agent->link == OCPP_SETTLE_AGENT_ON && agent->is_accepted && ask(agent, evse, keypad->number) == OCPP_OK) {
        return OCPP_OK;
    }
    wrong(agent);
    return OCPP_ERR_NOT_FOUND;
}

enum ocpp_status ocpp_settle_agent_number(struct ocpp_settle_agent *agent, int evse, const char *number, struct ocpp_now now)
{
    char whole[GATE_NUMBER_SIZE];
    struct keypad *keypad = &agent->gates->keypad;
    if (number == NULL || evse < 0 || !write_whole(number, whole)) {
        return OCPP_ERR_ARGUMENT;
    }
    pile_enter(agent, now);
    enum ocpp_status status = OCPP_ERR_BUSY;
    if (keypad->locked_until > agent->now.mono_ms) {
        status = OCPP_ERR_LIMIT;
    } else if (!keypad->is_asking) {
        keypad->locked_until = 0;
        keypad->evse = evse;
        memcpy(keypad->number, whole, sizeof(whole));
        status = keyed_in(agent, evse);
    }
    pile_leave(agent);
    return status;
}
