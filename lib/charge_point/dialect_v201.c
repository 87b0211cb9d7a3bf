/* dialect_v201.c: what a charge point says in OCPP 2.0.1. What it hears is in dialect_v201_calls.c.
 *
 * Every fact of a transaction is a TransactionEvent: the first told is Started, the last Ended. Place and token are told once
 * each (E01.FR.16, E03.FR.01), numbers count the messages, with gaps where facts were given up. */
#include "dialect_v201.h"

#include <string.h>

#include "vocabulary_v201.h"

static const struct ocpp_action *action(enum ocpp201_action index)
{
    return &ocpp201_actions[index];
}

/* --- registration
 * ------------------------------------------------------------------------------------------------------------------------- */

static void on_boot_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    const struct ocpp201_boot_notification_res *response = answer->response;
    ocpp_cp_boot_answered(cp, (enum ocpp_registration)ocpp_word_from_wire(&ocpp_v201_registrations, (int)response->status),
                          response->interval, response->current_time);
}

static enum ocpp_status send_boot(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason)
{
    static const enum ocpp201_boot_reason reasons[] = {
        [OCPP_BOOT_REASON_NOTED] = OCPP201_BOOT_REASON_UNKNOWN,
        [OCPP_BOOT_REASON_POWER_UP] = OCPP201_BOOT_REASON_POWER_UP,
        [OCPP_BOOT_REASON_REMOTE_RESET] = OCPP201_BOOT_REASON_REMOTE_RESET,
        [OCPP_BOOT_REASON_LOCAL_RESET] = OCPP201_BOOT_REASON_LOCAL_RESET,
        [OCPP_BOOT_REASON_APPLICATION_RESET] = OCPP201_BOOT_REASON_APPLICATION_RESET,
        [OCPP_BOOT_REASON_FIRMWARE_UPDATE] = OCPP201_BOOT_REASON_FIRMWARE_UPDATE,
        [OCPP_BOOT_REASON_SCHEDULED_RESET] = OCPP201_BOOT_REASON_SCHEDULED_RESET,
        [OCPP_BOOT_REASON_TRIGGERED] = OCPP201_BOOT_REASON_TRIGGERED,
        [OCPP_BOOT_REASON_UNKNOWN] = OCPP201_BOOT_REASON_UNKNOWN,
        [OCPP_BOOT_REASON_WATCHDOG] = OCPP201_BOOT_REASON_WATCHDOG,
    };
    const struct ocpp201_modem modem = {
        .iccid = cp->iccid[0] == '\0' ? NULL : cp->iccid,
        .imsi = cp->imsi[0] == '\0' ? NULL : cp->imsi,
    };
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    const struct ocpp201_boot_notification_req request = {
        .reason = reasons[reason],
        .charging_station = {
            .serial_number = settings->serial_number,
            .model = settings->model,
            .vendor_name = settings->vendor,
            .firmware_version = settings->firmware_version,
            .modem = modem.iccid == NULL && modem.imsi == NULL ? NULL : &modem,
        },
    };
    return ocpp_cp_send(cp, action(OCPP201_ACTION_BOOT_NOTIFICATION), &request, NULL, on_boot_answer);
}

static void on_heartbeat_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    const struct ocpp201_heartbeat_res *response = answer->response;
    ocpp_cp_heartbeat_answered(user, response->current_time);
}

static enum ocpp_status send_heartbeat(struct ocpp_charge_point *cp)
{
    const struct ocpp201_heartbeat_req request = { 0 };
    return ocpp_cp_send(cp, action(OCPP201_ACTION_HEARTBEAT), &request, NULL, on_heartbeat_answer);
}

/* --- status
 * ---------------------------------------------------------------------------------------------------------------------------------
 */

/* A connector is only occupied by a vehicle: where somebody was authorised first, it is still available until one is plugged in
 * (E03). What
 * belongs to something faulted is unavailable, not faulted itself (G03.FR.06, G04.FR.07). */
static int status_word(const struct status_report *report)
{
    const bool is_waiting = report->status == OCPP_CONNECTOR_PREPARING || report->status == OCPP_CONNECTOR_FINISHING;
    enum ocpp_connector_status said = is_waiting && !report->plugged ? OCPP_CONNECTOR_AVAILABLE : report->status;
    said = report->fault_is_inherited ? OCPP_CONNECTOR_UNAVAILABLE : said;
    return ocpp_word_to_wire(&ocpp_v201_connector_statuses, (int)said);
}

static void on_status_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    ocpp_cp_status_answered(user, answer->status);
}

static enum ocpp_status send_status(struct ocpp_charge_point *cp, const struct status_report *report)
{
    const struct ocpp201_status_notification_req request = {
        .timestamp = ocpp_cp_date(cp, &report->since),
        .connector_status = (enum ocpp201_connector_status)status_word(report),
        .evse_id = report->evse,
        .connector_id = report->connector,
    };
    return ocpp_cp_send(cp, action(OCPP201_ACTION_STATUS_NOTIFICATION), &request, NULL, on_status_answer);
}

