/* settle_check FILE KEYS: reads the settlement store of a running ocpp-csms and says which invariant does not hold. Exit 0 when
 * all do, 1 with one line when one does not, 2 when the store cannot be read. */
#include "settle_checker.h"

#include <ocpp/settlement/adapters.h>

#include <stdio.h>

static int check(const struct ocpp_settle_store *store, const struct ocpp_settle_keys *keys)
{
    struct settle_checker *checker = settle_checker_new(store, keys);
    const char *broken = settle_checker_run_in_full(checker);

    if (broken) {
        printf("%s\n", broken);
    }
    settle_checker_free(checker);
    return broken ? 1 : 0;
}

int main(int argc, char **argv)
{
    struct ocpp_settle_sqlite_settings settings = ocpp_settle_sqlite_settings_default();
    const struct ocpp_settle_keys_settings key_settings = { .folder = argc > 2 ? argv[2] : NULL };
    struct ocpp_settle_store *store = NULL;
    struct ocpp_settle_keys *keys = NULL;
    char reason[200] = "";
    int code = 2;

    settings.shared = true;
    settings.check = false;
    settings.busy_timeout_ms = 10000;
    if (argc != 3 || ocpp_settle_sqlite_open(argv[1], &settings, &store, reason, sizeof reason) != OCPP_OK ||
        ocpp_settle_keys_open(&key_settings, &keys) != OCPP_OK) {
        printf("the store cannot be read: %s\n", reason);
    } else {
        code = check(store, keys);
    }
    ocpp_settle_sqlite_close(store);
    ocpp_settle_keys_close(keys);
    return code;
}
