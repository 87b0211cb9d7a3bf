/* dialect_v201_names.h: how settings are named in messages of OCPP 2.0.1, in both directions. */
#ifndef OCPP_CENTRAL_DIALECT_V201_NAMES_H
#define OCPP_CENTRAL_DIALECT_V201_NAMES_H

#include "command.h"

#include <ocpp/v201.h>

/* The parts of a message that name a variable; |component| points into them, so they stay where they are. */
struct central_v201_name {
    struct ocpp201_evse evse;
    struct ocpp201_component component;
    struct ocpp201_variable variable;
    enum ocpp201_attribute attribute;
};

/* central_v201_write_name: borrows the texts of |name|. Errors: OCPP_ERR_UNSUPPORTED_ACTION it has none in this version;
 * OCPP_ERR_ARGUMENT there is no such attribute. */
enum ocpp_status central_v201_write_name(const struct ocpp_setting_address *name, struct central_v201_name *parts);

/* central_v201_read_name: borrows the texts of the message. |attribute| 0: none. */
struct ocpp_setting_address central_v201_read_name(const struct ocpp201_component *component,
                                                   const struct ocpp201_variable *variable, enum ocpp201_attribute attribute);

/* central_v201_write_names: what GetReport and its like ask for; names without a variable mean the component. |*items| stay NULL
 * for none. Errors: as central_v201_write_name(); OCPP_ERR_NOMEM. */
enum ocpp_status central_v201_write_names(struct command *command, const struct ocpp_report_query *query,
                                          const struct ocpp201_component_variable **items);

/* central_v201_token: dialect_v201_orders.c; borrows the text of |token|. */
struct ocpp201_id_token central_v201_token(const struct command *command, const struct ocpp_token *token);

/* central_v201_hash: borrows the texts of |hash|. */
struct ocpp201_certificate_hash_data central_v201_hash(const struct ocpp_certificate_hash *hash);

#endif
