/* network_absent.c: what <ocpp/network.h> answers in a build without it, so that who makes the connection can ask all the same. */
#include <ocpp/network.h>

struct ocpp_network_settings ocpp_network_settings_default(void)
{
    return (struct ocpp_network_settings){ .slots = 3 };
}

enum ocpp_status ocpp_charge_point_next_connection(struct ocpp_charge_point *cp, struct ocpp_connection *connection,
                                                   struct ocpp_now now)
{
    (void)cp;
    (void)connection;
    (void)now;
    return OCPP_ERR_NOT_FOUND;
}

enum ocpp_status ocpp_charge_point_connection_failed(struct ocpp_charge_point *cp, enum ocpp_connection_failure failure,
                                                     const char *detail, struct ocpp_now now)
{
    (void)cp;
    (void)failure;
    (void)detail;
    (void)now;
    return OCPP_ERR_STATE;
}

enum ocpp_status ocpp_charge_point_forget_network(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    (void)cp;
    (void)now;
    return OCPP_ERR_NOT_FOUND;
}
