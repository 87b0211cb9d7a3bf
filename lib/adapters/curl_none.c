/* curl_none.c: a build without libcurl moves no files, and says so. */
#include <ocpp/adapters.h>

#include <stdio.h>

struct ocpp_curl_transfer_settings ocpp_curl_transfer_settings_default(void)
{
    return (struct ocpp_curl_transfer_settings){ .protocols = OCPP_TRANSFER_ALL };
}

struct ocpp_curl_transfer *ocpp_curl_transfer_new(const struct ocpp_curl_transfer_settings *settings, char *reason,
                                                  size_t reason_size)
{
    (void)settings;
    if (reason != NULL && reason_size > 0)
        (void)snprintf(reason, reason_size, "this build has no libcurl (CMake option OCPP_CURL)");
    return NULL;
}

void ocpp_curl_transfer_free(struct ocpp_curl_transfer *transfer)
{
    (void)transfer;
}

const struct ocpp_file_transfer *ocpp_curl_transfer_face(struct ocpp_curl_transfer *transfer)
{
    (void)transfer;
    return NULL;
}

int ocpp_curl_transfer_fd(struct ocpp_curl_transfer *transfer)
{
    (void)transfer;
    return -1;
}

void ocpp_curl_transfer_run(struct ocpp_curl_transfer *transfer, struct ocpp_charge_point *cp, struct ocpp_now now)
{
    (void)transfer;
    (void)cp;
    (void)now;
}
