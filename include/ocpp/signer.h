/* signer.h: signs the certificates stations ask for (on_sign_request; OCPP 2.0.1 A02, A03; security whitepaper of 1.6), with the
 * certificate and key of an authority in two files, over OpenSSL. The standard would rather have a certificate authority of its
 * own do that (A02.FR.04); whoever has one sends the request there, and needs nothing of this.
 *
 *     static bool on_sign_request(struct ocpp_station *station, const struct ocpp_station_sign_request *request, void *user)
 *     {
 *         const char *names[] = { serial_number_of(station) };
 *         const struct ocpp_signer_request wanted = {
 *             .csr = request->csr, .for_station = request->for_station, .for_vehicles = request->for_vehicles,
 *             .common_names = names, .common_name_count = 1, .now_utc_ms = ocpp_system_now().utc_ms,
 *         };
 *         char chain[OCPP_PEM_SIZE];
 *         size_t size;
 *         return ocpp_signer_sign(signer, &wanted, chain, sizeof chain, &size, &fault) == OCPP_OK &&
 *                ocpp_station_send_certificate(station, OCPP_KEY_STATION, chain, NULL) == OCPP_OK;
 *     }
 *
 * A request is a stranger's bytes. It is signed only if it has the right form, is signed by its own key, that key is strong, and
 * its subject is the station's and nobody else's. What it asks for in its extensions is never granted: the certificate says what
 * it is for.
 */
#ifndef OCPP_SIGNER_H
#define OCPP_SIGNER_H

#include <ocpp/crypto.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_signer;

/* ocpp_signer_settings: borrowed for ocpp_signer_open(). */
struct ocpp_signer_settings {
    const char *certificate_file; /* PEM: the authority's certificate, and behind it those above it, in order; the root may be
                                     there, and is not sent */
    const char *key_file;         /* PEM, without a pass phrase */
    int64_t valid_s;              /* how long what it signs is valid, never beyond its own end; 0: a year */
    struct ocpp_log log;
};

/* ocpp_signer_open: NULL, and a line in the log, when the files cannot be read, do not belong together, or are not those of an
 * authority that may sign. */
OCPP_API struct ocpp_signer *ocpp_signer_open(const struct ocpp_signer_settings *settings);

/* ocpp_signer_close: NULL is fine. */
OCPP_API void ocpp_signer_close(struct ocpp_signer *signer);

/* ocpp_signer_request: what a station asks for, and what is known of it. */
struct ocpp_signer_request {
    const char *csr;   /* PEM, terminated (A02.FR.03); at most 10,000 bytes; nothing but one request may be in it */
    bool for_station;  /* towards the central system */
    bool for_vehicles; /* towards vehicles (the SECC leaf of ISO 15118); both: one for both */
    /* the common name has to be one of these, to the byte: the station's serial number, or its identity where those are its
     * common names (A00.FR.511). None: nothing is signed */
    const char *const *common_names;
    size_t common_name_count;
    const char *organization; /* O has to be this (A00.FR.509); NULL: there has to be one */
    int64_t now_utc_ms;
};

/* ocpp_signer_check: whether that may be signed. The first that applies, in this order: TOO_LARGE; UNREADABLE; WEAK: the key, or
 * the digest of the request's signature (A00.FR.501 to FR.504); BAD_SIGNATURE: not by that key; WRONG_SUBJECT: no or several
 * common names or organizations, others than are known of the station, an address or a URL for a name (A00.FR.511), anything else
 * an authority should not vouch for; WRONG_USE: it asks to be an authority, or for neither use. Errors: OCPP_ERR_VALUE, see
 * |fault|; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_signer_check(const struct ocpp_signer_request *request,
                                                          enum ocpp_certificate_fault *fault);

/* ocpp_signer_sign: checks, and writes the certificate and the authorities below the root, leaf first, to |chain|. Its serial
 * number is random, it is valid from an hour ago, so that clocks may differ, its key usage is digitalSignature (and keyAgreement
 * for vehicles); it has no extended key usage (A00.FR.512, FR.514). Takes milliseconds. Errors: as there; OCPP_ERR_STATE the
 * authority is not valid now; OCPP_ERR_LENGTH |room|, for which OCPP_PEM_SIZE is enough where the chain above is short;
 * OCPP_ERR_CRYPTO. May be called from several threads at once. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_signer_sign(const struct ocpp_signer *signer,
                                                         const struct ocpp_signer_request *request, char *chain, size_t room,
                                                         size_t *size, enum ocpp_certificate_fault *fault);

OCPP_END_DECLARATIONS

#endif
