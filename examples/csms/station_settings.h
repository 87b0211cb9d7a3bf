/* station_settings.h: what operators write down about a station, between a request, the register and the store. */
#ifndef CSMS_STATION_SETTINGS_H
#define CSMS_STATION_SETTINGS_H

#include "body.h"
#include "stations.h"

#include <ocpp/storage.h>

#define STATION_SETTINGS_PREFIX "csms/station/"

void station_settings_key(const char *identity, char key[OCPP_KEY_SIZE]);

/* station_settings_check: whether |body| can be read. */
bool station_settings_check(const cJSON *body, struct body_issue *issue);

/* station_settings_read: |settings| becomes what a checked |body| says; a secret it does not name stays. False: it could not be
 * hashed. */
bool station_settings_read(struct station_settings *settings, struct quick_secret *quick, const cJSON *body);

/* quirk_words: the names of |bits|, as a list. */
cJSON *quirk_words(uint32_t bits);

/* station_settings_json: for operators: without the secret. */
cJSON *station_settings_json(const struct station_settings *settings, bool has_password);

/* station_settings_text: for the store: with the secret's hash. cJSON_free() it; NULL without memory. */
char *station_settings_text(const struct station_settings *settings);

/* station_settings_restore: from the store. False: it cannot be read. */
bool station_settings_restore(struct station_settings *settings, const char *text, size_t size);

#endif
