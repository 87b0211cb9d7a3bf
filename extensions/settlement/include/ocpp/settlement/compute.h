/* compute.h: what was used, by what was promised, makes the bill. A pure function: the same input gives the same bytes anywhere.
 */
#ifndef OCPP_SETTLEMENT_COMPUTE_H
#define OCPP_SETTLEMENT_COMPUTE_H

#include <ocpp/settlement/keys.h>
#include <ocpp/settlement/model.h>

#include <ocpp/message.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_settle_snapshot_check: whether |snapshot| can be computed with: a known currency with its exponent, prices that are not
 * negative, elements that make sense, transitions in order. |issue| (may be NULL) says where and why not.
 * Errors: those of class MESSAGE. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_snapshot_check(const struct ocpp_settle_snapshot *snapshot,
                                                                   struct ocpp_issue *issue);

/* ocpp_settle_snapshot_hash: SHA-256 of |snapshot| as it is written, in lower-case hexadecimal. Errors: OCPP_ERR_NOMEM, of
 * |keys|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_snapshot_hash(const struct ocpp_settle_snapshot *snapshot,
                                                                  const struct ocpp_settle_keys *keys, struct ocpp_arena *arena,
                                                                  char hash[2 * OCPP_SETTLE_DIGEST_SIZE + 1]);

/* ocpp_settle_tariff_is_valid_at: whether an order may be opened by |tariff| at |utc_ms|: from validFrom on, before validTo. One
 * that is open keeps its tariff. */
OCPP_API bool ocpp_settle_tariff_is_valid_at(const struct ocpp_settle_tariff *tariff, int64_t utc_ms);

/* ocpp_settle_compute: the bill of |usage| as it stands at |at_utc_ms|, in |arena|; it shares nothing with |snapshot| and
 * |usage|. Mode RUNNING: what it would be if everything ended now, or with the last event, if that is later; FINAL: everything
 * has ended. An order without vehicle has no events, one without banks no banks. Times are cut to whole seconds.
 *
 * |issue| (may be NULL) says what was refused; its path begins with /snapshot or /usage.
 * Errors, |bill| untouched: those of ocpp_settle_snapshot_check(), of |usage| likewise; OCPP_ERR_RANGE an amount that no order
 * may reach, a session of more than 366 days, a rental of more than ten years; OCPP_ERR_STATE FINAL, but something has not ended;
 * OCPP_ERR_ARGUMENT no such mode; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of |keys|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_compute(const struct ocpp_settle_snapshot *snapshot,
                                                            const struct ocpp_settle_usage *usage,
                                                            enum ocpp_settle_compute_mode mode, int64_t at_utc_ms,
                                                            const struct ocpp_settle_keys *keys, struct ocpp_arena *arena,
                                                            const struct ocpp_settle_bill **bill, struct ocpp_issue *issue);

/* ocpp_settle_bank_accrued: what a power bank that is out for |lasted_s| costs of rental by then, in minor units, rounded as on a
 * bill, before taxes where they are beside the prices; 0 where |snapshot| has no price for banks. It only rises with |lasted_s|,
 * up to the buy-out. |snapshot| is one ocpp_settle_snapshot_check() finds good. Errors, |minor| untouched: OCPP_ERR_RANGE a
 * rental of more than ten years, or below nothing. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_bank_accrued(const struct ocpp_settle_snapshot *snapshot, int64_t lasted_s,
                                                                 int64_t *minor);

OCPP_END_DECLARATIONS

#endif
