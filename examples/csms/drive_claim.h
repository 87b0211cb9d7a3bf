/* drive_claim.h: what the key of a driver says, as text: KIND.VISIT.TYPE.TOKEN.UNTIL, and behind a last dot what signs it. KIND
 * is v or a; VISIT is - of an account; TOKEN its bytes and UNTIL (UTC seconds) in hexadecimal digits. */
#ifndef CSMS_DRIVE_CLAIM_H
#define CSMS_DRIVE_CLAIM_H

#include <ocpp/settlement/id.h>
#include <ocpp/vocabulary.h>

enum { DRIVE_TOKEN_SIZE = 81, DRIVE_KEY_SIZE = 320 };

/* drive_claim: what a key says. */
struct drive_claim {
    bool is_visit;                   /* else of an account: it begins visits */
    char visit[OCPP_SETTLE_ID_SIZE]; /* "" of an account */
    enum ocpp_token_type type;
    char token[DRIVE_TOKEN_SIZE]; /* who pays for it */
    int64_t until_s;              /* UTC */
};

/* drive_claim_write: all of it but what signs it. */
void drive_claim_write(const struct drive_claim *claim, char head[DRIVE_KEY_SIZE]);

/* drive_claim_read: what |text|, which is cut in place, says, whether or not it is ours; |*mac| is what should sign it. Whoever
 * reads writes it again and compares: one claim, one text. False: it has not the form of one. */
bool drive_claim_read(char *text, struct drive_claim *claim, const char **mac);

#endif
