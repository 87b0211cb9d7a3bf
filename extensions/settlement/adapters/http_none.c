/* http_none.c: a build without libcurl takes no money over HTTP, and says so. */
#include <ocpp/settlement/adapters.h>

#include <stdio.h>

struct ocpp_settle_http_settings ocpp_settle_http_settings_default(void)
{
    return (struct ocpp_settle_http_settings){ .name = "http" };
}

struct ocpp_settle_http *ocpp_settle_http_new(const struct ocpp_settle_http_settings *settings, char *reason, size_t reason_size)
{
    (void)settings;
    if (reason != NULL && reason_size > 0) {
        (void)snprintf(reason, reason_size, "this build has no libcurl (CMake option OCPP_CURL)");
    }
    return NULL;
}

void ocpp_settle_http_free(struct ocpp_settle_http *http)
{
    (void)http;
}

const struct ocpp_settle_provider *ocpp_settle_http_provider(const struct ocpp_settle_http *http)
{
    (void)http;
    return NULL;
}

int ocpp_settle_http_fd(struct ocpp_settle_http *http)
{
    (void)http;
    return -1;
}

void ocpp_settle_http_run(struct ocpp_settle_http *http, struct ocpp_settle *settle, struct ocpp_now now)
{
    (void)http;
    (void)settle;
    (void)now;
}
