/* cabinet.h: a cabinet of power banks that exists in memory only: slots, latches, banks that hold their marks without power, and
 * faults to order. It fulfils ocpp_settle_bay; acts take their time on whatever clock it is given. Pull the plug in the middle of
 * anything: the banks keep what is in them.
 *
 *     cabinet_init(&cabinet, 8, OCPP_SETTLE_MARK_ROOM_BYTES);
 *     cabinet_bay(&cabinet, &bay);                  into the settings of the agent
 *     cabinet.listener = ocpp_settle_agent_bay_listener(agent);
 *     cabinet_run(&cabinet, now)                    whenever cabinet_deadline() has come
 */
#ifndef SIM_CABINET_H
#define SIM_CABINET_H

#include <ocpp/settlement/bay.h>

enum { CABINET_MARK_SIZE = 24, CABINET_ID_SIZE = 41 };

/* What somebody can hold in a hand. */
struct cabinet_bank {
    bool is_real;
    char id[CABINET_ID_SIZE];
    char hardware_id[CABINET_ID_SIZE];
    unsigned char mark[CABINET_MARK_SIZE]; /* ten characters, or 24 bytes */
    int charge;
    enum ocpp_settle_bay_condition condition;
    bool is_mute; /* its reader never answers */
};

enum cabinet_fault {
    CABINET_NO_FAULT,
    CABINET_WRITE_FAILS, /* nothing is written, and it says so */
    CABINET_WRITE_TEARS, /* three bytes are written, and it says that it failed */
    CABINET_WRITE_LIES,  /* three bytes are written, and it says that all is well */
    CABINET_UNREADABLE,
    CABINET_EJECT_JAMS,   /* the bank is where it was */
    CABINET_EJECT_SILENT, /* it is out, and nobody says so */
    CABINET_EJECT_FAILS,  /* it is out, and it says that it failed */
    CABINET_RETRACT_JAMS,
    CABINET_TEST_FAILS,
    CABINET_DEAD, /* no act ever ends */
    CABINET_FAULTS
};

struct cabinet_slot {
    struct cabinet_bank bank;
    bool is_open; /* the bank can be taken */
    enum cabinet_fault fault;
    int fault_count; /* how many acts it hits */
    /* the act under way */
    unsigned act; /* 0: none */
    uint32_t number;
    int64_t ends_at;
    int half;
    unsigned char bytes[CABINET_MARK_SIZE / 2];
    size_t size;
};

struct cabinet {
    int slots;
    enum ocpp_settle_mark_room room;
    struct cabinet_slot slot[OCPP_SETTLE_SLOTS];
    struct ocpp_settle_bay_listener listener; /* zeroed: nobody listens */
    struct ocpp_now now;
    int64_t act_ms;        /* how long an act takes; 100 */
    bool is_telling_twice; /* the sensors and the ends of acts */
    unsigned acts;         /* begun so far */
    unsigned writes, ejects;
    /* told before an act is begun; NULL. For those who cut the power */
    void (*on_act)(int slot, const char *what, void *user);
    void *user;
};

void cabinet_init(struct cabinet *cabinet, int slots, enum ocpp_settle_mark_room room);
void cabinet_bay(struct cabinet *cabinet, struct ocpp_settle_bay *bay);

/* cabinet_stock: a bank is there, as the factory put it. */
void cabinet_stock(struct cabinet *cabinet, int slot, const char *id, const void *mark, int charge);

/* cabinet_insert: a hand pushes |bank| in. False: there is one. cabinet_take: a hand pulls; false: it holds fast, or nothing is
 * there. cabinet_steal: a crowbar. |bank| may be NULL. */
bool cabinet_insert(struct cabinet *cabinet, int slot, const struct cabinet_bank *bank, struct ocpp_now now);
bool cabinet_take(struct cabinet *cabinet, int slot, struct cabinet_bank *bank, struct ocpp_now now);
bool cabinet_steal(struct cabinet *cabinet, int slot, struct cabinet_bank *bank, struct ocpp_now now);

void cabinet_fault(struct cabinet *cabinet, int slot, enum cabinet_fault fault, int count);
/* cabinet_fault_of: by its name ("write-tears"); CABINET_FAULTS: none of that name */
enum cabinet_fault cabinet_fault_of(const char *name);
const char *cabinet_fault_name(enum cabinet_fault fault);

/* cabinet_run: acts whose time has come end, one after the other. cabinet_deadline: when the next one does. */
void cabinet_run(struct cabinet *cabinet, struct ocpp_now now);
int64_t cabinet_deadline(const struct cabinet *cabinet);

/* cabinet_power_cut: nobody listens any more, and what was under way is over. Of a half that was being written |bytes| are in the
 * bank. An open latch stays open. */
void cabinet_power_cut(struct cabinet *cabinet, size_t bytes);

#endif