/* --- authorization
 * ---------------------------------------------------------------------------------------------------------------------------- */

/* A token whose kind nobody knows is most likely a card. */
static struct ocpp201_id_token id_token_of(const struct token *token)
{
    const int kind = ocpp_word_to_wire(&ocpp_v201_token_types, (int)token->type);
    return (struct ocpp201_id_token){
        .id_token = token->id,
        .type = kind == 0 ? OCPP201_ID_TOKEN_KIND_ISO14443 : (enum ocpp201_id_token_kind)kind,
    };
}

/* Nobody may be told of, too: the empty text of the type NoAuthorization (C02.FR.01). */
static bool is_somebody(const struct token *token)
{
    return token->id[0] != '\0' || token->type == OCPP_TOKEN_NO_AUTHORIZATION;
}

static void on_authorize_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    const struct ocpp201_authorize_res *response = answer->response;
    struct token_info info;
    ocpp_cp_v201_token_info(&response->id_token_info, &info);
    ocpp_cp_authorize_answered(user, &info);
}

static enum ocpp_status send_authorize(struct ocpp_charge_point *cp, const struct token *token)
{
    const struct ocpp201_authorize_req request = { .id_token = id_token_of(token) };
    return ocpp_cp_send(cp, action(OCPP201_ACTION_AUTHORIZE), &request, NULL, on_authorize_answer);
}

/* --- facts
 * ------------------------------------------------------------------------------------------------------------------------------------
 */

/* The first fact at a start point starts the transaction (E01), the last one ends it (E06). */
static enum telling judge(const struct fact *fact, const struct told *told)
{
    if (fact->is_reading) {
        return TELL_READING;
    }
    if (!told->started) {
        return fact->early || fact->closed ? TELL_NOTHING : TELL_START;
    }
    return fact->closed ? TELL_END : TELL_UPDATE;
}

/* A token is told once for each time somebody was authorised (E01.FR.10, E02.FR.20). */
static bool has_news_of_token(const struct fact *fact, const struct told *told)
{
    return is_somebody(&fact->token) && (!told->token_told || fact->grants > told->grants);
}

/* A reservation is told with the first event of whoever used it (E03.FR.03; F02.FR.06; H01.FR.15). */
static bool has_news_of_reservation(const struct fact *fact, const struct told *told)
{
    return fact->has_reservation_id && (!told->reservation_told || fact->grants > told->grants);
}

static void note(enum telling telling, const struct fact *fact, struct told *told)
{
    told->started = told->started || telling == TELL_START;
    told->place_told = told->place_told || fact->plugged;
    told->token_told = told->token_told || has_news_of_token(fact, told);
    told->grants = fact->grants;
    told->reservation_told = fact->has_reservation_id;
    told->phases = fact->phases != 0 ? fact->phases : told->phases;
    told->next_seq_no++;
}

/* Of whom a message speaks: who began it, until that was told, then who ended it. */
static const struct token *told_token(const struct fact *fact, const struct told *told)
{
    return has_news_of_token(fact, told) ? &fact->token : &fact->ender;
}

static void on_meter_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    const struct fact_answer heard = { .group = NULL };
    ocpp_cp_fact_answered(user, &heard);
}

static void on_fact_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    struct ocpp_charge_point *cp = user;
    const struct ocpp201_transaction_event_res *response = answer->response;
    struct token_info info = { .authorization = OCPP_AUTHORIZATION_UNKNOWN_STATUS };
    if (response->id_token_info != NULL) {
        ocpp_cp_v201_token_info(response->id_token_info, &info);
        ocpp_cp_token_told(cp, told_token(&cp->queue.fact, &cp->queue.told), &info);
    }
    const struct fact_answer heard = {
        .authorization = (enum ocpp_authorization)info.authorization,
        .group = info.group[0] == '\0' ? NULL : info.group,
        .has_cost = response->has_total_cost,
        .cost = response->total_cost,
        .message = response->updated_personal_message != NULL ? ocpp_cp_v201_driver_text(response->updated_personal_message)
                                                              : info.message,
    };
    ocpp_cp_fact_answered(cp, &heard);
}

static enum ocpp201_transaction_event event_of(enum telling telling)
{
    static const enum ocpp201_transaction_event events[] = {
        [TELL_START] = OCPP201_TRANSACTION_EVENT_STARTED,
        [TELL_UPDATE] = OCPP201_TRANSACTION_EVENT_UPDATED,
        [TELL_END] = OCPP201_TRANSACTION_EVENT_ENDED,
    };
    return events[telling];
}

