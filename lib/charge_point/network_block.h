/* network_block.h: which central system the station connects to, with what: the block behind <ocpp/network.h>.
 *
 *   network_plan.c      which connection is tried next (no station needed)
 *   network_profile.c   profiles: their records, their addresses, what is wrong with one
 *   network.c           the life of the block, and what whoever makes the connection asks and tells
 *   network_facts.c     what the plan decides by, and the connection a choice of it means
 *   network_settle.c    what a connection that was made has proved
 *   network_change.c    what the central system changes
 *
 * Kept are network/slot/<number>, a profile the central system has set, and network/state. The profile the station was delivered
 * with is not kept: it stands in slot 1 for as long as there is no record of that slot, and no security profile above it was ever
 * in use. The password is a setting as others are (variable/BasicAuthPassword).
 */
#ifndef OCPP_LIB_NETWORK_BLOCK_H
#define OCPP_LIB_NETWORK_BLOCK_H

#include <ocpp/crypto.h>

#include "charge_point_internal.h"
#include "network_plan.h"

enum {
    NETWORK_DELIVERED_SLOT = 1,
    NETWORK_NAME_SIZE = 513,
    NETWORK_SHORT_SIZE = 81, /* 20 characters of any script */
    NETWORK_KEY_SIZE = 1021, /* 255 characters of any script */
    NETWORK_PASSWORD_BYTES = 40,
    NETWORK_PASSWORD_DIGITS = 2 * NETWORK_PASSWORD_BYTES + 1,
    NETWORK_MOST_TIMEOUT_S = 3600
};

/* --- network_profile.c --------------------------------------------------------------------------------------------------- */

/* A profile; what it says of modem and VPN is for who makes the connection. */
struct network_profile {
    char url[OCPP_NETWORK_URL_SIZE];
    int32_t security_profile;
    int32_t family; /* enum family its version belongs to; FAMILY_NONE: any */
    int32_t interface;
    int32_t message_timeout_s; /* 0: the station's own */
    bool has_apn;
    char apn_name[NETWORK_NAME_SIZE];
    char apn_user[NETWORK_SHORT_SIZE];
    char apn_password[NETWORK_SHORT_SIZE];
    int64_t sim_pin; /* -1: none */
    char preferred_network[25];
    bool only_preferred_network;
    int32_t apn_authentication;
    bool has_vpn;
    char vpn_server[NETWORK_NAME_SIZE];
    char vpn_user[NETWORK_SHORT_SIZE];
    char vpn_group[NETWORK_SHORT_SIZE];
    char vpn_password[NETWORK_SHORT_SIZE];
    char vpn_key[NETWORK_KEY_SIZE];
    int32_t vpn_kind;
};

/* What is known beside the profiles. */
struct network_state {
    int32_t last_good;     /* the slot that worked last; 0: none yet */
    int32_t highest;       /* the highest security profile that was ever in use */
    int32_t trial_slot;    /* where one is being raised (1.6); 0: none is … */
    int32_t trial_profile; /* … to this */
    bool has_old_password; /* the password was changed and not proved yet: the one before, as hexadecimal digits; may be "" */
    char old_password[NETWORK_PASSWORD_DIGITS];
};

extern const struct ocpp_layout network_profile_layout;
extern const struct ocpp_layout network_state_layout;

#define NETWORK_STATE_KEY "network/state"
void ocpp_cp_network_slot_key(int slot, char key[OCPP_KEY_SIZE]);

/* ocpp_cp_network_url: the address in |url| as |security_profile| demands it: ws becomes wss for 2 and 3, never the other way
 * round. False: it is none (scheme, host, port, printable ASCII without spaces, at most 512 characters), or not for that. */
bool ocpp_cp_network_url(const char *url, int security_profile, char to[OCPP_NETWORK_URL_SIZE]);

/* --- the block ----------------------------------------------------------------------------------------------------------- */

struct network_slot {
    bool is_set;
    int32_t security_profile;
};

struct network {
    struct ocpp_network_settings settings;
    struct network_state kept;
    struct network_slot slots[OCPP_NETWORK_SLOTS + 1]; /* by number */
    struct network_plan plan;

    struct network_choice choice; /* what was asked for last … */
    bool is_asked;                /* … and has neither come to nothing nor succeeded */
    struct network_profile asked;
    struct ocpp_apn apn;
    struct ocpp_vpn vpn;
    uint8_t password[NETWORK_PASSWORD_BYTES];

