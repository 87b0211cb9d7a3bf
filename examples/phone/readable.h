/* readable.h: JSON as lines that people read. */
#ifndef OCPP_PHONE_READABLE_H
#define OCPP_PHONE_READABLE_H

#include <cjson/cJSON.h>

#include <stdio.h>

/* readable_put: |text| of whoever wrote it (a server, a pile): what a terminal would obey instead of showing is a blank. */
void readable_put(FILE *file, const char *text);

/* readable_print: a line for each value, "name: value"; items of a list begin with "- ". */
void readable_print(const cJSON *json);

#endif
