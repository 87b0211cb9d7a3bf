/* pile_files.h: the files of a pile: what it moves over libcurl, and the log it hands over. */
#ifndef OCPP_SIM_PILE_FILES_H
#define OCPP_SIM_PILE_FILES_H

#include "pile.h"

#include <ocpp/diagnostics.h>

/* pile_files_open: puts into |settings| what the pile hands over; false: it cannot move files, and the reason was said. */
bool pile_files_open(struct pile *pile, struct ocpp_charge_point_settings *settings);

/* pile_files_tick: tells the engine how transfers go. pile_files_close: after the engine. */
void pile_files_tick(struct pile *pile);
void pile_files_close(struct pile *pile);

/* pile_files_protocols: by which this build can move files; 0: it cannot. */
unsigned pile_files_protocols(void);

/* pile_files_news: what became of a transfer, before the engine is told. */
void pile_files_news(struct pile *pile, const struct ocpp_curl_transfer_news *news);

/* pile_files_give: a piece of a file comes as it was recorded; false: nobody waits for it. */
bool pile_files_give(struct pile *pile, int64_t transfer, const unsigned char *bytes, size_t size);

#endif
