/* dialect_v16.c: what a charge point says in OCPP 1.6. What it hears is in dialect_v16_calls.c.
 *
 * A transaction starts when vehicle and driver are both there, has the number the central system gives it, and -1 when it gave
 * none (errata 3.18). Connectors are numbered in a row; changes of the charging state are told by the status of the connector
 * only. */
#include "dialect_v16.h"

#include <string.h>

#include "vocabulary_v16.h"

enum { NO_TRANSACTION_NUMBER = -1, VENDOR_CHARACTERS = 20 };

static const struct ocpp_action *action(enum ocpp16_action index)
{
    return &ocpp16_actions[index];
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
    const struct ocpp16_boot_notification_conf *conf = answer->response;
    ocpp_cp_boot_answered(cp, (enum ocpp_registration)ocpp_word_from_wire(&ocpp_v16_registrations, (int)conf->status),
                          conf->interval, conf->current_time);
}

static enum ocpp_status send_boot(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason)
{
    (void)reason; /* 1.6 has no word for it */
    char vendor[VENDOR_CHARACTERS * 4 + 1];
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    ocpp_text_cut(vendor, sizeof(vendor), settings->vendor, VENDOR_CHARACTERS);
    const struct ocpp16_boot_notification_req request = {
        .charge_point_vendor = vendor,
        .charge_point_model = settings->model,
        .charge_point_serial_number = settings->serial_number,
        .charge_box_serial_number = settings->charge_box_serial_number,
        .firmware_version = settings->firmware_version,
        .iccid = cp->iccid[0] == '\0' ? NULL : cp->iccid,
        .imsi = cp->imsi[0] == '\0' ? NULL : cp->imsi,
        .meter_serial_number = settings->meter_serial_number,
        .meter_type = settings->meter_type,
    };
    return ocpp_cp_send(cp, action(OCPP16_ACTION_BOOT_NOTIFICATION), &request, NULL, on_boot_answer);
}

static void on_heartbeat_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    const struct ocpp16_heartbeat_conf *conf = answer->response;
    ocpp_cp_heartbeat_answered(user, conf->current_time);
}

static enum ocpp_status send_heartbeat(struct ocpp_charge_point *cp)
{
    const struct ocpp16_heartbeat_req request = { 0 };
    return ocpp_cp_send(cp, action(OCPP16_ACTION_HEARTBEAT), &request, NULL, on_heartbeat_answer);
}

/* --- status
 * ---------------------------------------------------------------------------------------------------------------------------------
 */

/* The status, and beside it the error code: a change of either is news. */
static int status_word(const struct status_report *report)
{
    return ocpp_word_to_wire(&ocpp_v16_connector_statuses, (int)report->status) | report->fault_code << 8;
}

static void on_status_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    ocpp_cp_status_answered(user, answer->status);
}

static enum ocpp_status send_status(struct ocpp_charge_point *cp, const struct status_report *report)
{
    const int64_t since = ocpp_cp_date(cp, &report->since);
    struct ocpp16_status_notification_req request = {
        .connector_id = report->evse == 0 ? 0 : ocpp_cp_row_number(cp, report->evse, report->connector),
        .error_code = OCPP16_CHARGE_POINT_ERROR_CODE_NO_ERROR,
        .status = (enum ocpp16_charge_point_status)ocpp_word_to_wire(&ocpp_v16_connector_statuses, (int)report->status),
        .has_timestamp = since != OCPP_UTC_UNKNOWN,
        .timestamp = since,
    };
    if (report->is_pulled) {
        request.info = "EV side disconnected"; /* 4.9 */
    }
    if (report->fault != NULL) {
        request.error_code =
            (enum ocpp16_charge_point_error_code)ocpp_enum_value(&ocpp16_charge_point_error_code_enum, report->fault->code);
        request.info = report->fault->info;
        request.vendor_id = report->fault->vendor_id;
        request.vendor_error_code = report->fault->vendor_error_code;
    }
    return ocpp_cp_send(cp, action(OCPP16_ACTION_STATUS_NOTIFICATION), &request, NULL, on_status_answer);
}

/* --- authorization
 * ---------------------------------------------------------------------------------------------------------------------------- */

static void on_authorize_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    const struct ocpp16_authorize_conf *conf = answer->response;
    struct token_info info;
    ocpp_cp_v16_token_info(&conf->id_tag_info, &info);
    ocpp_cp_authorize_answered(user, &info);
}

