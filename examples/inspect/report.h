/* report.h: verdicts as lines for people, or as JSON for programs. Nothing of a frame reaches a terminal unescaped. */
#ifndef INSPECT_REPORT_H
#define INSPECT_REPORT_H

#include "judge.h"

#include <stdio.h>

/* report_text: `LINE ok ACTION` or `LINE error CODE PATH: reason`, and before that `LINE quirk NAME PATH: what was done` per
 * quirk. */
void report_text(FILE *out, unsigned long line, const struct verdict *verdict);

/* report_json: {line, ok, action, code, path, reason} and, where there were any, {quirks: [{name, path, reason}]}. */
void report_json(FILE *out, unsigned long line, const struct verdict *verdict);

#endif
