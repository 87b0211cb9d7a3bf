/* anchor.h: how an anchor of the journal is written. */
#ifndef OCPP_SETTLE_ANCHOR_H
#define OCPP_SETTLE_ANCHOR_H

#include <ocpp/settlement/store.h>

#define ANCHOR_KIND "anchor"

/* Room for {"number":N,"hash":"64 digits"} and for the same with ,"signature":"128 digits". */
enum { ANCHOR_TEXT_SIZE = 128, ANCHOR_SIGNED_SIZE = 288 };

/* anchor_text: what is signed: number and hash of |head| as a JSON object. Returns its length. */
size_t anchor_text(const struct ocpp_settle_head *head, char text[ANCHOR_TEXT_SIZE]);

/* anchor_says: whether |body| is the anchor of |head|, and, unless |point| is NULL, signed by that key.
 * Errors: OCPP_ERR_SECURITY it is not; those of |keys|. */
enum ocpp_status anchor_says(const struct ocpp_settle_keys *keys, const unsigned char *point, const struct ocpp_settle_head *head,
                             const char *body, size_t size);

#endif
