/* inbox_table.c: which body does what a pile says. Bodies get a struct incoming. */
#include "inbox.h"

static const struct incoming_kind {
    enum ocpp_settle_action action;
    command_body *body;
} kinds[] = {
    { OCPP_SETTLE_ACTION_COUNT, NULL }, /* power banks: rentals.h */
};

command_body *incoming_body(const struct ocpp_settle *settle, const struct ocpp_action *action)
{
    if (settle->find_body) {
        return settle->find_body(action);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (kinds[i].body && &ocpp_settle_actions[kinds[i].action] == action) {
            return kinds[i].body;
        }
    }
    return NULL;
}
