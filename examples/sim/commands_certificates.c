/* commands_certificates.c: the pile's keys and certificates: a new one is asked for, and what there is is shown. */
#include "command_arguments.h"

#include <ocpp/certificates.h>

#include <stdio.h>
#include <string.h>

enum command_outcome run_sign_certificate(struct arguments *arguments)
{
    const bool is_v2g = arguments->count > 0;

    if (is_v2g && strcmp(arguments->words[0], "v2g") != 0) {
        return wrong(arguments, "no such certificate:", arguments->words[0]);
    }
    if (!arguments->pile->crypto) {
        return wrong(arguments, "keys need a place: --state DIR", NULL);
    }
    return outcome_of(
        arguments, ocpp_charge_point_sign_certificate(arguments->pile->cp, is_v2g ? OCPP_KEY_V2G : OCPP_KEY_STATION, sim_now()));
}

static bool print_installed(const struct ocpp_installed *installed, void *user)
{
    static const char *const roots[OCPP_ROOT_USE_COUNT] = {
        [OCPP_ROOT_CSMS] = "root of the central system",
        [OCPP_ROOT_MANUFACTURER] = "root of the manufacturer",
        [OCPP_ROOT_V2G] = "V2G root",
        [OCPP_ROOT_MO] = "root of a mobility operator",
    };
    const char *what = installed->kind == OCPP_INSTALLED_ROOT            ? roots[installed->root]
                       : installed->kind == OCPP_INSTALLED_STATION_CHAIN ? "certificate of the station"
                                                                         : "certificate for vehicles";
    (void)user;
    printf("  %s%s, serial %s, issuer %.16s\n", what, installed->which == OCPP_PREVIOUS ? ", the one before" : "",
           installed->certificate->serial_number, installed->certificate->issuer_name_hash);
    return true;
}

static void print_signing(const struct pile *pile, enum ocpp_key_use use)
{
    static const char *const steps[] = {
        [OCPP_SIGNING_RESTS] = "none is asked for",
        [OCPP_SIGNING_WANTED] = "one will be asked for",
        [OCPP_SIGNING_ASKED] = "one is asked for",
        [OCPP_SIGNING_AWAITED] = "one is waited for",
    };
    char end[OCPP_TIME_TEXT_SIZE] = "";
    struct ocpp_signing signing;

    if (ocpp_charge_point_signing(pile->cp, use, &signing) != OCPP_OK) {
        return;
    }
    printf("  %s: %s", use == OCPP_KEY_V2G ? "for vehicles" : "of the station", steps[signing.step]);
    if (ocpp_time_format(signing.not_after_utc_ms, end) == OCPP_OK) {
        printf("; that in use expires %s", end);
    }
    printf("\n");
}

enum command_outcome run_certificates(struct arguments *arguments)
{
    const struct pile *pile = arguments->pile;

    if (!pile->crypto) {
        return wrong(arguments, "keys need a place: --state DIR", NULL);
    }
    for (int use = 0; use < OCPP_KEY_USE_COUNT; use++) {
        print_signing(pile, (enum ocpp_key_use)use);
    }
    const enum ocpp_status status = pile->crypto->each_installed(OCPP_HASH_SHA256, print_installed, NULL, pile->crypto->user);
    fflush(stdout);
    return outcome_of(arguments, status);
}
