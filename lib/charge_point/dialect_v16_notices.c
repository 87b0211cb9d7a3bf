/* dialect_v16_notices.c: SecurityEventNotification of the security extension of OCPP 1.6 (A04). Events of a device model have no
 * word in 1.6. */
#include "dialect_v16.h"
#include "notices.h"

static enum ocpp_status send_security_event(struct ocpp_charge_point *cp, const struct security_notice *notice, const char *id)
{
    const struct ocpp16_security_event_notification_req request = {
        .type = ocpp_cp_security_old_name(notice->type),
        .timestamp = ocpp_cp_date(cp, &notice->notice.when),
        .tech_info = notice->info[0] == '\0' ? NULL : notice->info,
    };
    return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_SECURITY_EVENT_NOTIFICATION], &request, id, ocpp_cp_notices_on_answer);
}

const struct notice_words ocpp_cp_v16_notice_words = { .send_security_event = send_security_event };
