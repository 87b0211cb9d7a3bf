/* http_settings.h: what can be set of the HTTP provider: checked, and copied. */
#ifndef OCPP_SETTLE_HTTP_SETTINGS_H
#define OCPP_SETTLE_HTTP_SETTINGS_H

#include <ocpp/settlement/adapters.h>

/* http_settings_wrong: what is wrong with them; NULL: nothing. */
const char *http_settings_wrong(const struct ocpp_settle_http_settings *settings);

/* http_settings_copy: the texts are the handle's own afterwards. False: no memory; http_settings_free() in any case. */
bool http_settings_copy(struct ocpp_settle_http *http);
void http_settings_free(struct ocpp_settle_http *http);

#endif
