/* visitor.c: the smallest charge point: no vehicle ever comes. */
#include "visitor.h"

#include <stdio.h>

static void permit_changed(int evse, void *user)
{
    (void)evse;
    (void)user;
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)samples;
    (void)room;
    (void)user;
    return 0;
}

bool visitor_open(struct visitor *visitor, int argc, char **argv)
{
    const struct ocpp_hardware hardware = { .permit_changed = permit_changed, .read_meter = read_meter };
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    struct ocpp_client_settings link = ocpp_client_settings_default();
    char reason[200] = "out of memory";

    *visitor = (struct visitor){ NULL, NULL, NULL };
    if (argc != 3) {
        fprintf(stderr, "usage: %s ws[s]://HOST[:PORT]/PATH IDENTITY\n", argv[0]);
        return false;
    }
    link.url = argv[1];
    settings.identity = argv[2];
    settings.vendor = "Example";
    settings.model = "Visitor";
    settings.random = ocpp_system_random;
    visitor->storage = ocpp_memory_storage_new(NULL, 0);
    if (visitor->storage) {
        visitor->cp = ocpp_charge_point_new(&settings, &hardware, visitor->storage, ocpp_system_now());
    }
    if (visitor->cp) {
        visitor->client = ocpp_client_new(visitor->cp, &link, reason, sizeof reason);
    }
    if (!visitor->client) {
        fprintf(stderr, "%s: %s\n", argv[0], reason);
        visitor_close(visitor);
        return false;
    }
    return true;
}

bool visitor_is_registered(const struct visitor *visitor)
{
    struct ocpp_charge_point_view view = ocpp_charge_point_view(visitor->cp);

    if (view.registration != OCPP_REGISTRATION_ACCEPTED) {
        return false;
    }
    printf("registered, OCPP %s\n", ocpp_version_name(view.version));
    return true;
}

void visitor_close(struct visitor *visitor)
{
    ocpp_client_free(visitor->client);
    ocpp_charge_point_free(visitor->cp);
    ocpp_memory_storage_free(visitor->storage);
}
