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

#endif
