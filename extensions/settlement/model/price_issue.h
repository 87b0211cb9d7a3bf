/* price_issue.h: where and why a tariff or a usage is refused. */
#ifndef OCPP_SETTLEMENT_PRICE_ISSUE_H
#define OCPP_SETTLEMENT_PRICE_ISSUE_H

#include <ocpp/message.h>

/* issue_at: notes |status| and where: |format| is a JSON pointer, with a %u for each of up to two indices. Returns |status|.
 * |issue| may be NULL. */
enum ocpp_status issue_at(struct ocpp_issue *issue, enum ocpp_status status, const char *format, ...) OCPP_PRINTF(3, 4);

/* issue_within: puts a parent before the path of |issue|: a JSON pointer with a %u for up to two indices. Returns |status|. */
enum ocpp_status issue_within(struct ocpp_issue *issue, enum ocpp_status status, const char *format, ...) OCPP_PRINTF(3, 4);

#endif
