/* pile_keys.c: the keys and certificates of a pile: a folder per pile in the directory of --state. */
#include "pile.h"

#include <stdio.h>

bool pile_open_keys(struct pile *pile)
{
    char path[512];
    char reason[256] = "";

    if (!pile->options->state) {
        return true;
    }
    if ((size_t)snprintf(path, sizeof path, "%s/%s.keys", pile->options->state, pile->identity) >= sizeof path) {
        return false;
    }
    if (ocpp_crypto_openssl_open(path, NULL, &pile->crypto, reason, sizeof reason) != OCPP_OK) {
        fprintf(stderr, "ocpp-sim: %s\n", reason);
        return false;
    }
    return true;
}

void pile_close_keys(struct pile *pile)
{
    ocpp_crypto_openssl_close(pile->crypto);
    pile->crypto = NULL;
}

static void on_renewed(enum ocpp_key_use use, void *user)
{
    pile_log(user, "a new certificate %s counts from now on", use == OCPP_KEY_V2G ? "for vehicles" : "of the station");
}

void pile_use_keys(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    if (!pile->crypto) {
        return;
    }
    pile->certificates = (struct ocpp_certificates_settings){ .organization = "ocpp-c", .renewed = on_renewed, .user = pile };
    settings->crypto = pile->crypto;
    settings->certificates = &pile->certificates;
}
