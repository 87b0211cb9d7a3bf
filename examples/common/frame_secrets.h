/* frame_secrets.h: what must not be read in a transcript, whoever keeps it. */
#ifndef OCPP_FRAME_SECRETS_H
#define OCPP_FRAME_SECRETS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* secrets_mask: puts **** in the place of every value of a secret key or variable (AuthorizationKey of the security extension
 * of 1.6, BasicAuthPassword of 2.x) anywhere in |frame|. True when there was one. */
bool secrets_mask(cJSON *frame);

/* secrets_are_in: whether the setting of that name (a key, or Component.Variable) is one. */
bool secrets_are_in(const char *name);

/* secrets_cover: |text| (|size| bytes) as it may be kept: a copy to be freed where something in it had to be covered, or where it
 * names a secret and cannot be read; NULL: it may be kept as it is. */
char *secrets_cover(const char *text, size_t size);

/* secrets_replace: |text| (|size| bytes) for somebody who wants to play it again: instead of each secret stands a text of the
 * same length whose characters are of the same kind. For free(); NULL: there is none in it, as for secrets_cover(). */
char *secrets_replace(const char *text, size_t size);

/* secrets_stand_in: the same of one secret, in place. */
void secrets_stand_in(char *secret);

#endif
