/* readable.h: JSON as lines that people read. */
#ifndef OCPP_PHONE_READABLE_H
#define OCPP_PHONE_READABLE_H

#include <cjson/cJSON.h>

/* readable_print: a line for each value, "name: value"; items of a list begin with "- ". */
void readable_print(const cJSON *json);

#endif