    int active_slot; /* of the open link or the last one of this run; 0: none */
    struct network_profile active;
    struct network_choice proved; /* by the link, and not noted yet: see ocpp_cp_network_settle() */
    bool settles;
    int64_t settle_retry_mono_ms;
    unsigned told;         /* bits 1 << enum ocpp_connection_failure: raised since the last success (A00.FR.316) */
    int64_t own_timeout_s; /* MessageTimeout where a profile has none */

    struct network_profile scratch;
    struct network_state next; /* of |kept|, while it is being written */
};

extern const struct block ocpp_cp_network_block;
enum { NETWORK_HEARINGS = 1 };
extern const struct hearing ocpp_cp_v201_network_hearings[NETWORK_HEARINGS];

/* ocpp_cp_network: the state of the block; NULL: it is not there. */
struct network *ocpp_cp_network(const struct ocpp_charge_point *cp);

/* --- network_facts.c ----------------------------------------------------------------------------------------------------- */

/* ocpp_cp_network_allows: whether a profile of that security may be set or used now (A00.FR.005, A05.FR.08 to FR.10, B09.FR.04).
 */
bool ocpp_cp_network_allows(const struct ocpp_charge_point *cp, int security_profile);
/* ocpp_cp_network_is_ready: whether what that security needs is there: password, root, certificate (A05.FR.02, FR.03). */
bool ocpp_cp_network_is_ready(const struct ocpp_charge_point *cp, int security_profile);
/* ocpp_cp_network_is_usable: there is a profile in |slot|, and it may be used. */
bool ocpp_cp_network_is_usable(const struct ocpp_charge_point *cp, int slot);

struct network_facts ocpp_cp_network_facts(const struct ocpp_charge_point *cp);
/* ocpp_cp_network_read_slot: the profile in |slot|. Errors: OCPP_ERR_NOT_FOUND; those of the store. */
enum ocpp_status ocpp_cp_network_read_slot(struct ocpp_charge_point *cp, int slot, struct network_profile *profile);
/* ocpp_cp_network_resolve: the profile |choice| means, into |asked|; the active slot is as it was when the link was made until
 * the station restarts (B09, remarks). */
enum ocpp_status ocpp_cp_network_resolve(struct ocpp_charge_point *cp, const struct network_choice *choice);
/* ocpp_cp_network_raised: |profile| with another security profile, as a trial has it; false: it has no such address. */
bool ocpp_cp_network_raise(const struct ocpp_charge_point *cp, int slot, int security_profile, struct network_profile *profile);
/* ocpp_cp_network_password_digits: what is shown with |choice|, as hexadecimal digits; "": none. */
const char *ocpp_cp_network_password_digits(const struct ocpp_charge_point *cp, const struct network_choice *choice,
                                            int security_profile);

/* --- network_settle.c ---------------------------------------------------------------------------------------------------- */

/* ocpp_cp_network_settle: notes, in one write, what the open link has proved: the slot that works, the security profile in use,
 * the password that counts; profiles below that security are removed for good (A05.FR.06). Tried again until it is stored. */
void ocpp_cp_network_settle(struct ocpp_charge_point *cp);
/* ocpp_cp_network_drop_trial: the raised security profile does not work (1.6 A05.FR.08). */
void ocpp_cp_network_drop_trial(struct ocpp_charge_point *cp);

/* --- network_change.c ---------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_cp_network_variable_wanted(struct ocpp_charge_point *cp, enum variable variable,
                                                 const struct variable_record *record, bool *is_done);

/* ocpp_cp_network_set: puts |profile| into |slot|, durably (B09). */
enum network_verdict {
    NETWORK_ACCEPTED,
    NETWORK_NO_SUCH_SLOT,  /* B09.FR.05 */
    NETWORK_NO_DOWNGRADE,  /* B09.FR.04, FR.31 */
    NETWORK_INVALID,       /* B09.FR.02 */
    NETWORK_NOT_READY,     /* it is in the list of priorities, and what it needs is not there (A05.FR.02, FR.03) */
    NETWORK_FAILED_TO_KEEP /* B09.FR.03 */
};
enum network_verdict ocpp_cp_network_set(struct ocpp_charge_point *cp, int64_t slot, const struct network_profile *profile);

#endif
