/* pile_firmware.h: the firmware of a pile: a slot for a new one, and a bootloader that runs it after a restart.
 *
 * Firmware for a pile is any file whose first line is "ocpp-sim firmware VERSION". */
#ifndef OCPP_SIM_PILE_FIRMWARE_H
#define OCPP_SIM_PILE_FIRMWARE_H

#include "pile.h"

/* What the next installation comes to. */
enum firmware_fate { FIRMWARE_WORKS, FIRMWARE_FAILS, FIRMWARE_ROLLS_BACK };

/* pile_firmware_open: once; with --state the slot and the version are files there. False after a line that says why.
 * pile_firmware_boot: the bootloader: what was installed runs from now on, or does not; then |settings| get the version and,
 * where the pile moves files, the management of its firmware. */
bool pile_firmware_open(struct pile *pile);
void pile_firmware_boot(struct pile *pile, struct ocpp_charge_point_settings *settings);
void pile_firmware_tick(struct pile *pile);
void pile_firmware_close(struct pile *pile);

void pile_firmware_fate(struct pile *pile, enum firmware_fate fate);

#endif
