/* settle_checker_shared.c: what holds of houses and of piles without a network beyond each row: pages of a pile have no gaps that
 * nobody reports (I10), a tenant's session stands in one statement (I12).
 */
#include "settle_checker_parts.h"

#include "house_records.h"
#include "relay_records.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- I10: pages of piles --------------------------------------------------------------------------------------------- */

static bool has_page(struct settle_checker *checker, const struct checker_row *row, int64_t number)
{
    char rest[120];

    (void)snprintf(rest, sizeof rest, "%s/%016" PRIx64, row->rest, (uint64_t)number);
    return checker_exists(checker, row->operator_id, "relaypage", rest);
}

/* All pages up to |whole| are there and the next one is not: so a gap shows, and is not guessed at. */
static bool look_at_pile(struct settle_checker *checker, const struct checker_row *row)
{
    const struct row_relay_pile *pile = checker_decode(checker, &row_relay_pile_type, row->row->value, row->row->size, row->key);

    if (pile == NULL) {
        return false;
    }
    CHECKER_REQUIRE(checker, pile->whole <= pile->last_page && pile->pages <= pile->last_page, "I10",
                    "pile %s: whole to %" PRId64 " with %" PRId64 " pages of %" PRId64, pile->pile, pile->whole, pile->pages,
                    pile->last_page);
    for (int64_t page = 1; page <= pile->whole; page++) {
        CHECKER_REQUIRE(checker, has_page(checker, row, page), "I10", "pile %s: page %" PRId64 " is missing, and nobody says so",
                        pile->pile, page);
    }
    CHECKER_REQUIRE(checker, !has_page(checker, row, pile->whole + 1), "I10",
                    "pile %s: page %" PRId64 " is there, and not counted", pile->pile, pile->whole + 1);
    return true;
}

/* --- I12: statements ------------------------------------------------------------------------------------------------- */

static bool look_at_item(struct settle_checker *checker, const struct checker_row *row)
{
    const struct house_item *item = checker_decode(checker, &house_item_type, row->row->value, row->row->size, row->key);

    if (item == NULL) {
        return false;
    }
    CHECKER_REQUIRE(checker,
                    item->kind != HOUSE_ITEM_KIND_SESSION ||
                        checker_settle_first(checker, row->operator_id, "statement of session", item->order, row->rest),
                    "I12", "%s: session %s stands in another statement, too", row->key, item->order);
    return true;
}

/* --------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *kind;
    bool (*look)(struct settle_checker *checker, const struct checker_row *row);
} of_kinds[] = {
    { "relaypile", look_at_pile },
    { "item", look_at_item },
};

bool checker_look_at_shared(struct settle_checker *checker, const struct checker_row *row)
{
    for (size_t i = 0; i < sizeof of_kinds / sizeof of_kinds[0]; i++) {
        if (strcmp(of_kinds[i].kind, row->kind) == 0) {
            return of_kinds[i].look(checker, row);
        }
    }
    return true;
}
