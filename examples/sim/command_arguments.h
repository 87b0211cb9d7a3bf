/* command_arguments.h: what the files of commands share: the words of a command, how it complains, and its functions for the
 * table. */
#ifndef OCPP_SIM_COMMAND_ARGUMENTS_H
#define OCPP_SIM_COMMAND_ARGUMENTS_H

#include "commands.h"

struct arguments {
    struct pile *pile;
    int count; /* without the command */
    char **words;
    char *reason;
    size_t reason_size;
};

/* wrong: COMMAND_WRONG, for the reason |why| and |what| (NULL: nothing more). outcome_of: the same of a status. */
enum command_outcome wrong(struct arguments *arguments, const char *why, const char *what);
enum command_outcome outcome_of(struct arguments *arguments, enum ocpp_status status);

bool read_integer(const char *text, int64_t least, int64_t most, int64_t *value);

/* evse_of: the EVSE that a word names, from |least|; -1 and a reason when there is none. */
int evse_of(struct arguments *arguments, const char *word, int least);

/* the hardware */
enum command_outcome run_plug(struct arguments *arguments);
enum command_outcome run_unplug(struct arguments *arguments);
enum command_outcome run_card(struct arguments *arguments);
enum command_outcome run_key(struct arguments *arguments);
enum command_outcome run_button(struct arguments *arguments);
enum command_outcome run_ev(struct arguments *arguments);
enum command_outcome run_vehicle(struct arguments *arguments); /* what run_ev leaves to ISO 15118 */
enum command_outcome run_battery(struct arguments *arguments);
enum command_outcome run_bay(struct arguments *arguments);
enum command_outcome run_meter(struct arguments *arguments);
enum command_outcome run_fault(struct arguments *arguments);
enum command_outcome run_recover(struct arguments *arguments);
enum command_outcome run_lock(struct arguments *arguments);
enum command_outcome run_stop(struct arguments *arguments);
enum command_outcome run_limit(struct arguments *arguments);

/* the line, the power, the clock */
enum command_outcome run_offline(struct arguments *arguments);
enum command_outcome run_online(struct arguments *arguments);
enum command_outcome run_powercut(struct arguments *arguments);
enum command_outcome run_reboot(struct arguments *arguments);
enum command_outcome run_reset_fails(struct arguments *arguments);
enum command_outcome run_clock(struct arguments *arguments);
enum command_outcome run_pass(struct arguments *arguments);
enum command_outcome run_drop_answer(struct arguments *arguments);
enum command_outcome run_drop_call(struct arguments *arguments);
enum command_outcome run_delay_answer(struct arguments *arguments);
enum command_outcome run_tell(struct arguments *arguments);
enum command_outcome run_say(struct arguments *arguments);
enum command_outcome run_raw(struct arguments *arguments);

/* vendors */
enum command_outcome run_transfer(struct arguments *arguments);
enum command_outcome run_vendor(struct arguments *arguments);

/* certificates */
enum command_outcome run_certificates(struct arguments *arguments);
enum command_outcome run_sign_certificate(struct arguments *arguments);

/* commands_security.c */
enum command_outcome run_security(struct arguments *arguments);
enum command_outcome run_security_log(struct arguments *arguments);

/* sensors, events, customers */
enum command_outcome run_sense(struct arguments *arguments);
enum command_outcome run_event(struct arguments *arguments);
enum command_outcome run_monitors(struct arguments *arguments);
enum command_outcome run_remember(struct arguments *arguments);

/* commands_firmware.c */
enum command_outcome run_firmware(struct arguments *arguments);

/* commands_banks.c */
enum command_outcome run_rent(struct arguments *arguments);
enum command_outcome run_take(struct arguments *arguments);
enum command_outcome run_return(struct arguments *arguments);
enum command_outcome run_insert(struct arguments *arguments);
enum command_outcome run_carry(struct arguments *arguments);
enum command_outcome run_steal(struct arguments *arguments);
enum command_outcome run_bank(struct arguments *arguments);
enum command_outcome run_slot(struct arguments *arguments);
enum command_outcome run_banks(struct arguments *arguments);
enum command_outcome run_reader(struct arguments *arguments);
enum command_outcome run_tap(struct arguments *arguments);

/* gates */
enum command_outcome run_number(struct arguments *arguments);
enum command_outcome run_release(struct arguments *arguments);
enum command_outcome run_pull(struct arguments *arguments);
enum command_outcome run_gate(struct arguments *arguments);
/* pile_terminals.c */
enum command_outcome run_identify(struct arguments *arguments);
enum command_outcome run_terminal(struct arguments *arguments);

/* looking */
enum command_outcome run_get(struct arguments *arguments);
enum command_outcome run_set(struct arguments *arguments);
enum command_outcome run_dead(struct arguments *arguments);
enum command_outcome run_status(struct arguments *arguments);
enum command_outcome run_messages(struct arguments *arguments);
enum command_outcome run_prices(struct arguments *arguments);

#endif
