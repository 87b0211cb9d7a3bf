/* dialect_orders.h: the orders of each version that stand in files of their own, and what they share. */
#ifndef OCPP_CENTRAL_DIALECT_ORDERS_H
#define OCPP_CENTRAL_DIALECT_ORDERS_H

#include "command.h"

/* order_support.c: a schedule with room for |count| periods in the results arena; NULL without memory. */
struct ocpp_limit_schedule *central_new_schedule(struct ocpp_central *central, size_t count, struct ocpp_limit_period **periods);

/* central_phase: a number of phases, or of a phase, from the wire; 0: not told, or none there can be. */
int central_phase(bool is_told, int64_t number);

/* central_judge: what the item at |place| of an answer in several parts does to the whole: it is accepted when all are, and tells
 * the word of the first that is not, else of the first. Places in order. */
void central_judge(struct ocpp_command_result *result, size_t place, const char *word, bool is_accepted);

/* dialect_v16.c: a transaction's number in 1.6: only the text we would write. */
bool central_v16_number(const char *text, int64_t *number);

/* central_v16_profile, central_v201_profile: the charging profile of a limit; what it points to lives like command_take().
 * Errors: OCPP_ERR_UNSUPPORTED_ACTION the version has no word for it; OCPP_ERR_ARGUMENT; OCPP_ERR_NOMEM. */
struct ocpp16_charging_profile;
struct ocpp201_charging_profile;
enum ocpp_status central_v16_profile(struct command *command, const struct ocpp_limit_order *order,
                                     struct ocpp16_charging_profile *profile);
enum ocpp_status central_v201_profile(struct command *command, const struct ocpp_limit_order *order,
                                      struct ocpp201_charging_profile *profile);

/* dialect_v16_settings.c, dialect_v16_limits.c, dialect_v16_files.c, dialect_v16_certificates.c */
enum ocpp_status central_v16_get_settings(struct command *command, const void *what);
enum ocpp_status central_v16_set_settings(struct command *command, const void *what);
enum ocpp_status central_v16_get_base_report(struct command *command, const void *what);
enum ocpp_status central_v16_get_report(struct command *command, const void *what);
enum ocpp_status central_v16_set_profile(struct command *command, const void *what);
enum ocpp_status central_v16_clear_limits(struct command *command, const void *what);
enum ocpp_status central_v16_get_composite(struct command *command, const void *what);
enum ocpp_status central_v16_update_firmware(struct command *command, const void *what);
enum ocpp_status central_v16_get_log(struct command *command, const void *what);
enum ocpp_status central_v16_send_certificate(struct command *command, const void *what);
enum ocpp_status central_v16_install_root(struct command *command, const void *what);
enum ocpp_status central_v16_delete_certificate(struct command *command, const void *what);
enum ocpp_status central_v16_get_certificates(struct command *command, const void *what);

/* dialect_v201_orders.c: how a token's type is said: an enum ocpp201_id_token_kind, or what ocpp_v201_beyond adds to it. */
int central_v201_token_kind(const struct command *command, enum ocpp_token_type type);

/* dialect_v201_settings.c, dialect_v201_reports.c, dialect_v201_monitors.c, dialect_v201_network.c */
enum ocpp_status central_v201_get_settings(struct command *command, const void *what);
enum ocpp_status central_v201_set_settings(struct command *command, const void *what);
enum ocpp_status central_v201_get_base_report(struct command *command, const void *what);
enum ocpp_status central_v201_get_report(struct command *command, const void *what);
enum ocpp_status central_v201_get_monitoring_report(struct command *command, const void *what);
enum ocpp_status central_v201_customer_information(struct command *command, const void *what);
enum ocpp_status central_v201_set_monitoring_base(struct command *command, const void *what);
enum ocpp_status central_v201_set_monitoring_level(struct command *command, const void *what);
enum ocpp_status central_v201_set_monitors(struct command *command, const void *what);
enum ocpp_status central_v201_clear_monitors(struct command *command, const void *what);
enum ocpp_status central_v201_set_network_profile(struct command *command, const void *what);
enum ocpp_status central_v201_get_transaction_status(struct command *command, const void *what);
enum ocpp_status central_v201_publish_firmware(struct command *command, const void *what);
enum ocpp_status central_v201_unpublish_firmware(struct command *command, const void *what);

/* dialect_v201_limits.c, dialect_v201_files.c, dialect_v201_certificates.c */
enum ocpp_status central_v201_set_profile(struct command *command, const void *what);
enum ocpp_status central_v201_clear_limits(struct command *command, const void *what);
enum ocpp_status central_v201_get_composite(struct command *command, const void *what);
enum ocpp_status central_v201_update_firmware(struct command *command, const void *what);
enum ocpp_status central_v201_get_log(struct command *command, const void *what);
enum ocpp_status central_v201_send_certificate(struct command *command, const void *what);
enum ocpp_status central_v201_install_root(struct command *command, const void *what);
enum ocpp_status central_v201_delete_certificate(struct command *command, const void *what);
enum ocpp_status central_v201_get_certificates(struct command *command, const void *what);

/* dialect_v16_drivers.c, dialect_v201_drivers.c */
enum ocpp_status central_v16_send_data(struct command *command, const void *what);
enum ocpp_status central_v16_tell_running(struct command *command, const void *what);
enum ocpp_status central_v16_tell_final(struct command *command, const void *what);
enum ocpp_status central_v16_tell_tariff(struct command *command, const void *what);
enum ocpp_status central_v201_send_data(struct command *command, const void *what);
enum ocpp_status central_v201_set_message(struct command *command, const void *what);
enum ocpp_status central_v201_get_messages(struct command *command, const void *what);
enum ocpp_status central_v201_clear_message(struct command *command, const void *what);
enum ocpp_status central_v201_tell_running(struct command *command, const void *what);

#endif