static enum ocpp_status send_authorize(struct ocpp_charge_point *cp, const struct token *token)
{
    const struct ocpp16_authorize_req request = { .id_tag = token->id };
    return ocpp_cp_send(cp, action(OCPP16_ACTION_AUTHORIZE), &request, NULL, on_authorize_answer);
}

/* --- facts
 * ------------------------------------------------------------------------------------------------------------------------------------
 */

/* A transaction is as long as somebody is authorised and had the vehicle plugged in (4.8); that a cable is out for a while may
 * suspend it (4.10). What is read where it begins and ends is told there. */
static enum telling judge(const struct fact *fact, const struct told *told)
{
    const bool is_edge =
        fact->reading.context == OCPP_CONTEXT_TRANSACTION_BEGIN || fact->reading.context == OCPP_CONTEXT_TRANSACTION_END;
    if (fact->is_reading) {
        return ocpp_cp_v16_has_sayable(&fact->reading) ? TELL_READING : TELL_NOTHING;
    }
    if (!told->started) {
        return fact->plugged && fact->authorized && !fact->closed ? TELL_START : TELL_NOTHING;
    }
    if (fact->closed || !fact->authorized) {
        return TELL_END;
    }
    const bool is_begun = is_edge && fact->trigger == OCPP_TRIGGER_METER_VALUE_PERIODIC; /* the paper on signed values, 3.3.4 */
    return (!is_edge || is_begun) && ocpp_cp_v16_has_sayable(&fact->reading) ? TELL_UPDATE : TELL_NOTHING;
}

/* Where the session goes on after a transaction has ended, the next one in it has a number of its own. */
static void note(enum telling telling, const struct fact *fact, struct told *told)
{
    if (telling == TELL_START) {
        told->began = fact->when;
    }
    told->is_later = told->is_later || telling == TELL_END;
    told->started = telling != TELL_END && (told->started || telling == TELL_START);
    told->has_wire_number = told->started && told->has_wire_number;
}

static void on_start_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    struct ocpp_charge_point *cp = user;
    const struct ocpp16_start_transaction_conf *conf = answer->response;
    struct token_info info;
    ocpp_cp_v16_token_info(&conf->id_tag_info, &info);
    const struct fact_answer heard = {
        .has_wire_number = true,
        .wire_number = conf->transaction_id,
        .authorization = (enum ocpp_authorization)info.authorization,
        .group = conf->id_tag_info.parent_id_tag,
    };
    ocpp_cp_token_told(cp, &cp->queue.fact.token, &info);
    ocpp_cp_fact_answered(cp, &heard);
}

/* Of the answers to what comes later only that they came matters: a token is judged at its start (errata 3.17). */
static void on_fact_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    const struct fact_answer heard = { .group = NULL };
    ocpp_cp_fact_answered(user, &heard);
}

/* … but what is said of who stopped it is kept (3.5.1). */
static void on_end_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct ocpp_charge_point *cp = user;
    const struct ocpp16_stop_transaction_conf *conf = answer->response;
    if (answer->status == OCPP_OK && conf->id_tag_info != NULL) {
        struct token_info info;
        ocpp_cp_v16_token_info(conf->id_tag_info, &info);
        ocpp_cp_token_told(cp, &cp->queue.fact.ender, &info);
    }
    on_fact_answer(rpc, answer, user);
}

static enum ocpp_status send_start(struct ocpp_charge_point *cp, const struct fact *fact, const char *id)
{
    const struct ocpp16_start_transaction_req request = {
        .connector_id = ocpp_cp_row_number(cp, fact->evse, fact->connector),
        .id_tag = fact->token.type == OCPP_TOKEN_NO_AUTHORIZATION ? cp->settings.no_authorization_id : fact->token.id,
        .meter_start = fact->meter_wh,
        .has_reservation_id = fact->has_reservation_id, /* 5.13 */
        .reservation_id = fact->reservation_id,
        .timestamp = ocpp_cp_date(cp, &fact->when),
    };
    return ocpp_cp_send(cp, action(OCPP16_ACTION_START_TRANSACTION), &request, id, on_start_answer);
}

static int64_t number_of(const struct told *told)
{
    return told->has_wire_number ? told->wire_number : NO_TRANSACTION_NUMBER;
}

