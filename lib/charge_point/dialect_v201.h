/* dialect_v201.h: what the files of the dialect of OCPP 2.0.1 share. */
#ifndef OCPP_LIB_CHARGE_POINT_DIALECT_V201_H
#define OCPP_LIB_CHARGE_POINT_DIALECT_V201_H

#include <ocpp/v201.h>

#include <ocpp/display.h>

#include "charge_point_internal.h"

bool ocpp_cp_v201_supports(const struct ocpp_action *action);
void ocpp_cp_v201_on_call(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_answer_unlock(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum verdict verdict);

/* dialect_v201_calls.c: a number from the wire as a place; what no place can have becomes one that does not exist. The connector
 * that |evse| (may be NULL) names; 0: none. */
int ocpp_cp_v201_place(int64_t number);
int ocpp_cp_v201_connector(const struct ocpp201_evse *evse);

/* dialect_v201_lists.c. How texts for drivers are written. */
extern const enum ocpp201_message_format ocpp_cp_v201_message_formats[OCPP_MESSAGE_FORMATS];
enum ocpp_message_format ocpp_cp_v201_message_format(enum ocpp201_message_format word);
struct driver_text ocpp_cp_v201_driver_text(const struct ocpp201_message_content *wire); /* NULL: nothing is to be read */
void ocpp_cp_v201_token_info(const struct ocpp201_id_token_info *wire, struct token_info *info);
void ocpp_cp_v201_clear_cache(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_get_local_list_version(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_send_local_list(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);

/* dialect_v201_data_transfer.c */
void ocpp_cp_v201_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum ocpp_status ocpp_cp_v201_answer_data_transfer(struct ocpp_charge_point *cp, struct ocpp_call_token call,
                                                   const struct ocpp_data_transfer_answer *answer);
enum ocpp_status ocpp_cp_v201_send_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                                 struct transfer *transfer);

/* dialect_v201_reservation.c */
void ocpp_cp_v201_reserve(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_cancel_reservation(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum ocpp_status ocpp_cp_v201_send_reservation_end(struct ocpp_charge_point *cp, int64_t id, enum reservation_state state);

/* dialect_v201_cost.c */
enum { COST_HEARINGS = 1 };
extern const struct hearing ocpp_cp_v201_cost_hearings[COST_HEARINGS];

/* dialect_v201_display.c */
enum { DISPLAY_HEARINGS = 3 };
struct display_words;
extern const struct hearing ocpp_cp_v201_display_hearings[DISPLAY_HEARINGS];
extern const struct display_words ocpp_cp_v201_display_words;

/* dialect_v201_transactions.c. evse_of_id: where the transaction of that id is ongoing; NULL */
struct evse *ocpp_cp_v201_evse_of_id(struct ocpp_charge_point *cp, const char *id);
void ocpp_cp_v201_request_start(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_request_stop(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_get_transaction_status(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);

/* dialect_v201_trigger.c */
void ocpp_cp_v201_trigger(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum ocpp_status ocpp_cp_v201_send_rest(struct ocpp_charge_point *cp, enum trigger_kind kind);

/* dialect_v201_variables.c */
void ocpp_cp_v201_get_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_set_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
int64_t ocpp_cp_v201_measurands(void); /* those that have a word here: bits 1 << enum ocpp_measurand */
/* as ocpp_cp_entry_text(), ocpp_cp_entry_values(), without the measurands that have no word here */
bool ocpp_cp_v201_text(const struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp_setting_attribute attribute,
                       char text[OCPP_VARIABLE_TEXT_SIZE]);
void ocpp_cp_v201_values(const struct ocpp_charge_point *cp, const struct entry *entry, char text[OCPP_VARIABLE_TEXT_SIZE]);
/* whether |call| brought more items than the variable |most| says, and was refused for it (B06.FR.16, B08.FR.17) */
bool ocpp_cp_v201_is_too_many(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, size_t count,
                              enum variable most);

/* setting_name: what |component| and |variable| name */
struct ocpp_setting_name ocpp_cp_v201_setting_name(const struct ocpp201_component *component,
                                                   const struct ocpp201_variable *variable);

/* dialect_v201_reports.c */
void ocpp_cp_v201_get_base_report(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_get_report(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum ocpp_status ocpp_cp_v201_send_report(struct ocpp_charge_point *cp, struct entry *end);

/* is_meant: whether |entry| is one of those that |wanted| means: what is left out means any (B08.FR.20 to FR.25; N02.FR.16 to
 * FR.21). name: |name| in the words of 2.0.1, its place in the arena; false: no memory. */
bool ocpp_cp_v201_is_meant(const struct ocpp_charge_point *cp, const struct entry *entry,
                           const struct ocpp201_component_variable *wanted);
bool ocpp_cp_v201_name(struct ocpp_charge_point *cp, const struct ocpp_setting_name *name, struct ocpp201_component *component,
                       struct ocpp201_variable *variable);

/* dialect_v201_meter.c. fill_meter_value: |reading| as a meter value, of the |wanted| measurands those that 2.0.1 can name; with
 * none, or without memory, the count is 0. */
void ocpp_cp_v201_fill_meter_value(struct ocpp_charge_point *cp, const struct reading *reading, int64_t wanted,
                                   struct key_rule *keys, struct ocpp201_meter_value *meter_value);
/* _account: what the message that tells |fact| says of the meter: its reading, and at the end of the transaction the account. */
const struct ocpp201_meter_value *ocpp_cp_v201_account(struct ocpp_charge_point *cp, enum telling telling,
                                                       const struct fact *fact, const struct told *told, size_t *count);
enum ocpp_status ocpp_cp_v201_send_reading(struct ocpp_charge_point *cp, int evse, const struct reading *reading);

/* dialect_v201_profiles.c. await_profile: the profile of a remote start (NULL: none) waits for its transaction under |*serial|;
 * gives the reason code where it is not one that may come so. smart_is_off: the call was refused for it. */
void ocpp_cp_v201_set_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_clear_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_get_composite_schedule(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
const char *ocpp_cp_v201_await_profile(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from, int evse,
                                       uint32_t *serial);
bool ocpp_cp_v201_smart_is_off(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum profile_purpose ocpp_cp_v201_purpose(enum ocpp201_charging_profile_purpose purpose);

/* _profile_with: the profile with the schedule |index|, for now. */
struct profile *ocpp_cp_v201_profile_with(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from, int evse,
                                          size_t index, enum profile_refusal *refusal);

/* dialect_v201_ev.c: with the block for ISO 15118. stage_choices: whether the profile of a transaction may come, with all its
 * schedules; count_choices: it was taken, and they count. */
struct ocpp_ev_needs;
struct ev_choice;
enum profile_refusal ocpp_cp_v201_stage_choices(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from,
                                                int evse);
void ocpp_cp_v201_count_choices(struct ocpp_charge_point *cp, int evse);
enum ocpp_status ocpp_cp_v201_send_needs(struct ocpp_charge_point *cp, int evse, const struct ocpp_ev_needs *needs);
enum ocpp_status ocpp_cp_v201_send_choice(struct ocpp_charge_point *cp, int evse, const struct ev_choice *choice);

/* dialect_v201_profile_reports.c */
void ocpp_cp_v201_get_charging_profiles(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum ocpp_status ocpp_cp_v201_send_profiles(struct ocpp_charge_point *cp, const struct profile_page *page);
enum ocpp_status ocpp_cp_v201_send_limit(struct ocpp_charge_point *cp, const struct limit_report *report);

/* dialect_v201_blocks.c */
extern const struct block_words ocpp_cp_v201_blocks[BLOCK_COUNT];

#endif
