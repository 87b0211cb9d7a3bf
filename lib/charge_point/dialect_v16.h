/* dialect_v16.h: what the files of the dialect of OCPP 1.6 share. */
#ifndef OCPP_LIB_CHARGE_POINT_DIALECT_V16_H
#define OCPP_LIB_CHARGE_POINT_DIALECT_V16_H

#include <ocpp/v16.h>

#include "charge_point_internal.h"

bool ocpp_cp_v16_supports(const struct ocpp_action *action);
void ocpp_cp_v16_on_call(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_answer_unlock(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum verdict verdict);

/* dialect_v16_meter.c. fill_meter_value: |reading| as a meter value, of what is |wanted| (NULL: all) that which 1.6 can name;
 * without memory the count stays 0. has_sayable: whether any would be in it. */
void ocpp_cp_v16_fill_meter_value(struct ocpp_charge_point *cp, const struct reading *reading, const struct measurands *wanted,
                                  struct key_rule *keys, struct ocpp16_meter_value *meter_value);
/* _account: what the end of a transaction tells of its meter; NULL and 0 when nothing is wanted. */
const struct ocpp16_meter_value *ocpp_cp_v16_account(struct ocpp_charge_point *cp, const struct fact *fact,
                                                     const struct told *told, size_t *count);
bool ocpp_cp_v16_has_sayable(const struct reading *reading);
enum ocpp_status ocpp_cp_v16_send_reading(struct ocpp_charge_point *cp, int evse, const struct reading *reading);

/* dialect_v16_lists.c */
void ocpp_cp_v16_token_info(const struct ocpp16_id_tag_info *wire, struct token_info *info);
void ocpp_cp_v16_clear_cache(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_get_local_list_version(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_send_local_list(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
/* dialect_v16_configuration.c */
void ocpp_cp_v16_get_configuration(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_change_configuration(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);

/* dialect_v16_data_transfer.c */
void ocpp_cp_v16_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum ocpp_status ocpp_cp_v16_answer_data_transfer(struct ocpp_charge_point *cp, struct ocpp_call_token call,
                                                  const struct ocpp_data_transfer_answer *answer);
enum ocpp_status ocpp_cp_v16_send_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                                struct transfer *transfer);

/* dialect_v16_reservation.c */
void ocpp_cp_v16_reserve(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_cancel_reservation(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);

/* dialect_v16_trigger.c */
void ocpp_cp_v16_trigger(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_extended_trigger(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
enum ocpp_status ocpp_cp_v16_send_rest(struct ocpp_charge_point *cp, enum trigger_kind kind);

/* dialect_v16_profiles.c. await_profile: the profile of a remote start (NULL: none) waits for its transaction under |*serial|;
 * false: it is not one that may come so. */
void ocpp_cp_v16_set_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_clear_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_get_composite_schedule(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
bool ocpp_cp_v16_await_profile(struct ocpp_charge_point *cp, const struct ocpp16_charging_profile *from, int evse, int connector,
                               uint32_t *serial);

/* dialect_v16_blocks.c */
extern const struct block_words ocpp_cp_v16_blocks[BLOCK_COUNT];

/* dialect_v16_cost.c */
enum { COST_HEARINGS = 1 };
struct cost_words;
extern const struct hearing ocpp_cp_v16_cost_hearings[COST_HEARINGS];
extern const struct cost_words ocpp_cp_v16_cost_words;

#endif