static enum ocpp_status send_update(struct ocpp_charge_point *cp, const struct fact *fact, const struct told *told,
                                    const char *id)
{
    struct ocpp16_meter_value value;
    struct key_rule keys = ocpp_cp_key_rule(cp, told);
    ocpp_cp_v16_fill_meter_value(cp, &fact->reading, NULL, &keys, &value);
    if (value.sampled_value.count == 0) {
        return OCPP_ERR_NOMEM;
    }
    const struct ocpp16_meter_values_req request = {
        .connector_id = ocpp_cp_row_number(cp, fact->evse, fact->connector),
        .has_transaction_id = true,
        .transaction_id = number_of(told),
        .meter_value = { &value, 1 },
    };
    return ocpp_cp_send(cp, action(OCPP16_ACTION_METER_VALUES), &request, id, on_fact_answer);
}

/* Of a meter where no transaction runs; 0 is the main one (3.16.3). */
static enum ocpp_status send_reading_of(struct ocpp_charge_point *cp, const struct fact *fact, const char *id)
{
    struct ocpp16_meter_value value;
    struct key_rule keys = ocpp_cp_key_rule(cp, NULL);
    ocpp_cp_v16_fill_meter_value(cp, &fact->reading, NULL, &keys, &value);
    const struct ocpp16_meter_values_req request = {
        .connector_id = fact->evse == 0 ? 0 : ocpp_cp_row_number(cp, fact->evse, fact->connector),
        .meter_value = { &value, 1 },
    };
    return value.sampled_value.count == 0 ? OCPP_ERR_NOMEM
                                          : ocpp_cp_send(cp, action(OCPP16_ACTION_METER_VALUES), &request, id, on_fact_answer);
}

static enum ocpp_status send_end(struct ocpp_charge_point *cp, const struct fact *fact, const struct told *told, const char *id)
{
    size_t count;
    const struct ocpp16_meter_value *values = ocpp_cp_v16_account(cp, fact, told, &count);
    const struct ocpp16_stop_transaction_req request = {
        .id_tag = fact->ender.id[0] == '\0' ? NULL : fact->ender.id,
        .meter_stop = fact->meter_wh,
        .timestamp = ocpp_cp_date(cp, &fact->when),
        .transaction_id = number_of(told),
        .reason = (enum ocpp16_reason)ocpp_word_to_wire(&ocpp_v16_stop_reasons, (int)fact->reason),
        .transaction_data = { values, count },
    };
    return ocpp_cp_send(cp, action(OCPP16_ACTION_STOP_TRANSACTION), &request, id, on_end_answer);
}

static enum ocpp_status send_fact(struct ocpp_charge_point *cp, enum telling telling, const struct fact *fact,
                                  const struct told *told)
{
    char id[UUID_TEXT_SIZE];
    ocpp_uuid_text(fact->id, id);
    ocpp_arena_reset(cp->arena);
    ocpp_cp_signed_of_head(cp);
    switch (telling) {
    case TELL_START:
        return send_start(cp, fact, id);
    case TELL_UPDATE:
        return send_update(cp, fact, told, id);
    case TELL_END:
        return send_end(cp, fact, told, id);
    case TELL_READING:
        return send_reading_of(cp, fact, id);
    case TELL_NOTHING:
        break;
    }
    return OCPP_ERR_STATE;
}

const struct dialect ocpp_cp_dialect_v16 = {
    .version = OCPP_VERSION_1_6,
    .family = FAMILY_NUMBERED,
    .when_rejected = OCPP_ERR_CLOSED,
    .has_station_status = true,
    .supports = ocpp_cp_v16_supports,
    .on_call = ocpp_cp_v16_on_call,
    .send_boot = send_boot,
    .send_heartbeat = send_heartbeat,
    .send_status = send_status,
    .send_authorize = send_authorize,
    .send_reading = ocpp_cp_v16_send_reading,
    .triggered_use = USE_SAMPLED, /* errata 3.46 */
    .status_word = status_word,
    .judge = judge,
    .send_fact = send_fact,
    .note = note,
    .answer_unlock = ocpp_cp_v16_answer_unlock,
    .answer_data_transfer = ocpp_cp_v16_answer_data_transfer,
    .send_data_transfer = ocpp_cp_v16_send_data_transfer,
    .send_rest = ocpp_cp_v16_send_rest,
    .blocks = ocpp_cp_v16_blocks,
};
