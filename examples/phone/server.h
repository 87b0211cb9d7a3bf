/* server.h: REST calls of ocpp-phone. */
#ifndef OCPP_PHONE_SERVER_H
#define OCPP_PHONE_SERVER_H

#include "options.h"

/* server_call: prints what the server answers; false when that was an error, or none came. |body| NULL: GET. */
bool server_call(const struct options *options, const char *path, const char *body);

#endif
