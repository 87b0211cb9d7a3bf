/* secret_line.h: command lines with something in them that nobody is to read later: passwords that are set, codes that are keyed
 * in, frames with either. They are kept in no history and shown covered.
 */
#ifndef OCPP_SIM_SECRET_LINE_H
#define OCPP_SIM_SECRET_LINE_H

#include <stdbool.h>
#include <stddef.h>

bool secret_line(const char *line);

/* secret_line_cover: the line as it may be shown: as it is, or its first word and ****. */
void secret_line_cover(const char *line, char *shown, size_t size);

#endif