static void fill_info(const struct fact *fact, enum telling telling, const char *uuid, struct ocpp201_transaction *info)
{
    *info = (struct ocpp201_transaction){
        .transaction_id = uuid,
        .charging_state = (enum ocpp201_charging_state)ocpp_word_to_wire(&ocpp_v201_charging_states, (int)fact->charging_state),
        .remote_start_id = fact->remote_start_id,
    };
    if (telling == TELL_END) {
        info->stopped_reason = (enum ocpp201_reason)ocpp_word_to_wire(&ocpp_v201_stop_reasons, (int)fact->reason);
    }
}

/* Of a meter where no transaction runs; 0 is the main one (J01.FR.02, FR.03). */
static enum ocpp_status send_reading_of(struct ocpp_charge_point *cp, const struct fact *fact, const char *id)
{
    struct ocpp201_meter_value value;
    struct key_rule keys = ocpp_cp_key_rule(cp, NULL);
    ocpp_cp_v201_fill_meter_value(cp, &fact->reading, EVERY_MEASURAND, &keys, &value);
    const struct ocpp201_meter_values_req request = { .evse_id = fact->evse, .meter_value = { &value, 1 } };
    return value.sampled_value.count == 0 ? OCPP_ERR_NOMEM
                                          : ocpp_cp_send(cp, action(OCPP201_ACTION_METER_VALUES), &request, id, on_meter_answer);
}

static enum ocpp_status send_fact(struct ocpp_charge_point *cp, enum telling telling, const struct fact *fact,
                                  const struct told *told)
{
    char id[UUID_TEXT_SIZE];
    char uuid[UUID_TEXT_SIZE];
    ocpp_uuid_text(fact->id, id);
    ocpp_uuid_text(fact->uuid, uuid);
    ocpp_arena_reset(cp->arena);
    ocpp_cp_signed_of_head(cp);
    if (telling == TELL_READING) {
        return send_reading_of(cp, fact, id);
    }
    size_t count;
    const struct ocpp201_meter_value *values = ocpp_cp_v201_account(cp, telling, fact, told, &count);
    const struct ocpp201_evse evse = { .id = fact->evse, .has_connector_id = true, .connector_id = fact->connector };
    const bool is_news = has_news_of_token(fact, told);
    const bool is_remote = is_news && fact->has_remote_start_id; /* F01.FR.19, FR.25; F02.FR.01, FR.21 */
    const enum ocpp_trigger trigger = is_remote ? OCPP_TRIGGER_REMOTE_START : (enum ocpp_trigger)fact->trigger;
    const struct token *who = told_token(fact, told);
    const struct ocpp201_id_token token = id_token_of(who);
    struct ocpp201_transaction_event_req request = {
        .event_type = event_of(telling),
        .meter_value = { values, count },
        .timestamp = ocpp_cp_date(cp, &fact->when),
        .trigger_reason = (enum ocpp201_trigger_reason)ocpp_word_to_wire(&ocpp_v201_triggers, (int)trigger),
        .seq_no = told->next_seq_no,
        .has_offline = ocpp_cp_fact_is_offline(cp, fact),
        .offline = true,
        .evse = fact->plugged && !told->place_told ? &evse : NULL,
        .id_token = is_somebody(who) ? &token : NULL,
        .has_reservation_id = has_news_of_reservation(fact, told),
        .reservation_id = fact->reservation_id,
        .has_number_of_phases_used = fact->phases != 0 && fact->phases != told->phases, /* E02.FR.18, FR.19 */
        .number_of_phases_used = fact->phases,
    };
    fill_info(fact, telling, uuid, &request.transaction_info);
    request.transaction_info.has_remote_start_id = is_remote;
    return ocpp_cp_send(cp, action(OCPP201_ACTION_TRANSACTION_EVENT), &request, id, on_fact_answer);
}

const struct dialect ocpp_cp_dialect_v201 = {
    .version = OCPP_VERSION_2_0_1,
    .family = FAMILY_NAMED,
    .when_rejected = OCPP_ERR_NOT_ACCEPTED, /* B03.FR.08 */
    .has_station_status = false,
    .has_tx_points = true,
    .supports = ocpp_cp_v201_supports,
    .on_call = ocpp_cp_v201_on_call,
    .send_boot = send_boot,
    .send_heartbeat = send_heartbeat,
    .send_status = send_status,
    .send_authorize = send_authorize,
    .send_reading = ocpp_cp_v201_send_reading,
    .triggered_use = USE_CLOCK, /* F06.FR.06 */
    .status_word = status_word,
    .judge = judge,
    .send_fact = send_fact,
    .note = note,
    .answer_unlock = ocpp_cp_v201_answer_unlock,
    .send_reservation_end = ocpp_cp_v201_send_reservation_end,
    .answer_data_transfer = ocpp_cp_v201_answer_data_transfer,
    .send_data_transfer = ocpp_cp_v201_send_data_transfer,
    .send_rest = ocpp_cp_v201_send_rest,
    .send_report = ocpp_cp_v201_send_report,
    .send_profiles = ocpp_cp_v201_send_profiles,
    .send_limit = ocpp_cp_v201_send_limit,
    .blocks = ocpp_cp_v201_blocks,
};
