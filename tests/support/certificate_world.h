/* certificate_world.h: a station with certificates of lines (fake_crypto.h), and a central system with a CA. */
#ifndef OCPP_TESTS_CERTIFICATE_WORLD_H
#define OCPP_TESTS_CERTIFICATE_WORLD_H

#include <ocpp/certificates.h>

#include "fake_crypto.h"
#include "station_world.h"

enum { DAY_MS = 86400000 };

struct certificate_world {
    struct world *world;
    struct fake_crypto crypto; /* survives the station, as a folder does */
    struct ocpp_certificates_settings settings;
    int renewed[OCPP_KEY_USE_COUNT]; /* how often the firmware heard of a new certificate */
    char events[1024];               /* security events: "Type: info;…" */
};

/* certificates_new: a station of "Operator" with the root "Root" of the central system, not switched on.
 * certificates_accepted: switched on and accepted in |version|. */
struct certificate_world *certificates_new(void);
struct certificate_world *certificates_accepted(enum ocpp_version version);
struct certificate_world *certificates_of(void **state);
void certificates_free(struct certificate_world *all);

/* order_certificate: the central system asks for a request for the station's certificate; the status. */
const char *order_certificate(struct certificate_world *all);

/* last_request: the request the central system saw last, with its line end. Lives until the next but three. */
const char *last_request(const struct certificate_world *all);

/* send_chain: the central system sends |chain| as the signed certificate; the status. certify: it has the last request signed by
 * |issuer|, valid from yesterday for |days|. */
const char *send_chain(struct certificate_world *all, const char *chain);
const char *certify(struct certificate_world *all, const char *issuer, int days);

/* install: a CA certificate, |use| in the words of 2.0.1; the status. */
const char *install(struct certificate_world *all, const char *use, const char *pem);
const char *install_root(struct certificate_world *all, const char *use, const char *name);

/* installed: how many of |use| (NULL: of all; 2.0.1 only) the station says it has; -1: NotFound. The answer stays in
 * world->answer. */
int installed(struct certificate_world *all, const char *use);

/* delete_certificate: the one that |pem| is; the status. */
const char *delete_certificate(struct certificate_world *all, const char *pem);

/* with_link: a new link in the version of the last one, made with |own| and verified under |root|. */
void with_link(struct certificate_world *all, enum ocpp_which own, enum ocpp_which root);

/* own_end: when the certificate in use expires, by the central system's clock. central_now: that clock. */
int64_t own_end(const struct certificate_world *all);
int64_t central_now(const struct certificate_world *all);

#endif
