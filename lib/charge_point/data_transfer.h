/* data_transfer.h: messages that only a vendor knows, both ways (data_transfer.c). */
#ifndef OCPP_LIB_DATA_TRANSFER_H
#define OCPP_LIB_DATA_TRANSFER_H

#include <ocpp/charge_point.h>

/* Who speaks for a vendor. */
struct vendor {
    struct ocpp_data_transfer_handler handler; /* on_request NULL: the place is free */
    bool told_accepted;
};

enum transfer_state { TRANSFER_NONE, TRANSFER_SENT, TRANSFER_ENDED };

/* A message of ours. */
struct transfer {
    struct ocpp_charge_point *cp;
    enum transfer_state state;
    void (*on_answer)(struct ocpp_charge_point *cp, const struct ocpp_data_transfer_answer *answer, void *user);
    void *user;
    struct ocpp_data_transfer_answer answer;
};

struct data_transfers {
    struct vendor *vendors;
    size_t vendor_room;
    struct transfer *transfers;
    size_t transfer_room;
    bool is_shown;              /* an answer, to its callback */
    struct ocpp_arena *heard;   /* what came from there and is on its way to a callback */
    const struct vendor *asked; /* who is to be asked |request|; NULL: nobody */
    struct ocpp_data_transfer request;
    struct ocpp_call_token call;
};

bool ocpp_cp_data_transfers_new(struct ocpp_charge_point *cp);
void ocpp_cp_data_transfers_free(struct ocpp_charge_point *cp);

/* ocpp_cp_data_transfer_heard: a request of the central system, borrowed; answered later, or at once where nobody speaks for the
 * vendor. */
void ocpp_cp_data_transfer_heard(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                 struct ocpp_call_token call);
/* ocpp_cp_data_transfer_answered: |transfer| ended; |answer| is borrowed. */
void ocpp_cp_data_transfer_answered(struct transfer *transfer, const struct ocpp_data_transfer_answer *answer);
/* ocpp_cp_data_transfers_tell: the callbacks that are due. */
void ocpp_cp_data_transfers_tell(struct ocpp_charge_point *cp);

#endif
