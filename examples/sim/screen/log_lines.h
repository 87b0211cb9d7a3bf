/* log_lines.h: messages of the log as rows. Pure. */
#ifndef OCPP_SIM_LOG_LINES_H
#define OCPP_SIM_LOG_LINES_H

#include "canvas.h"
#include "message_log.h"

/* log_line_rows: how many rows |message| takes in so many columns, at least 1. log_line_draw: on |row|, and the rows below it up
 * to before |end|; with one row, what does not fit is cut. */
int log_line_rows(const struct message *message, int columns);
void log_line_draw(const struct message *message, struct canvas *canvas, int row, int end);

#endif
