/* command.h: commands in words of no version: POST /api/stations/{id}/NAME. Each subject is one table (commands_….c), and a
 * command is one row of it: its name, what its body may say, the function of the library that gives it, and what the answer tells
 * beside whether the station agreed. A backend would call the function of the library where its own code decides.
 */
#ifndef CSMS_COMMAND_H
#define CSMS_COMMAND_H

#include "order.h"
#include "words.h"

#include <ocpp/central_orders.h>

struct command {
    const char *name;
    const struct body_member *members;
    /* on the station's thread, with |order->body| and |order->done| */
    enum ocpp_status (*give)(struct ocpp_station *station, struct order *order);
    /* on the thread of the request, for what the members alone cannot say; false: answered. NULL: nothing */
    bool (*prepare)(struct request *request, struct order *order);
    /* adds what |result| holds to the answer; NULL: nothing */
    void (*show)(cJSON *answer, const struct ocpp_command_result *result);
};

/* A table ends with a row that has no name. */
extern const struct command commands_of_charging[];
extern const struct command commands_of_lists[];
extern const struct command commands_of_settings[];
extern const struct command commands_of_network[];
extern const struct command commands_of_limits[];
extern const struct command commands_of_files[];
extern const struct command commands_of_certificates[];
extern const struct command commands_of_reports[];
extern const struct command commands_of_drivers[];

/* order_number: a |prepare|: the number of the request, as the body says or the next one. Always true. */
bool order_number(struct request *request, struct order *order);

/* command_find: the row of that name; NULL: there is none. */
const struct command *command_find(const char *name);

#endif
