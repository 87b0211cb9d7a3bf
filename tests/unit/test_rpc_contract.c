/* test_rpc_contract.c: what a programmer may not do ends the program, in release builds as well. Each try is made in a child
 * process. */
#define _POSIX_C_SOURCE 200809L

#include "rpc_world.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct ocpp_now later = { 2000, 0 };
static const struct ocpp_now sooner = { 999, 0 };

static void quiet(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    (void)rpc;
    (void)call;
    (void)user;
}

/* --- what must not be done, given a handle with an open connection since mono_ms 1000 --------------------------------------- */

static void time_runs_backwards(struct ocpp_rpc *rpc)
{
    ocpp_rpc_advance(rpc, sooner);
}

static void time_runs_backwards_in_output(struct ocpp_rpc *rpc)
{
    size_t size;
    (void)ocpp_rpc_next_output(rpc, &size, sooner);
}

static void on_call_closes(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    (void)call;
    (void)user;
    ocpp_rpc_close(rpc, later);
}

static void on_call_frees(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    (void)call;
    (void)user;
    ocpp_rpc_free(rpc);
}

static void on_call_receives(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    (void)call;
    (void)user;
    if (ocpp_rpc_receive(rpc, "[]", 2, later) != OCPP_OK)
        _exit(1);
}

static void on_call_advances(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    (void)call;
    (void)user;
    ocpp_rpc_advance(rpc, later);
}

static struct ocpp_rpc *open_with(void (*on_call)(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user),
                                  struct ocpp_rpc_pool *pool)
{
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
    const struct ocpp_rpc_handler handler = { .on_call = on_call };
    settings.pool = pool;
    struct ocpp_rpc *rpc = ocpp_rpc_new(&settings, &handler);
    if (rpc == NULL || ocpp_rpc_open(rpc, ocpp_protocol_of(V16), (struct ocpp_now){ 1000, 0 }) != OCPP_OK)
        _exit(1);
    return rpc;
}

static void heartbeat(struct ocpp_rpc *rpc)
{
    static const char text[] = "[2,\"a\",\"Heartbeat\",{}]";
    if (ocpp_rpc_receive(rpc, text, strlen(text), later) != OCPP_OK)
        _exit(1);
}

static void a_pool_goes_before_its_handles(struct ocpp_rpc *rpc)
{
    struct ocpp_rpc_pool *pool = ocpp_rpc_pool_new(NULL, 0, 0);
    (void)rpc;
    if (pool != NULL && open_with(quiet, pool) != NULL)
        ocpp_rpc_pool_free(pool);
}

static void nobody_takes_calls(struct ocpp_rpc *rpc)
{
    const struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
    const struct ocpp_rpc_handler handler = { 0 };
    (void)rpc;
    ocpp_rpc_free(ocpp_rpc_new(&settings, &handler));
}

static void a_side_is_neither_station_nor_central(struct ocpp_rpc *rpc)
{
    const struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_BOTH);
    const struct ocpp_rpc_handler handler = { .on_call = quiet };
    (void)rpc;
    ocpp_rpc_free(ocpp_rpc_new(&settings, &handler));
}

/* --- the tries -------------------------------------------------------------------------------------------------------------- */

struct
try {
    void (*act)(struct ocpp_rpc * rpc);
    void (*on_call)(struct ocpp_rpc * rpc, const struct ocpp_incoming_call *call, void *user);
    bool aborts;
};

static const struct try tries[] = {
    { heartbeat, quiet, false }, /* the trial itself is fair */
    { time_runs_backwards, quiet, true },
    { time_runs_backwards_in_output, quiet, true },
    { heartbeat, on_call_closes, true },
    { heartbeat, on_call_frees, true },
    { heartbeat, on_call_receives, true },
    { heartbeat, on_call_advances, true },
    { a_pool_goes_before_its_handles, quiet, true },
    { nobody_takes_calls, quiet, true },
    { a_side_is_neither_station_nor_central, quiet, true },
};

static void breaking_the_contract_ends_the_program(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        int status = 0;
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            const struct rlimit none = { 0, 0 };
            signal(SIGABRT, SIG_DFL); /* cmocka catches it */
            setrlimit(RLIMIT_CORE, &none);
            tries[i].act(open_with(tries[i].on_call, NULL));
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, tries[i].aborts);
        assert_true(tries[i].aborts || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(breaking_the_contract_ends_the_program) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
