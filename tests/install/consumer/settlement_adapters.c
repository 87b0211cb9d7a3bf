/* What a user of the extension's adapters writes first: keys. */
#include <ocpp/ocpp.h>
#include <ocpp/settlement/adapters.h>

#include <stdio.h>

int main(void)
{
    const struct ocpp_settle_keys_settings in_memory = { .folder = NULL };
    struct ocpp_settle_keys *keys;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];

    if (!ocpp_settle_key_name_is_valid("pile") || ocpp_settle_keys_open(&in_memory, &keys) != OCPP_OK) {
        return 1;
    }
    const enum ocpp_status status = keys->public_key("pile", point, keys->user);
    ocpp_settle_keys_close(keys);
    if (status != OCPP_OK) {
        return 1;
    }
    (void)puts(ocpp_version_subprotocol(OCPP_VERSION_2_0_1));
    return 0;
}
