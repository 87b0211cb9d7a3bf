/* capture.h: while a screen is shown, what anybody prints (commands, the library, libraries below it, a failed assertion) would
 * stand across it. So it goes to a nameless file instead, from which the screen takes it line by line. One at a time.
 */
#ifndef OCPP_SIM_CAPTURE_H
#define OCPP_SIM_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

/* capture_begin: standard output, and standard error where it is a terminal, are kept from now on. Returns a descriptor of what
 * standard output was, which capture_end() closes; -1: they are as before. */
int capture_begin(void);

/* capture_line: the next whole line that was printed, without its end; a longer one than |size| is cut in pieces. False: none. */
bool capture_line(char *line, size_t size);

/* capture_end: everything is as it was; what was not taken goes to standard error. */
void capture_end(void);

/* capture_rescue: what was not taken goes to standard error as it was; for a handler of signals that end the program. */
void capture_rescue(void);

#endif
