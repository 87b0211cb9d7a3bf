/* commands.h: what ocpp-phone does over the link, or over the link and with the server. What it does with the server alone
 * stands in acts.h.
 */
#ifndef OCPP_PHONE_COMMANDS_H
#define OCPP_PHONE_COMMANDS_H

#include "phone.h"

enum command_needs {
    COMMAND_LINK = 1,   /* the pile */
    COMMAND_SERVER = 2, /* as well */
    COMMAND_EITHER = 4, /* one of the two is enough, with the folder */
    COMMAND_STATE = 8   /* the folder */
};

struct command {
    const char *name;
    int least;
    int most;
    unsigned needs;
    enum phone_code (*run)(struct phone *phone, char *const *words, int count); /* what stands behind the name */
    const char *usage;                               /* the words, and behind two blanks what it does */
    bool (*is_right)(char *const *words, int count); /* looked at before anybody is spoken with; false after a line. NULL: any */
};

/* commands_find: NULL: there is none of that name. commands_print: the list of all. */
const struct command *commands_find(const char *name);
void commands_print(void);

bool start_is_right(char *const *words, int count);
bool stop_is_right(char *const *words, int count);
bool charge_is_right(char *const *words, int count);
bool manage_is_right(char *const *words, int count);
bool prompt_is_right(char *const *words, int count);
bool follow_is_right(char *const *words, int count);

/* --- talk.c: the pile alone --------------------------------------------------------------------------------------------- */

enum phone_code command_hello(struct phone *phone, char *const *words, int count);
enum phone_code command_ask(struct phone *phone, char *const *words, int count);
enum phone_code command_bills(struct phone *phone, char *const *words, int count);
enum phone_code command_listen(struct phone *phone, char *const *words, int count);
enum phone_code command_binding(struct phone *phone, char *const *words, int count);

/* --- carrier.c: between a pile without a network and the server --------------------------------------------------------------
 */

enum phone_code command_enrol(struct phone *phone, char *const *words, int count);
enum phone_code command_start(struct phone *phone, char *const *words, int count);
enum phone_code command_stop(struct phone *phone, char *const *words, int count);
enum phone_code command_relay(struct phone *phone, char *const *words, int count);

/* --- tenant.c: a phone that is bound to a card of a rental house --------------------------------------------------------------
 */

enum phone_code command_bind(struct phone *phone, char *const *words, int count);
enum phone_code command_charge(struct phone *phone, char *const *words, int count);
enum phone_code command_consumption(struct phone *phone, char *const *words, int count);
enum phone_code command_manage(struct phone *phone, char *const *words, int count);

/* --- terminal.c: the terminal of a vehicle -------------------------------------------------------------------------------------
 */

enum phone_code command_key(struct phone *phone, char *const *words, int count);
enum phone_code command_prompt(struct phone *phone, char *const *words, int count);
enum phone_code command_follow(struct phone *phone, char *const *words, int count);

/* tenant_stop: asks so, with the phone's account. False after a line that says why. */
bool tenant_stop(struct phone *phone, struct ocpp_settle_link_stop_session_req *stop);

#endif
